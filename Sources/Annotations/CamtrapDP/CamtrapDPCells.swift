import Catalog
import Foundation

/// Rows as the catalog's columns say them.
///
/// An import keeps, in `extra`, the cells that these functions do not give back, and an export puts those over what they
/// give: so every cell returns, and what was changed since is written as it is now. For datasets that never were a
/// package they fill what the standard requires.
enum CamtrapDPCells {
    /// Stands where the standard requires a time and nobody knows it; `timestampIssues` is then true.
    static let unknownTime = "1970-01-01T00:00:00Z"
    /// Metres: half the way round the Earth, for a deployment whose position nobody knows.
    static let unknownPosition = "20037509"

    static func deployment(_ record: DeploymentRecord, _ site: SiteRecord?) -> CamtrapDPRow {
        var row = CamtrapDPRow([
            "deploymentID": record.name, "deploymentStart": record.startedAt ?? "",
            "deploymentEnd": record.endedAt ?? "",
        ])
        guard let site else { return row }
        row["locationName"] = site.name
        row["latitude"] = site.latitude.map(number) ?? ""
        row["longitude"] = site.longitude.map(number) ?? ""
        return row
    }

    static func medium(_ medium: MediumRecord, mediaID: String, deployment: String, clip: VideoRecord?) -> CamtrapDPRow
    {
        var row = file(medium.path, mediaID: mediaID, deployment: deployment, time: medium.capturedAt)
        var comments: [String] = []
        if let clip, let frame = medium.frameIndex { comments.append("frame \(frame) of \(clip.path)") }
        if medium.capturedAt == nil { comments.append("capture time unknown") }
        row["mediaComments"] = comments.joined(separator: "; ")
        return row
    }

    static func clip(_ video: VideoRecord, mediaID: String, deployment: String) -> CamtrapDPRow {
        file(video.path, mediaID: mediaID, deployment: deployment, time: video.capturedAt)
    }

    private static func file(_ path: String, mediaID: String, deployment: String, time: String?) -> CamtrapDPRow {
        CamtrapDPRow([
            "mediaID": mediaID, "deploymentID": deployment, "timestamp": timestamp(time), "filePath": path,
            // Nobody has said that others may see it.
            "filePublic": "false", "fileName": path.split(separator: "/").last.map(String.init) ?? path,
            "fileMediatype": mediatype(path),
        ])
    }

    /// What an observation row needs to know of its picture or clip.
    struct Target {
        var mediaID = ""
        var deployment = ""
        /// The picture's timestamp as written.
        var time = ""
        /// Frames of one clip are one event.
        var event = ""
    }

    static func observation(
        _ category: CamtrapDPCategory, target: Target, level: String, isPrediction: Bool, run: String
    ) -> CamtrapDPRow {
        let isCounted = ["animal", "human", "vehicle"].contains(category.type)
        return CamtrapDPRow([
            "deploymentID": target.deployment, "mediaID": target.mediaID, "eventID": target.event,
            "eventStart": target.time, "eventEnd": target.time, "observationLevel": level,
            "observationType": category.type, "scientificName": category.scientificName,
            "count": isCounted && level == "media" ? "1" : "",
            "classificationMethod": isPrediction ? "machine" : "human", "classifiedBy": isPrediction ? run : "",
        ])
    }

    static let boxColumns = ["bboxX", "bboxY", "bboxWidth", "bboxHeight"]

    /// Shares of the upright picture.
    static func setBox(_ box: Box?, of row: inout CamtrapDPRow) {
        guard let box else {
            for column in boxColumns { row[column] = "" }
            return
        }
        // The standard allows nothing outside the picture.
        let (x, y) = (min(1, max(0, box.x)), min(1, max(0, box.y)))
        let isInside = x == box.x && y == box.y && box.x + box.width <= 1 && box.y + box.height <= 1
        row["bboxX"] = number(x)
        row["bboxY"] = number(y)
        row["bboxWidth"] = number(isInside ? box.width : max(0, min(1, box.x + box.width) - x))
        row["bboxHeight"] = number(isInside ? box.height : max(0, min(1, box.y + box.height) - y))
    }

    /// The box that a row gives, in shares of the upright picture; nil where it gives none.
    static func box(of row: CamtrapDPRow) -> Box? {
        let numbers = boxColumns.compactMap(row.number)
        guard numbers.count == 4, numbers[2] >= 0, numbers[3] >= 0 else { return nil }
        return Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    /// The shortest text that reads back as the same number.
    static func number(_ value: Double) -> String {
        var text: [UInt8] = []
        NumberText.append(value, bare: true, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// ISO 8601 with a zone, as the standard requires: a time without one is written as if in UTC.
    static func timestamp(_ time: String?) -> String {
        guard let time, time.count >= 10 else { return unknownTime }
        return hasZone(time) ? time : time + (time.contains("T") ? "Z" : "T00:00:00Z")
    }

    static func hasZone(_ time: String) -> Bool {
        guard let clock = time.split(separator: "T", maxSplits: 1).dropFirst().first else { return false }
        return clock.hasSuffix("Z") || clock.contains("+") || clock.contains("-")
    }

    private static func mediatype(_ path: String) -> String {
        switch (path as NSString).pathExtension.lowercased() {
        case "jpg", "jpeg": "image/jpeg"
        case "png": "image/png"
        case "webp": "image/webp"
        case "mp4", "m4v": "video/mp4"
        case "avi": "video/x-msvideo"
        case "mov": "video/quicktime"
        case "asf", "wmv": "video/x-ms-asf"
        case "webm": "video/webm"
        case "mkv": "video/x-matroska"
        default: "application/octet-stream"
        }
    }
}
