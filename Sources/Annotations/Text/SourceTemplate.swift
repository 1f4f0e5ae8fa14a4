/// The text of an object with gaps for what the catalog keeps in columns.
///
/// A file's objects mostly share one template, for instance
/// `{"id": ⟨i⟩, "bbox": ⟨b…⟩, "licence": ⟨verbatim⟩}`: key order, spaces and number style live here, once. A gap named
/// by a field is filled from its column; a verbatim gap from the row's `extra`, in order. What fits no column, or whose
/// text a column cannot reproduce, is verbatim: so every object can be written again byte for byte.
struct SourceTemplate {
    /// What fills a gap. The raw value is its letter in the stored text.
    enum Field: UInt8 {
        case id = 0x69  // i
        case imageID = 0x6d  // m
        case categoryID = 0x67  // g
        case box = 0x62  // b
        case area = 0x61  // a
        case crowd = 0x63  // c
        case score = 0x73  // s
        case polygons = 0x70  // p
        case runs = 0x72  // r
        case maskText = 0x74  // t
        case keypoints = 0x6b  // k
        case points = 0x64  // d
        case mesh = 0x4d  // M
        case partMasks = 0x50  // P
        case denseMap = 0x75  // u
        case name = 0x6e  // n
        case supercategory = 0x53  // S
        case fileName = 0x66  // f
        case width = 0x77  // w
        case height = 0x68  // h
    }

    enum Segment {
        case literal([UInt8])
        case field(Field, style: [UInt8])
        case verbatim
    }

    static let open: UInt8 = 0x01
    static let close: UInt8 = 0x02
    static let verbatimMark: UInt8 = 0x03
    /// Between the verbatim texts in `extra`.
    static let extraSeparator: UInt8 = 0x1f

    let segments: [Segment]

    init(_ text: some Collection<UInt8>) {
        var segments: [Segment] = []
        var literal: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            guard byte == Self.open || byte == Self.verbatimMark else {
                literal.append(byte)
                continue
            }
            if !literal.isEmpty { segments.append(.literal(literal)) }
            literal = []
            if byte == Self.verbatimMark {
                segments.append(.verbatim)
            } else if let letter = iterator.next(), let field = Field(rawValue: letter) {
                var style: [UInt8] = []
                while let next = iterator.next(), next != Self.close { style.append(next) }
                segments.append(.field(field, style: style))
            }
        }
        if !literal.isEmpty { segments.append(.literal(literal)) }
        self.segments = segments
    }

    /// Writes the object; `fill` appends the text of a field's gap.
    func render(
        extra: [UInt8]?, to text: inout [UInt8], fill: (Field, [UInt8], inout [UInt8]) throws -> Void
    ) rethrows {
        var rest = extra.map { $0[...] } ?? []
        for segment in segments {
            switch segment {
            case .literal(let bytes): text.append(contentsOf: bytes)
            case .field(let field, let style): try fill(field, style, &text)
            case .verbatim:
                let end = rest.firstIndex(of: Self.extraSeparator) ?? rest.endIndex
                text.append(contentsOf: rest[..<end])
                rest = rest[min(end + 1, rest.endIndex)...]
            }
        }
    }
}

/// Builds the template and the `extra` of one object while its members are read.
struct SourceTemplateBuilder {
    private(set) var template: [UInt8] = []
    private(set) var extra: [UInt8] = []
    private var hasExtra = false
    /// A control character stands where JSON allows none; it would be taken for a gap.
    private(set) var hasControlCharacter = false

    mutating func removeAll() {
        hasControlCharacter = false
        template.removeAll(keepingCapacity: true)
        extra.removeAll(keepingCapacity: true)
        hasExtra = false
    }

    mutating func literal(_ bytes: UnsafeRawBufferPointer) {
        check(bytes)
        template.append(contentsOf: bytes)
    }

    private mutating func check(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes where byte < 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09 {
            hasControlCharacter = true
        }
    }

    mutating func field(_ field: SourceTemplate.Field, style: some Sequence<UInt8> = EmptyCollection()) {
        template.append(SourceTemplate.open)
        template.append(field.rawValue)
        template.append(contentsOf: style)
        template.append(SourceTemplate.close)
    }

    mutating func verbatim(_ text: UnsafeRawBufferPointer) {
        check(text)
        template.append(SourceTemplate.verbatimMark)
        if hasExtra { extra.append(SourceTemplate.extraSeparator) }
        hasExtra = true
        extra.append(contentsOf: text)
    }

    /// Gives up the parts and keeps the object as one piece.
    mutating func whole(_ text: UnsafeRawBufferPointer) {
        removeAll()
        verbatim(text)
    }

    var extraText: String? { hasExtra ? String(decoding: extra, as: UTF8.self) : nil }
}
