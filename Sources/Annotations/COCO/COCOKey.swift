import Foundation

/// The members of COCO and DensePose objects that the catalog keeps in columns.
enum COCOKey: String, CaseIterable {
    case id, bbox, area, score, name, width, height, keypoints, segmentation, supercategory
    case crowd = "iscrowd"
    case imageID = "image_id"
    case categoryID = "category_id"
    case fileName = "file_name"
    case pointX = "dp_x"
    case pointY = "dp_y"
    case pointChart = "dp_I"
    case pointU = "dp_U"
    case pointV = "dp_V"
    case pointVertex = "dp_vertex"
    case partMasks = "dp_masks"
    case mesh = "ref_model"
    case denseMap = "uv_data"

    /// A key as bytes, and its bit in a word that is a set of keys.
    struct Entry {
        let bytes: [UInt8]
        let key: COCOKey
        let bit: UInt32
    }

    private static let byLength: [[Entry]] = {
        var table = [[Entry]](repeating: [], count: 16)
        for (index, key) in allCases.enumerated() {
            let bytes = Array(key.rawValue.utf8)
            table[bytes.count].append(Entry(bytes: bytes, key: key, bit: 1 << UInt32(index)))
        }
        return table
    }()

    /// The key of these bytes; nil for one that is kept as text.
    static func find(_ bytes: UnsafeRawBufferPointer) -> Entry? {
        guard bytes.count < 16, let start = bytes.baseAddress else { return nil }
        return byLength[bytes.count].first { memcmp($0.bytes, start, bytes.count) == 0 }
    }

    /// The columns of dense points, in the order in which they are stored.
    static let pointColumns: [(key: COCOKey, name: String)] = [
        (.pointX, "x"), (.pointY, "y"), (.pointChart, "I"), (.pointU, "U"), (.pointV, "V"), (.pointVertex, "vertex"),
    ]
}
