import Annotations
import Catalog

/// Boxes, masks and dense points against their picture and against each other.
enum LabelCheck {
    static func run(
        _ reader: CatalogReader, dataset: Int64?, _ report: inout CatalogCheck.Report, _ repairs: inout [Repair],
        _ progress: (String, Double) -> Void
    ) throws {
        var sizes: [Int64: (width: Int, height: Int)] = [:]
        try reader.forEachMedium(dataset: dataset) { medium in
            if let width = medium.width, let height = medium.height { sizes[medium.id] = (width, height) }
        }
        // Camera-trap observations may speak of a whole picture; elsewhere a label without a place is a mistake.
        let wholePictures = Set(try reader.datasets().filter { $0.format == "camtrap-dp" }.map(\.id))
        let total = max(1, try reader.overview().instances)
        try reader.forEachInstance(InstanceQuery(datasetID: dataset)) { record, parts in
            report.checkedInstances += 1
            if report.checkedInstances % 1024 == 0 {
                progress("labels", Double(report.checkedInstances) / Double(total))
            }
            var label = LabelInspection(record: record, parts: parts, size: sizes[record.mediumID])
            label.inspect()
            for finding in label.findings {
                if finding.kind == "no-box", wholePictures.contains(record.datasetID) { continue }
                report.add(finding.kind, where: label.place, finding.message, fixable: finding.isFixable)
            }
            if let edit = label.repair { repairs.append(.edit(instance: record.id, edit)) }
        }
    }
}

/// One label under the glass.
struct LabelInspection {
    struct Finding {
        var kind: String
        var message: String
        var isFixable = false
    }

    let record: InstanceRecord
    let parts: InstanceParts
    /// Of the picture, in pixels.
    let size: (width: Int, height: Int)?
    private(set) var findings: [Finding] = []
    private(set) var repair: InstanceEdit?

    init(record: InstanceRecord, parts: InstanceParts, size: (width: Int, height: Int)?) {
        (self.record, self.parts, self.size) = (record, parts, size)
    }

    var place: String {
        "instance \(record.id)" + (record.sourceID.map { " (annotation \($0), " } ?? " (")
            + "medium \(record.mediumID))"
    }

    mutating func inspect() {
        inspectBox()
        inspectMask()
        inspectPoints()
    }

    private mutating func add(_ kind: String, _ message: String, fixable: Bool = false) {
        findings.append(Finding(kind: kind, message: message, isFixable: fixable))
    }

    private mutating func edit(_ change: (inout InstanceEdit) -> Void) {
        var edit = repair ?? InstanceEdit()
        change(&edit)
        repair = edit
    }

    private mutating func inspectBox() {
        guard let box = record.box else {
            if parts.mask == nil { add("no-box", "there is neither a box nor a mask") }
            return
        }
        if box.width <= 0 || box.height <= 0 {
            return add("empty-box", "the box is \(box.width) wide and \(box.height) high")
        }
        guard let size else { return }
        let (width, height) = (Double(size.width), Double(size.height))
        // Half a pixel beyond is how many tools round; more is wrong.
        let slack = 0.5
        guard
            box.x < -slack || box.y < -slack || box.x + box.width > width + slack || box.y + box.height > height + slack
        else { return }
        let left = min(max(box.x, 0), width)
        let top = min(max(box.y, 0), height)
        let clipped = Box(
            x: left, y: top, width: min(box.x + box.width, width) - left, height: min(box.y + box.height, height) - top)
        let isSeen = clipped.width > 0 && clipped.height > 0
        // Dense points are relative to the box: clipping it would move them.
        let isFixable = isSeen && record.points == 0
        add(
            "box-outside",
            "the box \(Self.text(box)) reaches outside the picture of \(size.width)x\(size.height)"
                + (isSeen ? "" : ", and does not touch it"), fixable: isFixable)
        if isFixable { edit { $0.box = clipped } }
    }

    private static func text(_ box: Box) -> String {
        "[" + [box.x, box.y, box.width, box.height].map { "\($0)" }.joined(separator: ", ") + "]"
    }

    private mutating func inspectMask() {
        guard let mask = parts.mask else { return }
        switch mask.encoding {
        case .text: add("polygon", "the segmentation is neither polygons nor a run-length mask")
        case .runs:
            guard let size, let height = mask.height, let width = mask.width else { return }
            if (width, height) != (size.width, size.height) {
                let isSwapped = (height, width) == (size.width, size.height)
                add(
                    "mask-size",
                    "the mask is \(width)x\(height), the picture \(size.width)x\(size.height)"
                        + (isSwapped ? "; its size is written as [width, height]" : ""))
            }
        case .polygons: inspectPolygons(mask.polygons ?? [])
        }
    }

    private mutating func inspectPolygons(_ polygons: [[Double]]) {
        var sound: [[Double]] = []
        for (index, polygon) in polygons.enumerated() {
            let defects = PolygonDefects.find(in: polygon)
            // The halves of a bow-tie cancel in the shoelace sum: it has no signed area, and is not empty.
            let crosses = defects.contains { if case .selfCrossing = $0 { true } else { false } }
            var isEmpty = false
            for defect in defects {
                switch defect {
                case .zeroArea where crosses: break
                case .selfCrossing: add("self-crossing", "polygon \(index) \(defect)")
                case .zeroArea, .fewPoints:
                    isEmpty = true
                    add("empty-polygon", "polygon \(index) \(defect)", fixable: polygons.count > 1)
                default:
                    add("polygon", "polygon \(index) \(defect)")
                }
            }
            if !isEmpty { sound.append(polygon) }
            if let size, let bounds = PolygonDefects.boundingBox(of: polygon) {
                let slack = 1.0
                if bounds.x < -slack || bounds.y < -slack || bounds.x + bounds.width > Double(size.width) + slack
                    || bounds.y + bounds.height > Double(size.height) + slack
                {
                    add("mask-outside", "polygon \(index) reaches outside the picture of \(size.width)x\(size.height)")
                }
            }
        }
        if !sound.isEmpty, sound.count < polygons.count { edit { $0.mask = MaskRecord(polygons: sound) } }
    }

    private mutating func inspectPoints() {
        guard let points = parts.points, let x = points.values("x"), let y = points.values("y"), x.count == y.count
        else {
            return
        }
        let outside = x.indices.filter { !(0...256).contains(x[$0]) || !(0...256).contains(y[$0]) }
        if !outside.isEmpty {
            add(
                "point-outside",
                "\(outside.count) of \(x.count) dense points lie outside the box (dp_x and dp_y go from 0 to 256)")
        }
        if let charts = points.values("I") {
            let unknown = charts.filter { !(1...24).contains($0) || $0 != $0.rounded() }
            if let first = unknown.first {
                add(
                    "unknown-chart",
                    "\(unknown.count) of \(charts.count) points are on no chart (dp_I \(first), not 1 to 24)")
            }
        }
        for name in ["U", "V"] {
            let wrong = points.values(name)?.filter { !(0...1).contains($0) } ?? []
            if let first = wrong.first {
                add("uv-range", "\(wrong.count) values of dp_\(name) are outside 0 to 1 (\(first))")
            }
        }
        inspectForeground(x, y)
    }

    private mutating func inspectForeground(_ x: [Double], _ y: [Double]) {
        guard let json = parts.partMasks else { return }
        do {
            guard let foreground = try PartMasks(json: json).foreground() else { return }
            let pixels = foreground.rowMajorPixels()
            let missed = x.indices.filter { index in
                let (column, row) = (Int(x[index].rounded(.down)), Int(y[index].rounded(.down)))
                guard (0..<foreground.width).contains(column), (0..<foreground.height).contains(row) else {
                    return false
                }
                return pixels[row * foreground.width + column] == 0
            }
            if !missed.isEmpty {
                add("point-off-mask", "\(missed.count) of \(x.count) dense points lie outside dp_masks")
            }
        } catch {
            add("part-mask", "dp_masks cannot be read (\(error))")
        }
    }
}
