import Catalog

// Labels that a program computes, packed as those that are read from files.

extension NumberListBlob {
    /// Packs one list of numbers, rounded to so many decimals; about two bytes each.
    /// - Parameter digits: 0...6.
    public static func packed(_ values: [Double], digits: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        appendHeader(.decimal(scale: digits), counts: [values.count], to: &bytes)
        let unit = Double(NumberText.powers[digits])
        var previous: Int64 = 0
        for value in values {
            let mantissa = Int64((value * unit).rounded())
            Varint.append(Varint.zigzag(mantissa &- previous), to: &bytes)
            previous = mantissa
        }
        return bytes
    }
}

extension DensePointsRecord {
    /// Points from columns of equally many numbers, each rounded to so many decimals.
    /// - Parameter mesh: the reference mesh, where a column is `vertex`.
    public init(columns: [(name: String, values: [Double], digits: Int)], mesh: String? = nil) {
        var data: [UInt8] = []
        for column in columns {
            let blob = NumberListBlob.packed(column.values, digits: column.digits)
            Varint.append(UInt64(blob.count), to: &data)
            data += blob
        }
        self.init(columns: columns.map(\.name).joined(separator: " "), mesh: mesh, data: data)
    }
}

extension PartMasks {
    /// The JSON text of `dp_masks`.
    /// - Parameter parts: one a coarse part, part 1 first; nil for a part that is not seen.
    public static func json(of parts: [RunLengthMask?]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "[")]
        for (index, part) in parts.enumerated() {
            if index > 0 { text += ", ".utf8 }
            guard let part else {
                text += "[]".utf8
                continue
            }
            text += "{\"size\": [\(part.height), \(part.width)], \"counts\": \"".utf8
            for byte in part.compressedBytes() {
                // The only character of the alphabet that JSON escapes.
                if byte == UInt8(ascii: "\\") { text.append(byte) }
                text.append(byte)
            }
            text += "\"}".utf8
        }
        return text + [UInt8(ascii: "]")]
    }
}

extension CatalogWriter {
    /// Adds a category with the names of its keypoints and the lines between them, as COCO's files declare them.
    /// - Parameter skeleton: pairs of keypoints, numbered from 1.
    @discardableResult
    public func addCategory(
        named name: String, number: Int64, in dataset: Int64, keypoints: [String], skeleton: [(Int, Int)],
        templates: TemplateInterner
    ) throws -> Int64 {
        func gap(_ field: SourceTemplate.Field) -> [UInt8] {
            [SourceTemplate.open, field.rawValue, SourceTemplate.close]
        }
        let names = keypoints.map { "\"\($0)\"" }.joined(separator: ", ")
        let lines = skeleton.map { "[\($0.0), \($0.1)]" }.joined(separator: ", ")
        var text = Array("{\"id\": ".utf8) + gap(.id)
        text += Array(", \"name\": ".utf8) + gap(.name)
        text += Array(", \"keypoints\": [\(names)], \"skeleton\": [\(lines)]}".utf8)
        return try add(
            CategoryRecord(datasetID: dataset, sourceID: number, name: name, templateID: templates.id(of: text)))
    }
}
