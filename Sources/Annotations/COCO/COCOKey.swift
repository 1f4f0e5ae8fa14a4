// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation

/// The members of COCO and DensePose objects that the catalog keeps in columns.
enum COCOKey: UInt32, CaseIterable {
    case id, bbox, area, score, dp_x, dp_y, dp_I, dp_U, dp_V, name, width, height, iscrowd, image_id, dp_masks, uv_data,
        ref_model, keypoints, dp_vertex, file_name, category_id, segmentation, supercategory

    /// As JSON spells it.
    var spelling: String { String(describing: self) }

    private static let byLength: [[(bytes: [UInt8], key: COCOKey)]] = {
        var table = [[(bytes: [UInt8], key: COCOKey)]](repeating: [], count: 16)
        for key in allCases { table[key.spelling.utf8.count].append((Array(key.spelling.utf8), key)) }
        return table
    }()

    /// The key of these bytes; nil for one that is kept as text.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count < 16 else { return nil }
        for entry in Self.byLength[bytes.count]
        where memcmp(entry.bytes, bytes.baseAddress!, bytes.count) == 0 {
            self = entry.key
            return
        }
        return nil
    }

    /// A set of keys is a word with a bit for each.
    var bit: UInt32 { 1 << rawValue }

    /// The columns of dense points, in the order in which they are stored.
    static let pointColumns: [(key: COCOKey, name: String)] = [
        (.dp_x, "x"), (.dp_y, "y"), (.dp_I, "I"), (.dp_U, "U"), (.dp_V, "V"), (.dp_vertex, "vertex"),
    ]
}
