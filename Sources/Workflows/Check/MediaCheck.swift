import Annotations
import Catalog
import Foundation
import Hashing
import Imaging

/// Pictures: missing, strange, twice, or in the folder and not in the catalog.
enum MediaCheck {
    static func run(
        _ reader: CatalogReader, dataset: Int64?, options: CatalogCheck.Options, _ report: inout CatalogCheck.Report,
        _ repairs: inout [Repair], _ progress: (String, Double) -> Void
    ) throws {
        let folders = try reader.rootFolders()
        let total = max(1, try reader.overview().media)
        var known: [Int64: Set<String>] = [:]
        var byDigest: [[UInt8]: String] = [:]
        var looks: [(hash: UInt64, path: String, id: Int64, digest: [UInt8]?)] = []
        try reader.forEachMedium(dataset: dataset) { medium in
            report.checkedMedia += 1
            if report.checkedMedia % 64 == 0 { progress("pictures", Double(report.checkedMedia) / Double(total)) }
            let place = "medium \(medium.id) (\(medium.path))"
            known[medium.rootID, default: []].insert(medium.path)
            var completed = medium
            if let folder = folders[medium.rootID] {
                try file(&completed, at: folder + "/" + medium.path, place, options, &report)
            }
            if medium.width == nil || medium.height == nil {
                let isFixable = completed.width != nil && completed.height != nil
                report.add("image-size", where: place, "the size is not known", fixable: isFixable)
                if isFixable { repairs.append(.complete(completed, mends: true)) }
            } else if completed.perceptualHash != medium.perceptualHash || completed.sha256 != medium.sha256 {
                // Learned on the way; kept when the catalog may be written.
                repairs.append(.complete(completed, mends: false))
            }
            if medium.videoID == nil, let digest = completed.sha256 {
                if let other = byDigest[digest] {
                    report.add("duplicate-picture", where: place, "the file is the same as \(other), byte for byte")
                } else {
                    byDigest[digest] = place
                }
            }
            if medium.videoID == nil, let hash = completed.perceptualHash {
                looks.append((UInt64(bitPattern: hash), place, medium.id, completed.sha256))
            }
        }
        var alike: [Int: [Int]] = [:]
        for (first, second) in NearDuplicates.pairs(looks.map(\.hash), distance: 3) {
            // The same bytes are a finding of their own.
            if let digest = looks[first].digest, digest == looks[second].digest { continue }
            alike[second, default: []].append(first)
        }
        for (second, others) in alike.sorted(by: { $0.key < $1.key }) {
            let bits = (looks[others[0]].hash ^ looks[second].hash).nonzeroBitCount
            let more = others.count > 1 ? ", and like \(others.count - 1) more" : ""
            report.add(
                "similar-picture", where: looks[second].path,
                "looks like \(looks[others[0]].path) (perceptual hashes differ in \(bits) of 64 bits)\(more)")
        }
        if dataset == nil { try orphans(reader, folders, known, &report) }
    }

    /// Compares a medium with its file, and learns what was not known.
    private static func file(
        _ medium: inout MediumRecord, at path: String, _ place: String, _ options: CatalogCheck.Options,
        _ report: inout CatalogCheck.Report
    ) throws {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            return report.add("missing-file", where: place, "there is no file \(path)")
        }
        do {
            let header = try ImageHeader.read(fileAt: path)
            if let width = medium.width, let height = medium.height, medium.videoID == nil,
                (width, height) != (header.width, header.height)
            {
                report.add(
                    "image-size", where: place,
                    "the catalog says \(width)x\(height), the file is \(header.width)x\(header.height)")
            } else {
                (medium.width, medium.height) = (header.width, header.height)
            }
            if let bytes = medium.bytes, let found = attributes[.size] as? Int, bytes != found {
                report.add("checksum", where: place, "the file had \(bytes) bytes when it was taken in, now \(found)")
            } else if options.checksums, medium.videoID == nil {
                let digest = try ContentHash.of(fileAt: path).bytes
                if let known = medium.sha256, known != digest {
                    report.add("checksum", where: place, "the file is not the one that was taken in (SHA-256 differs)")
                }
                medium.sha256 = medium.sha256 ?? digest
            }
            if options.looks, medium.perceptualHash == nil {
                medium.perceptualHash = Int64(bitPattern: PerceptualHash(of: try Image(fileAt: path)).bits)
            }
        } catch let error as ImageError {
            report.add("unreadable-file", where: place, "\(error)")
        }
    }

    private static func orphans(
        _ reader: CatalogReader, _ folders: [Int64: String], _ known: [Int64: Set<String>],
        _ report: inout CatalogCheck.Report
    ) throws {
        for (root, folder) in folders.sorted(by: { $0.key < $1.key }) {
            guard let paths = known[root] else { continue }
            // A root that is a parent of others would list their files as its own.
            let nested = folders.filter { $0.key != root && $0.value.hasPrefix(folder + "/") }.map(\.value)
            for path in PictureFolder.files(in: folder) where !paths.contains(path) {
                if nested.contains(where: { "\(folder)/\(path)".hasPrefix($0 + "/") }) { continue }
                report.add(
                    "orphan-file", where: "\(folder)/\(path)", "the picture is in the folder and not in the catalog")
            }
        }
    }
}

/// Pairs of 64-bit hashes that differ in few bits.
enum NearDuplicates {
    /// Hashes within 3 bits share at least one of four 16-bit bands: only such pairs are compared. Identical hashes of
    /// flat pictures could make the bands large, so that each hash is paired with at most `limit` others.
    static func pairs(_ hashes: [UInt64], distance: Int, limit: Int = 20) -> [(Int, Int)] {
        precondition(distance <= 3, "four bands guarantee three bits")
        var bands: [UInt32: [Int]] = [:]
        var result: [(Int, Int)] = []
        for (index, hash) in hashes.enumerated() {
            var matches: Set<Int> = []
            for band in 0..<4 {
                let key = UInt32(band) << 16 | UInt32(hash >> (16 * band) & 0xffff)
                for other in bands[key, default: []] where (hashes[other] ^ hash).nonzeroBitCount <= distance {
                    if matches.count < limit { matches.insert(other) }
                }
                bands[key, default: []].append(index)
            }
            result += matches.sorted().map { ($0, index) }
        }
        return result
    }
}
