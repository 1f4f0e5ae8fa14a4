import Catalog
import Foundation

/// What the rows of a package cover together.
struct CamtrapDPCoverage {
    private(set) var start: String?
    private(set) var end: String?
    private(set) var longitudes: ClosedRange<Double>?
    private(set) var latitudes: ClosedRange<Double>?
    private(set) var taxa: Set<String> = []
    private(set) var levels: Set<String> = []
    private(set) var hasIndividuals = false

    mutating func add(deployment row: CamtrapDPRow) {
        if let first = row.text("deploymentStart")?.prefix(10) { start = min(start ?? String(first), String(first)) }
        if let last = row.text("deploymentEnd")?.prefix(10) { end = max(end ?? String(last), String(last)) }
        guard let longitude = row.number("longitude"), let latitude = row.number("latitude") else { return }
        longitudes = Self.extend(longitudes, longitude)
        latitudes = Self.extend(latitudes, latitude)
    }

    mutating func add(observation row: CamtrapDPRow) {
        if let taxon = row.text("scientificName") { taxa.insert(taxon) }
        if let level = row.text("observationLevel") { levels.insert(level) }
        if row.text("individualID") != nil { hasIndividuals = true }
    }

    private static func extend(_ range: ClosedRange<Double>?, _ value: Double) -> ClosedRange<Double> {
        guard let range else { return value...value }
        return min(range.lowerBound, value)...max(range.upperBound, value)
    }

    /// GeoJSON of the box around all positions.
    var spatial: [String: Any] {
        let (west, east) = (longitudes?.lowerBound ?? -180, longitudes?.upperBound ?? 180)
        let (south, north) = (latitudes?.lowerBound ?? -90, latitudes?.upperBound ?? 90)
        return [
            "type": "Polygon", "bbox": [west, south, east, north],
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        ]
    }
}

/// `datapackage.json`: the imported one with its tables named anew, or one with all that the profile requires.
struct CamtrapDPDescriptor {
    let dataset: String
    /// Text of the imported one.
    let original: String?
    let coverage: CamtrapDPCoverage
    let isScrubbed: Bool

    func bytes() throws -> [UInt8] {
        let known = original.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) } as? [String: Any]
        var package = made
        for (key, value) in known ?? [:] { package[key] = value }
        package["resources"] = resources(known?["resources"] as? [[String: Any]] ?? [])
        if isScrubbed {
            package["spatial"] = coverage.spatial
            package["coordinatePrecision"] = 0.1
        }
        let data = try JSONSerialization.data(
            withJSONObject: package, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return [UInt8](data) + [0x0a]
    }

    /// The three tables as they are written here; of others, those that hold their data in themselves.
    private func resources(_ known: [[String: Any]]) -> [[String: Any]] {
        let tables = CamtrapDPTable.allCases.map { table -> [String: Any] in
            let old = known.first { $0["name"] as? String == table.rawValue }
            return [
                "name": table.rawValue, "path": table.fileName, "profile": "tabular-data-resource", "format": "csv",
                "mediatype": "text/csv", "encoding": "utf-8", "schema": old?["schema"] ?? table.schema,
            ]
        }
        return tables + (isScrubbed ? [] : known.filter { $0["data"] != nil })
    }

    private var made: [String: Any] {
        let plain = dataset.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }
        let levels = coverage.levels.intersection(["media", "event"]).sorted()
        return [
            "profile": CamtrapDPTable.profile, "name": plain.joined(), "title": dataset,
            "created": Date().formatted(.iso8601), "contributors": [["title": "not stated", "role": "contributor"]],
            "sources": [["title": "Kindred", "version": Release.version]],
            "project": [
                "title": dataset, "samplingDesign": "opportunistic", "captureMethod": ["activityDetection"],
                "individualAnimals": coverage.hasIndividuals, "observationLevel": levels.isEmpty ? ["media"] : levels,
            ] as [String: Any],
            "spatial": coverage.spatial,
            "temporal": ["start": coverage.start ?? "1970-01-01", "end": coverage.end ?? "1970-01-01"],
            "taxonomic": coverage.taxa.sorted().map { ["scientificName": $0] },
        ]
    }
}
