import Catalog

/// The deployments of an export: those of the catalog, and one for each site of media that have none.
struct CamtrapDPPlaces {
    /// A deployment that is made up from its media.
    private struct Made {
        var name: String
        var site: SiteRecord?
        /// Of a picture, from its EXIF, where the site has none.
        var position: (latitude: Double, longitude: Double)?
        var first: String?
        var last: String?
        /// A time is unknown, or without a zone.
        var hasTimeIssues = false
    }

    private let deployments: [DeploymentRecord]
    private let names: [Int64: String]
    private let known: Set<String>
    private let sites: [Int64: SiteRecord]
    private var made: [String: Made] = [:]
    /// Names of `made`, in the order of their media.
    private var order: [String] = []
    private var unknownTimes = 0
    private var zoneless = 0
    private var unknownPositions = 0

    init(_ reader: CatalogReader, dataset: Int64) throws {
        deployments = try reader.deployments(of: dataset)
        names = Dictionary(uniqueKeysWithValues: deployments.map { ($0.id, $0.name) })
        known = Set(names.values)
        sites = Dictionary(uniqueKeysWithValues: try reader.sites().map { ($0.id, $0) })
    }

    func name(ofDeployment id: Int64) -> String? { names[id] }

    /// The deployment of a medium's row: what the row says, else the one of its site. Made if there is none such.
    mutating func name(_ said: String, of medium: MediumRecord) -> String {
        let site = medium.siteID.flatMap { sites[$0] }
        var name = said.isEmpty ? site?.name ?? "unknown" : said
        if !said.isEmpty, known.contains(said) { return said }
        while said.isEmpty, known.contains(name) || made[name].map({ $0.site?.id != site?.id }) ?? false {
            name = "site " + name
        }
        var place = made[name] ?? Made(name: name, site: site)
        if made[name] == nil { order.append(name) }
        if place.position == nil, let latitude = medium.latitude, let longitude = medium.longitude {
            place.position = (latitude, longitude)
        }
        made[name] = place
        return name
    }

    /// Takes account of a medium's row: a deployment lasts from its first to its last picture.
    mutating func note(_ row: CamtrapDPRow, capturedAt: String?) {
        guard var place = made[row["deploymentID"]] else { return }
        defer { made[place.name] = place }
        guard let capturedAt else {
            place.hasTimeIssues = true
            unknownTimes += 1
            return
        }
        if !CamtrapDPCells.hasZone(capturedAt) {
            place.hasTimeIssues = true
            zoneless += 1
        }
        let time = row["timestamp"]
        place.first = min(place.first ?? time, time)
        place.last = max(place.last ?? time, time)
    }

    /// All rows: the catalog's, then those made up.
    mutating func rows() -> [CamtrapDPRow] {
        let rows = deployments.map { record in
            CamtrapDPCells.deployment(record, record.siteID.flatMap { sites[$0] }).merged(with: record.extra)
        }
        return rows + order.compactMap { name in made[name].map { row(of: $0) } }
    }

    private mutating func row(of made: Made) -> CamtrapDPRow {
        var row = CamtrapDPRow([
            "deploymentID": made.name, "deploymentStart": made.first ?? CamtrapDPCells.unknownTime,
            "deploymentEnd": made.last ?? CamtrapDPCells.unknownTime, "locationName": made.site?.name ?? "",
            "timestampIssues": made.hasTimeIssues ? "true" : "false",
        ])
        let latitude = made.site?.latitude ?? made.position?.latitude
        let longitude = made.site?.longitude ?? made.position?.longitude
        row["latitude"] = CamtrapDPCells.number(latitude ?? 0)
        row["longitude"] = CamtrapDPCells.number(longitude ?? 0)
        if latitude == nil || longitude == nil {
            unknownPositions += 1
            row["coordinateUncertainty"] = CamtrapDPCells.unknownPosition
            row["deploymentComments"] = "position unknown"
        }
        return row
    }

    /// What was filled in, in sentences.
    var notes: [String] {
        var notes: [String] = []
        if unknownTimes > 0 {
            notes.append("\(unknownTimes) media have no capture time; \(CamtrapDPCells.unknownTime) stands for it")
        }
        if zoneless > 0 { notes.append("\(zoneless) capture times have no time zone and are written as UTC") }
        if unknownPositions > 0 {
            notes.append(
                "\(unknownPositions) deployments have no position; 0, 0 stands for it, with an uncertainty of "
                    + "\(CamtrapDPCells.unknownPosition) m")
        }
        return notes
    }
}
