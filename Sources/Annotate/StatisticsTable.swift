import Annotations
import Foundation
import Workflows

/// Statistics as tables for people, the empty ones left out.
extension DatasetStatistics {
    struct Section {
        var header: [String]
        var rows: [[String]]
    }

    var sections: [Section] {
        let all = [
            counts, spreads, categoryTable, sizeTable, reviewTable, partTable, chartTable, pictureSizeTable,
        ]
        return all.filter { !$0.rows.isEmpty }
    }

    private var counts: Section {
        let rows: [(String, Int, Int?)] = [
            ("pictures", pictures, nil), ("  without labels", picturesWithoutLabels, pictures),
            ("instances", instances, nil), ("  crowds", crowds, instances), ("  with a mask", withMask, instances),
            ("  with dense points", withPoints, instances), ("  with keypoints", withKeypoints, instances),
            ("dense points", densePoints, nil),
        ]
        return Section(
            header: [dataset, "number", "share"],
            rows: rows.filter { $0.2 == nil || $0.1 > 0 }.map { name, number, whole in
                [name, number.formatted(), whole.map { Self.percent(number, of: $0) } ?? ""]
            })
    }

    private var spreads: Section {
        let all: [(String, Spread)] = [
            ("instances in a picture", instancesPerPicture), ("box width, pixels", boxWidth),
            ("box height, pixels", boxHeight), ("object size (root of area), pixels", objectSize),
            ("dense points of an instance", pointsPerInstance),
        ]
        return Section(
            header: ["spread", "of", "least", "median", "mean", "most"],
            rows: all.filter { $0.1.count > 0 }.map { name, spread in
                [name, spread.count.formatted()]
                    + [spread.minimum, spread.median, spread.mean, spread.maximum].map {
                        $0.formatted(.number.precision(.fractionLength(0...1)))
                    }
            })
    }

    private var categoryTable: Section {
        let shown = categories.prefix(40)
        var section = Self.tally("category", shown.map { ($0.name, $0.instances) }, unit: "instances", of: instances)
        section.header.insert("pictures", at: 2)
        for (index, category) in shown.enumerated() { section.rows[index].insert(category.pictures.formatted(), at: 2) }
        if categories.count > shown.count {
            section.rows.append(["… \(categories.count - shown.count) more: --json has all", "", "", "", ""])
        }
        return section
    }

    private var sizeTable: Section {
        let names = [("small", "small, below 32²"), ("medium", "medium, up to 96²"), ("large", "large, above")]
        let rows = names.map { ($0.1, sizes[$0.0] ?? 0) }
        return Self.tally(
            "size", instances > 0 ? rows : [], unit: "instances", of: rows.reduce(0) { $0 + $1.1 })
    }

    private var reviewTable: Section {
        let rows = review.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        // Unreviewed labels only are no news.
        return Self.tally(
            "review", rows.count > 1 || rows.first?.0 != "unreviewed" ? rows : [], unit: "instances", of: instances)
    }

    private var partTable: Section {
        let rows = PartMasks.names.compactMap { name in pointsPerPart[name].map { (name, $0) } }
        return Self.tally("part", rows, unit: "points", of: densePoints)
    }

    private var chartTable: Section {
        let rows = pointsPerChart.enumerated().filter { $0.element > 0 }.map { ("chart \($0.offset + 1)", $0.element) }
        return Self.tally("chart", rows, unit: "points", of: densePoints)
    }

    private var pictureSizeTable: Section {
        let rows = pictureSizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        var section = Self.tally("picture size", Array(rows.prefix(8)), unit: "pictures", of: pictures)
        if rows.count > 8 { section.rows.append(["… \(rows.count - 8) more sizes", "", "", ""]) }
        return section
    }

    /// Names with their numbers, shares and bars.
    private static func tally(_ noun: String, _ rows: [(String, Int)], unit: String, of whole: Int) -> Section {
        let most = rows.map(\.1).max() ?? 0
        return Section(
            header: [noun, unit, "share", ""],
            rows: rows.map { name, number in
                [name, number.formatted(), percent(number, of: whole), bar(number, of: most)]
            })
    }

    private static func percent(_ number: Int, of whole: Int) -> String {
        whole > 0 ? (Double(number) / Double(whole)).formatted(.percent.precision(.fractionLength(1))) : ""
    }

    /// Up to 24 letters, in eighths.
    private static func bar(_ number: Int, of most: Int) -> String {
        guard most > 0, number > 0 else { return "" }
        let eighths = max(1, Int((Double(number) / Double(most) * 24 * 8).rounded()))
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + rest
    }
}
