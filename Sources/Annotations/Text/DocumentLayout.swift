/// A gap for an array in the layout of a document: the array's name and the white space around its brackets and commas.
struct ArrayHole {
    let name: String
    let layout: JSONDocumentStream.ArrayLayout

    private static let separator: UInt8 = 0x04

    /// The text that stands in the layout.
    var bytes: [UInt8] {
        var bytes = [SourceTemplate.open] + name.utf8
        for space in [layout.afterOpen, layout.beforeComma, layout.afterComma, layout.beforeClose] {
            bytes.append(Self.separator)
            bytes += space
        }
        return bytes + [SourceTemplate.close]
    }

    fileprivate init?(_ bytes: ArraySlice<UInt8>) {
        let parts = bytes.split(separator: Self.separator, omittingEmptySubsequences: false).map(Array.init)
        guard parts.count == 5 else { return nil }
        name = String(decoding: parts[0], as: UTF8.self)
        layout = JSONDocumentStream.ArrayLayout(
            afterOpen: parts[1], beforeComma: parts[2], afterComma: parts[3], beforeClose: parts[4])
    }

    init(name: String, layout: JSONDocumentStream.ArrayLayout) { (self.name, self.layout) = (name, layout) }
}

/// A document with gaps for its arrays.
struct DocumentLayout {
    enum Segment {
        case literal([UInt8])
        case array(ArrayHole)
    }

    let segments: [Segment]

    /// What is written when no file gave a layout: Python's `json.dump` with its defaults.
    static let coco = DocumentLayout(
        segments: [
            .literal(Array("{\"info\": {}, \"licenses\": [], \"images\": ".utf8)), .array(.python("images")),
            .literal(Array(", \"annotations\": ".utf8)), .array(.python("annotations")),
            .literal(Array(", \"categories\": ".utf8)), .array(.python("categories")), .literal(Array("}".utf8)),
        ])

    static let results = DocumentLayout(segments: [.array(.python(JSONDocumentStream.root))])

    init(segments: [Segment]) { self.segments = segments }

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var segments: [Segment] = []
        var start = 0
        while let open = bytes[start...].firstIndex(of: SourceTemplate.open),
            let close = bytes[open...].firstIndex(of: SourceTemplate.close)
        {
            if open > start { segments.append(.literal(Array(bytes[start..<open]))) }
            if let hole = ArrayHole(bytes[(open + 1)..<close]) { segments.append(.array(hole)) }
            start = close + 1
        }
        if start < bytes.count { segments.append(.literal(Array(bytes[start...]))) }
        self.segments = segments
    }
}

extension ArrayHole {
    static func python(_ name: String) -> ArrayHole {
        ArrayHole(name: name, layout: JSONDocumentStream.ArrayLayout(afterComma: [0x20]))
    }
}
