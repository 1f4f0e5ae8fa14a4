/// Collects defects while a file is read on; stops at the first when the reading is strict.
public final class ProblemLog {
    /// The first problems, up to `limit`; a hostile file shall not fill the memory.
    public private(set) var problems: [Problem] = []
    public private(set) var count = 0
    private let isStrict: Bool
    private let limit: Int

    public init(isStrict: Bool, limit: Int = 10_000) { (self.isStrict, self.limit) = (isStrict, limit) }

    /// - Throws: the problem as a `FormatError` when the reading is strict.
    public func report(_ kind: String, file: String, place: String, _ message: String) throws {
        if isStrict { throw FormatError(file: file, place: place, reason: message) }
        count += 1
        if problems.count < limit {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            problems.append(Problem(kind: kind, where: "\(name): \(place)", message: message))
        }
    }
}
