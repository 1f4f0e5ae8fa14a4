import Catalog
import Foundation

/// Reads an exported file back and compares it with the catalog, label by label.
public struct ExportVerification: Codable, Sendable {
    public var instances = 0
    /// Labels that came back exactly: id, box, area, category, mask, points, keypoints.
    public var identical = 0
    public var differentID = 0
    public var differentBox = 0
    public var differentArea = 0
    public var differentCategory = 0
    public var differentPoints = 0
    public var differentKeypoints = 0
    public var differentMask = 0
    /// Over the masks that differ in their text; 1 when none does.
    public var worstMaskIoU = 1.0
    public var missing = 0

    /// Nothing was lost.
    public var isLossless: Bool { missing == 0 && identical == instances }

    /// Compares labels (in the order in which they were written) with those of a catalog that has read the file.
    mutating func compare(
        _ record: InstanceRecord, _ parts: InstanceParts, _ identity: COCOObjectWriter.Identity,
        with other: (record: InstanceRecord, parts: InstanceParts)?, otherCategories: [Int64: Int64], size: (Int, Int)
    ) throws {
        instances += 1
        guard let other else {
            missing += 1
            return
        }
        var isSame = true
        func check(_ same: Bool, _ counter: WritableKeyPath<Self, Int>) {
            if !same {
                self[keyPath: counter] += 1
                isSame = false
            }
        }
        if record.score == nil { check(other.record.sourceID == identity.id, \.differentID) }
        check(record.box == other.record.box, \.differentBox)
        check(record.area == other.record.area, \.differentArea)
        check(otherCategories[other.record.categoryID] == identity.categoryID, \.differentCategory)
        check(parts.points?.columns == other.parts.points?.columns, \.differentPoints)
        if let columns = parts.points?.columns {
            let isEqual = columns.split(separator: " ").allSatisfy {
                parts.points?.values(String($0)) == other.parts.points?.values(String($0))
            }
            check(isEqual, \.differentPoints)
        }
        check(Self.numbers(parts.keypoints) == Self.numbers(other.parts.keypoints), \.differentKeypoints)
        if parts.mask?.data != other.parts.mask?.data {
            check(false, \.differentMask)
            let ours = try parts.mask?.runs(pictureHeight: size.1, pictureWidth: size.0)
            let theirs = try other.parts.mask?.runs(pictureHeight: size.1, pictureWidth: size.0)
            if let ours, let theirs {
                worstMaskIoU = min(worstMaskIoU, try ours.overlap(with: theirs, crowd: false))
            } else {
                worstMaskIoU = 0
            }
        }
        if isSame { identical += 1 }
    }

    private static func numbers(_ blob: [UInt8]?) -> [[Double]]? {
        blob.flatMap { NumberListBlob($0, stride: 1)?.lists }
    }
}

extension COCOExport {
    /// Imports the file that was written into a catalog of its own, and compares.
    /// - Throws: `FormatError` when the file cannot be read back.
    public static func verify(
        _ path: String, against catalog: CatalogFile, options: Options
    ) throws -> ExportVerification {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kindred-verify-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let copy = try CatalogFile.create(at: folder + "/copy.sqlite")
        return try catalog.read { reader in
            let export = try COCOExport(reader: reader, options: options)
            if export.isResults {
                // Results need the images and categories that they speak of.
                var labels = options
                (labels.run, labels.filter) = (nil, nil)
                let dataset = folder + "/dataset.json"
                _ = try COCOExport(reader: reader, options: labels).write(to: dataset)
                _ = try COCOImport.run(
                    dataset, into: copy, options: COCOImport.Options(dataset: options.dataset), command: "verify")
            }
            _ = try COCOImport.run(
                path, into: copy, options: COCOImport.Options(dataset: options.dataset), command: "verify")
            return try copy.read { other in try export.compare(with: other) }
        }
    }

    private func compare(with other: CatalogReader) throws -> ExportVerification {
        var verification = ExportVerification()
        let dataset = try other.dataset(named: options.dataset)
        let run = try other.runs().last { $0.kind.makesTruth != isResults }
        let categories = Dictionary(
            uniqueKeysWithValues: try other.categories(of: dataset.id).map { ($0.id, $0.sourceID) })
        var sizes: [Int64: (Int, Int)] = [:]
        try reader.forEachMember(of: self.dataset.id) { member in
            sizes[member.mediumID] = (member.width ?? 0, member.height ?? 0)
        }
        // Both walk in the order of the file: a page of the copy at a time keeps the memory small.
        var page: [(record: InstanceRecord, parts: InstanceParts)] = []
        var next = 0
        var last: Int64 = 0
        func following() throws -> (record: InstanceRecord, parts: InstanceParts)? {
            if next == page.count {
                page.removeAll(keepingCapacity: true)
                next = 0
                let query = InstanceQuery(
                    datasetID: dataset.id, runIDs: run.map { [$0.id] } ?? [], after: last, limit: 4096)
                try other.forEachInstance(query) { page.append(($0, $1)) }
                last = page.last?.record.id ?? last
            }
            defer { next += 1 }
            return next < page.count ? page[next] : nil
        }
        try instances { record, parts, identity in
            try verification.compare(
                record, parts, identity, with: following(), otherCategories: categories,
                size: sizes[record.mediumID] ?? (0, 0))
        }
        return verification
    }
}
