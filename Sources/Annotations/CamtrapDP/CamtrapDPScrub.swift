/// Takes out of a package what tells where cameras stand, and keeps it valid.
///
/// Positions are rounded to a tenth of a degree (the category for sensitive species in Chapman 2020, "Current best
/// practices for generalizing sensitive species occurrence data"), identifiers of deployments and places become numbers,
/// and texts that mostly name places are left out.
struct CamtrapDPScrub {
    /// Metres: half the diagonal of a tenth of a degree at the equator.
    static let uncertainty = 7872

    private var deployments: [String: String] = [:]
    private var locations: [String: String] = [:]

    mutating func deployment(_ row: CamtrapDPRow) -> CamtrapDPRow {
        // Only columns that are known to tell nothing stay; others of the file may name places.
        let harmless = [
            "deploymentStart", "deploymentEnd", "cameraModel", "cameraDelay", "cameraHeight", "cameraDepth",
            "cameraTilt", "cameraHeading", "detectionDistance", "timestampIssues", "baitUse", "featureType",
        ]
        var result = CamtrapDPRow(row.cells.filter { harmless.contains($0.key) })
        result["deploymentID"] = Self.number(row["deploymentID"], "deployment", &deployments)
        if let location = row.text("locationID") ?? row.text("locationName") {
            result["locationID"] = Self.number(location, "location", &locations)
        }
        for column in ["latitude", "longitude"] {
            result[column] = row.number(column).map { CamtrapDPCells.number(($0 * 10).rounded() / 10) } ?? ""
        }
        let known = row.number("coordinateUncertainty") ?? 0
        result["coordinateUncertainty"] = CamtrapDPCells.number(max(known, Double(Self.uncertainty)).rounded(.up))
        return result
    }

    mutating func medium(_ row: CamtrapDPRow) -> CamtrapDPRow {
        // EXIF can hold the position, comments can name it.
        let kept = CamtrapDPTable.media.columns.filter { $0 != "exifData" && $0 != "mediaComments" }
        return keeping(kept, of: row)
    }

    mutating func observation(_ row: CamtrapDPRow) -> CamtrapDPRow {
        keeping(CamtrapDPTable.observations.columns.filter { $0 != "observationComments" }, of: row)
    }

    private mutating func keeping(_ columns: [String], of row: CamtrapDPRow) -> CamtrapDPRow {
        var result = CamtrapDPRow(row.cells.filter { columns.contains($0.key) })
        if let name = row.text("deploymentID") {
            result["deploymentID"] = Self.number(name, "deployment", &deployments)
        }
        return result
    }

    private static func number(_ name: String, _ noun: String, _ known: inout [String: String]) -> String {
        if let same = known[name] { return same }
        known[name] = "\(noun)-\(known.count + 1)"
        return known[name] ?? ""
    }
}
