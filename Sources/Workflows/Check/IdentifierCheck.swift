import Annotations
import Catalog

/// Ids that tools trip over: twice, zero, or of categories that no list declares.
enum IdentifierCheck {
    static func run(
        _ reader: CatalogReader, dataset: Int64?, _ report: inout CatalogCheck.Report, _ repairs: inout [Repair]
    ) throws {
        for record in try reader.datasets() where dataset == nil || record.id == dataset {
            for category in try reader.categories(of: record.id) where !category.isDeclared {
                report.add(
                    "category", where: "\(record.name): category \(category.sourceID)",
                    "labels use this id and no list declares it")
            }
            for (id, count) in try reader.repeatedMediumIDs(of: record.id) {
                report.add(
                    "duplicate-id", where: "\(record.name): image \(id)",
                    "\(count) pictures have this id; labels cannot tell them apart")
            }
            var next = try reader.largestSourceID(of: record.id) + 1
            for (id, instance) in try reader.repeatedInstanceIDs(of: record.id) {
                report.add(
                    "duplicate-id", where: "\(record.name): instance \(instance)",
                    "its annotation id \(id) is taken by an earlier one; pycocotools would keep only the last",
                    fixable: true)
                repairs.append(.renumber(instance: instance, sourceID: next))
                next += 1
            }
            if try reader.hasInstance(withSourceID: 0, in: record.id) {
                report.add(
                    "zero-id", where: "\(record.name): annotation 0",
                    "COCOeval takes the id 0 for “no match” and scores this label as missed")
            }
        }
    }
}
