import Catalog

/// The annotations of a file on their way into the catalog.
final class AnnotationSink {
    private let file: String
    private let dataset: Int64
    private let run: Int64
    private let lists: COCOLists
    private let problems: ProblemLog
    private let templates: TemplateInterner
    private let instances: InstanceInserter
    private var reader: COCOAnnotationReader
    private var ids: [Int64] = []
    private var report = COCOImport.Report(dataset: "")

    init(
        file: String, dataset: Int64, run: Int64, lists: COCOLists, writer: CatalogWriter, problems: ProblemLog
    ) throws {
        (self.file, self.dataset, self.run, self.lists, self.problems) = (file, dataset, run, lists, problems)
        templates = TemplateInterner(writer)
        instances = try InstanceInserter(writer)
        reader = COCOAnnotationReader(file: file, problems: problems, lists: lists)
    }

    func add(_ text: UnsafeRawBufferPointer, _ index: Int) throws {
        guard try reader.read(text, index: index) else {
            report.skipped += 1
            return
        }
        let place = "annotation \(reader.sourceID.map(String.init) ?? "at index \(index)")"
        guard let image = reader.image else {
            report.skipped += 1
            let reason = reader.imageID.map { "there is no image \($0)" } ?? "there is no whole number as “image_id”"
            return try problems.report("image", file: file, place: place, reason)
        }
        guard let categoryID = reader.categoryID else {
            report.skipped += 1
            return try problems.report(
                "category", file: file, place: place, "there is no whole number as “category_id”")
        }
        if let id = reader.sourceID { ids.append(id) }
        var record = InstanceRecord(
            datasetID: dataset, runID: run, mediumID: image.mediumID, categoryID: try lists.categoryRow(categoryID))
        record.sourceID = reader.sourceID
        record.box = reader.box
        record.area = reader.area
        record.isCrowd = reader.isCrowd
        record.score = reader.score
        record.points = reader.pointCount
        record.templateID = try templates.id(of: reader.source.template)
        record.extra = reader.source.extraText
        try instances.add(record, reader.parts)
        report.instances += 1
        if reader.parts.mask != nil { report.withMask += 1 }
        if reader.pointCount > 0 { report.withPoints += 1 }
        report.densePoints += reader.pointCount
    }

    /// Reports ids that came twice: looked for at the end, since a sort is cheaper than a set that grows.
    func finish() throws {
        ids.sort()
        for (id, next) in zip(ids, ids.dropFirst()) where id == next {
            try problems.report(
                "duplicate-id", file: file, place: "annotation \(id)", "this id comes twice in the list")
        }
        ids = []
    }

    /// Adds its counts to a report.
    func account(in total: inout COCOImport.Report) {
        total.instances += report.instances
        total.withMask += report.withMask
        total.withPoints += report.withPoints
        total.densePoints += report.densePoints
        total.skipped += report.skipped
    }
}
