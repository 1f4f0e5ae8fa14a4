import Catalog

/// Observations: of a picture, they become instances; of an event or a clip, they stay observations.
extension CamtrapDPSink {
    func observation(_ source: Source) throws {
        let row = source.row
        let category = CamtrapDPCategory(row)
        if !CamtrapDPCategory.types.contains(category.type) {
            try problems.report(
                "observation-type", file: source.file, place: source.place,
                "observationType is “\(category.type)”, expected one of "
                    + CamtrapDPCategory.types.sorted().joined(separator: ", "))
        }
        if let media = row.text("mediaID"), subjects[media] == nil {
            try problems.report("media", file: source.file, place: source.place, "there is no medium “\(media)”")
        }
        let categoryID = try categoryRow(category)
        if case .picture(let medium) = subjects[row["mediaID"]], row["observationLevel"] != "event" {
            return try instance(of: medium, categoryID, source)
        }
        var record = ObservationRecord(datasetID: dataset, runID: run, categoryID: categoryID)
        var target = CamtrapDPCells.Target()
        if case .clip(let video) = subjects[row["mediaID"]] {
            record.videoID = video.id
            target.mediaID = row["mediaID"]
            target.time = CamtrapDPCells.timestamp(video.capturedAt)
        }
        record.deploymentID = deployments[row["deploymentID"]]?.id
        target.deployment = record.deploymentID.flatMap { deploymentNames[$0] } ?? ""
        record.sourceID = source.number
        let rendered = CamtrapDPCells.observation(
            CamtrapDPCategory(name: category.name, supercategory: category.supercategory), target: target,
            level: record.videoID == nil ? "event" : "media", isPrediction: false, run: "")
        record.extra = row.remainder(source.header, over: rendered)
        try writer.add(record)
        report.observations += 1
    }

    private func instance(of medium: MediumRecord, _ categoryID: Int64, _ source: Source) throws {
        let row = source.row
        let category = CamtrapDPCategory(row)
        var record = InstanceRecord(
            datasetID: dataset, runID: run, mediumID: medium.id, categoryID: categoryID)
        record.sourceID = source.number
        record.score = row.number("classificationProbability")
        try setBox(of: &record, medium, source)
        let target = CamtrapDPCells.Target(
            mediaID: row["mediaID"], deployment: medium.deploymentID.flatMap { deploymentNames[$0] } ?? "",
            time: CamtrapDPCells.timestamp(medium.capturedAt))
        var rendered = CamtrapDPCells.observation(
            CamtrapDPCategory(name: category.name, supercategory: category.supercategory), target: target,
            level: "media", isPrediction: false, run: "")
        CamtrapDPCells.setBox(record.box.flatMap(medium.normalised), of: &rendered)
        rendered["classificationProbability"] = record.score.map(CamtrapDPCells.number) ?? ""
        record.extra = row.remainder(source.header, over: rendered)
        try instances.add(record, InstanceParts())
        report.instances += 1
    }

    private func setBox(of record: inout InstanceRecord, _ medium: MediumRecord, _ source: Source) throws {
        guard CamtrapDPCells.boxColumns.contains(where: { source.row.text($0) != nil }) else { return }
        guard let shares = CamtrapDPCells.box(of: source.row) else {
            return try problems.report(
                "box", file: source.file, place: source.place,
                "bboxX, bboxY, bboxWidth and bboxHeight are not four numbers; the box is kept as text only")
        }
        if min(shares.x, shares.y) < 0 || max(shares.x + shares.width, shares.y + shares.height) > 1 + 1e-6 {
            try problems.report(
                "box", file: source.file, place: source.place,
                "the box leaves the picture; expected shares of its width and height, from 0 to 1")
        }
        guard let box = medium.box(normalised: shares) else {
            return try problems.report(
                "box", file: source.file, place: source.place,
                "the size of \(medium.path) is unknown, so that its box is kept as text only; "
                    + "--media FOLDER says where the files are")
        }
        (record.box, record.area) = (box, box.area)
        report.withBox += 1
    }

    private func categoryRow(_ category: CamtrapDPCategory) throws -> Int64 {
        let key = Self.key(category.name, category.supercategory)
        if let known = categories[key] { return known }
        let number = try writer.categories(of: dataset).map(\.sourceID).max() ?? 0
        let id = try writer.add(
            CategoryRecord(
                datasetID: dataset, sourceID: number + 1, name: category.name, supercategory: category.supercategory))
        categories[key] = id
        return id
    }
}
