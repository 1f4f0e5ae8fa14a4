/// What went wrong with a catalog, as one sentence for the person at the terminal.
public enum CatalogError: Error, CustomStringConvertible, Sendable {
    case missing(path: String)
    case exists(path: String)
    case notACatalog(path: String, reason: String)
    case newer(path: String, found: String)
    case readOnly(path: String)
    case locked(path: String)
    case unknown(kind: String, name: String, known: [String])
    case absent(kind: String, id: Int64)
    case ambiguous(name: String, choices: [String])
    case unnamed(kind: String)
    case duplicate(kind: String, name: String)
    case filter(text: String, position: Int, reason: String)
    case cannotUndo(operation: Int64, reason: String)
    case failed(path: String, reason: String)

    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): there is no catalog here; make one with `annotate init --catalog \(path)`"
        case .exists(let path):
            "\(path): a file of this name exists already"
        case .notACatalog(let path, let reason):
            "\(path): this is not a Kindred catalog (\(reason))"
        case .newer(let path, let found):
            "\(path): this catalog was written by a newer release (it has \(found)); this release cannot open it"
        case .readOnly(let path):
            "\(path): the catalog cannot be written here (is the file or folder read-only, or missing?)"
        case .locked(let path):
            "\(path): another command is writing to this catalog and did not finish in time"
        case .unknown(let kind, let name, let known):
            known.isEmpty
                ? "there is no \(kind) named “\(name)”, and none of that kind at all yet"
                : "there is no \(kind) named “\(name)”; there are: \(known.prefix(20).joined(separator: ", "))"
        case .absent(let kind, let id): "there is no \(kind) \(id) in the catalog"
        case .ambiguous(let name, let choices):
            "“\(name)” is a part of several splits; say which: \(choices.joined(separator: " or "))"
        case .unnamed(let kind): "a \(kind) needs a name"
        case .duplicate(let kind, let name):
            "a \(kind) named “\(name)” exists already; choose another name, or undo the operation that made it"
        case .filter(let text, let position, let reason):
            "filter: \(reason)\n    \(text)\n    \(String(repeating: " ", count: position))^"
        case .cannotUndo(let operation, let reason):
            "operation \(operation) cannot be undone: \(reason)"
        case .failed(let path, let reason):
            "\(path): \(reason)"
        }
    }
}
