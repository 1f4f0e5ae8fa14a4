import CSimdJSON
import Hashing

/// Reads a JSON document whose bulk is a few long arrays, an element at a time, and learns how it is laid out so that
/// the same bytes can be written again.
///
/// The layout is the document's text with each streamed array replaced by an `ArrayHole`: `{"info": …, "images": ⟨images⟩}`.
package final class JSONDocumentStream {
    /// Calls with each element of a streamed array: its text (padded for simdjson) and 0-based index.
    package typealias ElementHandler = (UnsafeRawBufferPointer, Int) throws -> Void

    /// How the elements of one array are separated.
    package struct ArrayLayout {
        var afterOpen: [UInt8] = []
        var beforeComma: [UInt8] = []
        var afterComma: [UInt8] = []
        var beforeClose: [UInt8] = []
        /// All separators were the same, so that this layout gives the same bytes.
        var isUniform = true
        var count = 0
    }

    private let window: JSONWindow
    private var layout: [UInt8] = []
    package private(set) var arrays: [String: ArrayLayout] = [:]
    /// Arrays passed over to be read later: name and place of the opening bracket.
    private var deferred: [(name: String, offset: Int)] = []

    package init(path: String) throws { window = try JSONWindow(path: path) }

    package var path: String { window.path }
    var size: Int { window.size }
    var offset: Int { window.offset }

    /// Name of the array when the document is nothing but an array.
    package static let root = ""

    /// Reads the whole document.
    /// - Parameters:
    ///   - streamed: arrays that are read element by element, by key; `root` for a document that is an array.
    ///   - isReady: whether an array can be read now; else it is read after the others.
    ///   - handler: gives the function that takes the elements of an array.
    /// - Returns: the layout and the digest of the file.
    @discardableResult
    package func read(
        streamed: Set<String>, isReady: (String, Set<String>) -> Bool,
        handler: (String) throws -> ElementHandler
    ) throws -> (layout: [UInt8], digest: ContentHash) {
        var space: [UInt8] = []
        var seen: Set<String> = []
        guard let first = try window.peek(space: &space) else { throw error("the file is empty, expected JSON") }
        if first == 0xef { throw error("the file starts with a byte-order mark, expected plain UTF-8") }
        layout += space
        if first == UInt8(ascii: "["), streamed.contains(Self.root) {
            try readArray(named: Self.root, try handler(Self.root))
        } else if first == UInt8(ascii: "{") {
            try readMembers { key in
                guard streamed.contains(key) else { return false }
                if seen.contains(key) { throw error("the key “\(key)” comes twice") }
                seen.insert(key)
                if isReady(key, seen) {
                    try readArray(named: key, try handler(key))
                } else {
                    deferred.append((key, window.offset))
                    try readArray(named: key) { _, _ in }
                }
                return true
            }
        } else {
            throw error(
                "expected a JSON object\(streamed.contains(Self.root) ? " or array" : ""), found \(name(first))")
        }
        if try window.peek(space: &space) != nil { throw error("there is more text after the end of the document") }
        layout += space
        let digest = try window.finishHash()
        for (name, offset) in deferred {
            try window.seek(to: offset)
            _ = try window.peek(space: &space)
            let text = layout
            try readArray(named: name, try handler(name))
            layout = text
        }
        return (layout, digest)
    }

    private func readMembers(streaming: (String) throws -> Bool) throws {
        var space: [UInt8] = []
        window.skip()
        layout.append(UInt8(ascii: "{"))
        var isFirst = true
        while true {
            guard var next = try window.peek(space: &space) else { throw error("the file ends inside an object") }
            layout += space
            if isFirst, next == UInt8(ascii: "}") { break }
            if !isFirst {
                if next == UInt8(ascii: "}") { break }
                guard next == UInt8(ascii: ",") else { throw error("expected a comma, found \(name(next))") }
                window.skip()
                layout.append(next)
                guard let key = try window.peek(space: &space) else { throw error("the file ends inside an object") }
                layout += space
                next = key
            }
            guard next == UInt8(ascii: "\"") else { throw error("expected a key, found \(name(next))") }
            let quoted = try window.value()
            layout += quoted
            let key = String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
            guard try window.peek(space: &space) == UInt8(ascii: ":") else {
                throw error("expected a colon after the key “\(key)”")
            }
            layout += space
            window.skip()
            layout.append(UInt8(ascii: ":"))
            guard let start = try window.peek(space: &space) else { throw error("the file ends after “\(key)”") }
            layout += space
            let isStreamed = start == UInt8(ascii: "[") ? try streaming(key) : false
            if !isStreamed { layout += try window.value() }
            isFirst = false
        }
        window.skip()
        layout.append(UInt8(ascii: "}"))
    }

    private func readArray(named name: String, _ handler: ElementHandler) throws {
        var array = ArrayLayout()
        var space: [UInt8] = []
        window.skip()
        guard var next = try window.peek(space: &space) else { throw error("the file ends inside an array") }
        array.afterOpen = space
        while next != UInt8(ascii: "]") {
            let text = try window.value()
            guard !text.isEmpty else { throw error("expected a value, found \(self.name(next))") }
            try handler(text, array.count)
            array.count += 1
            guard let after = try window.peek(space: &space) else { throw error("the file ends inside an array") }
            if after == UInt8(ascii: "]") {
                array.beforeClose = space
                break
            }
            guard after == UInt8(ascii: ",") else {
                throw error("element \(array.count) of “\(name)”: expected a comma, found \(self.name(after))")
            }
            let before = space
            window.skip()
            guard let start = try window.peek(space: &space) else { throw error("the file ends inside an array") }
            if start == UInt8(ascii: "]") { throw error("“\(name)” ends with a comma") }
            if array.count == 1 {
                (array.beforeComma, array.afterComma) = (before, space)
            } else if array.beforeComma != before || array.afterComma != space {
                array.isUniform = false
            }
            next = start
        }
        window.skip()
        arrays[name] = array
        layout += ArrayHole(name: name, layout: array).bytes
    }

    private func error(_ reason: String) -> FormatError {
        FormatError(file: path, place: "byte \(window.offset)", reason: reason)
    }

    private func name(_ byte: UInt8) -> String {
        byte >= 0x20 && byte < 0x7f ? "“\(Character(Unicode.Scalar(byte)))”" : "byte \(byte)"
    }
}
