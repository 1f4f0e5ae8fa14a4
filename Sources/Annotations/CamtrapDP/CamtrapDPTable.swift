import Foundation

/// The three tables of Camtrap DP 1.0 and their columns, in the order of the standard.
///
/// Bubnicki et al. 2023, "Camtrap DP: an open standard for the FAIR exchange and archiving of camera trap data";
/// <https://camtrap-dp.tdwg.org/data/>.
enum CamtrapDPTable: String, CaseIterable, Sendable, Codable {
    case deployments, media, observations

    static let version = "1.0"
    private static let base = "https://raw.githubusercontent.com/tdwg/camtrap-dp/\(version)"
    static let profile = "\(base)/camtrap-dp-profile.json"

    var fileName: String { rawValue + ".csv" }
    var schema: String { "\(Self.base)/\(rawValue)-table-schema.json" }

    /// The column that names the rows.
    var key: String {
        switch self {
        case .deployments: "deploymentID"
        case .media: "mediaID"
        case .observations: "observationID"
        }
    }

    var columns: [String] {
        switch self {
        case .deployments:
            [
                "deploymentID", "locationID", "locationName", "latitude", "longitude", "coordinateUncertainty",
                "deploymentStart", "deploymentEnd", "setupBy", "cameraID", "cameraModel", "cameraDelay",
                "cameraHeight", "cameraDepth", "cameraTilt", "cameraHeading", "detectionDistance", "timestampIssues",
                "baitUse", "featureType", "habitat", "deploymentGroups", "deploymentTags", "deploymentComments",
            ]
        case .media:
            [
                "mediaID", "deploymentID", "captureMethod", "timestamp", "filePath", "filePublic", "fileName",
                "fileMediatype", "exifData", "favorite", "mediaComments",
            ]
        case .observations:
            [
                "observationID", "deploymentID", "mediaID", "eventID", "eventStart", "eventEnd", "observationLevel",
                "observationType", "cameraSetupType", "scientificName", "count", "lifeStage", "sex", "behavior",
                "individualID", "individualPositionRadius", "individualPositionAngle", "individualSpeed", "bboxX",
                "bboxY", "bboxWidth", "bboxHeight", "classificationMethod", "classifiedBy", "classificationTimestamp",
                "classificationProbability", "observationTags", "observationComments",
            ]
        }
    }

    /// Columns that the standard requires a value in.
    var required: [String] {
        switch self {
        case .deployments: ["deploymentID", "latitude", "longitude", "deploymentStart", "deploymentEnd"]
        case .media: ["mediaID", "deploymentID", "timestamp", "filePath", "filePublic", "fileMediatype"]
        case .observations:
            ["observationID", "deploymentID", "eventStart", "eventEnd", "observationLevel", "observationType"]
        }
    }
}

/// One row: cells by column. A column that is absent counts as empty.
struct CamtrapDPRow: Sendable, Equatable {
    var cells: [String: String] = [:]

    init(_ cells: [String: String] = [:]) { self.cells = cells }

    subscript(_ column: String) -> String {
        get { cells[column] ?? "" }
        set { cells[column] = newValue }
    }

    /// Nil for an empty cell.
    func text(_ column: String) -> String? {
        let cell = self[column]
        return cell.isEmpty ? nil : cell
    }

    func number(_ column: String) -> Double? {
        text(column).flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
    }

    /// JSON of the cells that `columns`, written from the catalog, do not reproduce, in the order of the header; nil where
    /// they all do.
    func remainder(_ header: [String], over rendered: CamtrapDPRow) -> String? {
        var text: [UInt8] = []
        for column in header where self[column] != rendered[column] {
            text += text.isEmpty ? [UInt8(ascii: "{")] : Array(", ".utf8)
            JSONScalar.append(column, to: &text)
            text += Array(": ".utf8)
            JSONScalar.append(self[column], to: &text)
        }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self) + "}"
    }

    /// The row with the cells of a `remainder` put over its own. What is no such JSON (another format's `extra`) is
    /// passed over.
    func merged(with remainder: String?) -> CamtrapDPRow {
        guard let remainder, remainder.hasPrefix("{"), let kept = Self.decode(remainder) else { return self }
        return CamtrapDPRow(cells.merging(kept) { $1 })
    }
}

extension CamtrapDPRow {
    private static func decode(_ text: String) -> [String: String]? {
        try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
    }
}
