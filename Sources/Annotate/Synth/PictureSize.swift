/// A size in pixels as options give it: `320x240`.
struct PictureSize {
    let width: Int
    let height: Int

    /// Nil for what is no size, or one that is not from 64 to 4096 pixels a side.
    init?(_ text: String) {
        let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
            (64...4096).contains(width), (64...4096).contains(height)
        else { return nil }
        (self.width, self.height) = (width, height)
    }
}
