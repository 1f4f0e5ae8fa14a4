import Catalog

/// A category as Camtrap DP has it: a type from a fixed list, and for animals mostly a scientific name.
struct CamtrapDPCategory: Hashable {
    /// `observationType`.
    var type: String
    /// `scientificName`; empty where there is none.
    var scientificName: String

    static let types: Set<String> = ["animal", "human", "vehicle", "blank", "unknown", "unclassified"]

    /// Names that detectors and other datasets have for the types.
    private static let synonyms = [
        "person": "human", "people": "human", "car": "vehicle", "truck": "vehicle", "motorcycle": "vehicle",
        "bicycle": "vehicle", "empty": "blank", "background": "blank",
    ]

    init(type: String, scientificName: String) { (self.type, self.scientificName) = (type, scientificName) }

    init(_ row: CamtrapDPRow) {
        self.init(type: row["observationType"], scientificName: row["scientificName"])
    }

    /// The category of the catalog: named by the scientific name and below the type, or by the type alone.
    var name: String { scientificName.isEmpty ? (type.isEmpty ? "unknown" : type) : scientificName }
    var supercategory: String? { scientificName.isEmpty ? nil : type }

    /// The type and name that a category of the catalog is written with.
    init(name: String, supercategory: String?) {
        if let supercategory, Self.types.contains(supercategory) {
            self.init(type: supercategory, scientificName: name)
        } else if let type = Self.types.contains(name) ? name : Self.synonyms[name.lowercased()] {
            self.init(type: type, scientificName: "")
        } else {
            // Other datasets group by what suits them; of things in general the standard knows animals alone by name.
            self.init(type: "animal", scientificName: name)
        }
    }
}
