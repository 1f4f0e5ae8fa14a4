import Annotations
import Catalog
import Imaging

/// A picture and the labels that are drawn over it.
public struct LabelledPicture: Sendable {
    public struct Label: Sendable {
        public var record: InstanceRecord
        public var parts: InstanceParts
        public var category: String
        /// Place of the category in the dataset's list, for its colour.
        public var categoryIndex: Int

        public init(record: InstanceRecord, parts: InstanceParts, category: String, categoryIndex: Int = 0) {
            (self.record, self.parts) = (record, parts)
            (self.category, self.categoryIndex) = (category, categoryIndex)
        }
    }

    public var medium: MediumRecord
    /// In order of id.
    public var labels: [Label]

    public init(medium: MediumRecord, labels: [Label]) { (self.medium, self.labels) = (medium, labels) }

    /// Reads the labels of one picture that a query names.
    init(_ medium: MediumRecord, _ query: InstanceQuery, _ categories: CategoryNames, _ reader: CatalogReader) throws {
        var query = query
        query.mediumID = medium.id
        var labels: [Label] = []
        try reader.forEachInstance(query) { record, parts in
            let (name, index) = categories[record.categoryID]
            labels.append(Label(record: record, parts: parts, category: name, categoryIndex: index))
        }
        self.init(medium: medium, labels: labels)
    }
}

/// Names of a dataset's categories and their places in its list.
struct CategoryNames: Sendable {
    private var known: [Int64: (name: String, index: Int)] = [:]

    init(of dataset: Int64, _ reader: CatalogReader) throws {
        for (index, category) in try reader.categories(of: dataset).enumerated() {
            known[category.id] = (category.name, index)
        }
    }

    subscript(id: Int64) -> (name: String, index: Int) { known[id] ?? ("category \(id)", 0) }
}

extension LabelledPicture.Label {
    /// What the colour of the label tells.
    /// - Parameter index: of the label in its picture.
    func color(_ coloring: RenderColoring, index: Int) -> Color {
        switch coloring {
        case .instance: Palette.instance(index)
        case .category: Palette.instance(categoryIndex)
        case .part: Color(hex: 0xF2F2EE)
        case .score: record.score.map { ColorMap.viridis[$0] } ?? Color(hex: 0x9A9A9A)
        }
    }

    /// `dog 0.93`
    var caption: String {
        var text = category
        if record.isCrowd { text += " (crowd)" }
        guard let score = record.score, score.isFinite, abs(score) < 1e6 else { return text }
        let hundredths = Int((abs(score) * 100).rounded())
        let fraction = hundredths % 100
        return text + " \(score < 0 ? "-" : "")\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
