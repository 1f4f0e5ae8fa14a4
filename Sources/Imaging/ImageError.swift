/// Why an image could not be read, written, or drawn on. `description` is one sentence for a person.
public struct ImageError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        /// The operating system refused; its reason.
        case cannotOpen(String)
        case cannotWrite(String)
        /// The first bytes are no PNG or JPEG; what they are instead.
        case unknownFormat(found: String)
        case truncated(String)
        case damaged(String)
        case unsupported(String)
        case tooLarge(width: Int, height: Int, limits: ImageLimits)
        /// Arguments that do not fit each other, such as a mask of another size than its image.
        case mismatch(String)
    }

    /// The file's path, or a name for bytes that came from elsewhere.
    public var file: String
    public var problem: Problem

    public init(_ file: String, _ problem: Problem) {
        self.file = file
        self.problem = problem
    }

    public var description: String { "\(file): \(sentence)" }

    private var sentence: String {
        switch problem {
        case .cannotOpen(let reason): "cannot be read (\(reason))"
        case .cannotWrite(let reason): "cannot be written (\(reason))"
        case .unknownFormat(let found): "is \(found), expected a PNG or JPEG image"
        case .truncated(let detail): "the image is cut short (\(detail)), expected the whole file"
        case .damaged(let detail): "the image is damaged (\(detail))"
        case .unsupported(let detail): detail
        case .tooLarge(let width, let height, let limits):
            "the image claims \(width) x \(height) pixels, more than the limit of \(limits)"
        case .mismatch(let detail): detail
        }
    }
}
