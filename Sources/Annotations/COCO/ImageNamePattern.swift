/// A file name with a place for the number of an image, as `COCO_val2014_%012d.jpg`.
struct ImageNamePattern {
    private let pattern: String

    init(_ pattern: String) { self.pattern = pattern }

    /// The pattern with `%d`, or `%0Nd` for N digits, replaced; a name without a place stands for every image.
    func name(of id: Int64) -> String {
        guard let place = pattern.firstRange(of: /%(0(\d+))?d/),
            let match = pattern[place].wholeMatch(of: /%(0(\d+))?d/)
        else { return pattern }
        let width = match.output.2.flatMap { Int($0) } ?? 0
        let digits = String(id)
        let zeros = String(repeating: "0", count: min(max(0, width - digits.count), 64))
        return pattern.replacingCharacters(in: place, with: zeros + digits)
    }
}
