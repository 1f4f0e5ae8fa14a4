import Annotations
import Catalog
import Geometry
import Imaging
import Training

/// Reads the labels of a picture as a network is to learn them, after the picture's own augmentation.
struct LabelReader: Sendable {
    let target: PointTarget
    let isClassAgnostic: Bool
    /// Whether annotators' coarse parts are wanted.
    let readsParts: Bool

    /// - Parameters:
    ///   - labels: of the picture.
    ///   - classes: the network's class of each of the dataset's categories; those without one do not count.
    ///   - size: of the file, pixels.
    ///   - picture: after augmentation.
    /// - Throws: `RunLengthMaskError` for a mask that cannot be read.
    func truth(
        _ labels: [(record: InstanceRecord, parts: InstanceParts)], classes: [Int64: Int], source: DensePoseSource,
        picture: Picture
    ) throws -> PictureTruth {
        var objects: [TrueObject] = []
        for (record, parts) in labels {
            guard let category = classes[record.categoryID], !record.isCrowd, let box = record.box,
                record.score.map({ $0 >= source.minimumScore }) ?? true, record.review != .rejected
            else { continue }
            let moved = picture.transform.apply(x: box.x, y: box.y, width: box.width, height: box.height)
            let width = Double(picture.image.width)
            let height = Double(picture.image.height)
            let corners = BoxCorners(
                Float(max(0, moved.x)), Float(max(0, moved.y)), Float(min(width, moved.x + moved.width)),
                Float(min(height, moved.y + moved.height)))
            // What the augmentation has cut away, or made too thin to be learnt.
            guard corners.z - corners.x >= 1, corners.w - corners.y >= 1 else { continue }
            var object = TrueObject(
                box: corners, category: isClassAgnostic ? 0 : category, supervision: source.role.supervision)
            let runs = try parts.mask?.runs(pictureHeight: picture.originalHeight, pictureWidth: picture.originalWidth)
            object.mask = runs.flatMap { Self.mask($0, picture) }
            if object.supervision.contains(.points) {
                object.points = parts.points.flatMap { points($0, moved: moved, cut: corners, picture) }
            }
            if readsParts, object.supervision.contains(.foreground), let json = parts.partMasks {
                object.parts = try coarseParts(PartMasks(json: json), isMirrored: picture.transform.isMirrored)
            }
            objects.append(object)
        }
        return PictureTruth(objects)
    }

    /// The mask in the augmented picture's pixels: each takes the value of the old pixel under its centre.
    private static func mask(_ runs: RunLengthMask, _ picture: Picture) -> ObjectMask? {
        guard let (old, x, y) = runs.pixelMask() else { return nil }
        let box = picture.transform.apply(
            x: Double(x), y: Double(y), width: Double(old.width), height: Double(old.height))
        let (left, top) = (max(0, Int(box.x)), max(0, Int(box.y)))
        let right = min(picture.image.width, Int((box.x + box.width).rounded(.up)))
        let bottom = min(picture.image.height, Int((box.y + box.height).rounded(.up)))
        guard right > left, bottom > top else { return nil }
        let columns = (left..<right).map {
            Int(picture.transform.undo(PixelPoint(Double($0) + 0.5, 0)).x.rounded(.down)) - x
        }
        var pixels = [UInt8](repeating: 0, count: (right - left) * (bottom - top))
        for row in top..<bottom {
            let from = Int(picture.transform.undo(PixelPoint(0, Double(row) + 0.5)).y.rounded(.down)) - y
            guard (0..<old.height).contains(from) else { continue }
            for (index, column) in columns.enumerated() where (0..<old.width).contains(column) {
                if old.values[from * old.width + column] != 0 { pixels[(row - top) * (right - left) + index] = 1 }
            }
        }
        return ObjectMask(x: left, y: top, width: right - left, height: bottom - top, pixels: pixels)
    }

    /// Points in the frame of the box as it was cut to the picture.
    private func points(
        _ record: DensePointsRecord, moved: (x: Double, y: Double, width: Double, height: Double), cut: BoxCorners,
        _ picture: Picture
    ) -> DensePoints? {
        guard let x = record.values("x"), let y = record.values("y"), x.count == y.count, !x.isEmpty else { return nil }
        let isMirrored = picture.transform.isMirrored
        let size = (x: Double(cut.z - cut.x), y: Double(cut.w - cut.y))
        let across = x.map { value -> Float in
            let place = moved.x + (isMirrored ? 256 - value : value) / 256 * moved.width
            return Float((place - Double(cut.x)) / size.x * 256)
        }
        let down = y.map { Float((moved.y + $0 / 256 * moved.height - Double(cut.y)) / size.y * 256) }
        return switch target {
        case .charts(let symmetry): Self.chartPoints(record, across, down, symmetry, isMirrored: isMirrored)
        case .vertices(let meshes): Self.vertexPoints(record, across, down, meshes, isMirrored: isMirrored)
        }
    }

    private static func chartPoints(
        _ record: DensePointsRecord, _ x: [Float], _ y: [Float], _ symmetry: ChartSymmetry?, isMirrored: Bool
    ) -> DensePoints? {
        guard var points = chartValues(record, count: x.count) else { return nil }
        if isMirrored {
            guard let symmetry else { return nil }
            for index in points.indices where points[index].chart > 0 {
                points[index] = symmetry.mirrored(points[index])
            }
        }
        return DensePoints(
            x: x, y: y, charts: points.map(\.chart), u: points.map { Float($0.u) }, v: points.map { Float($0.v) })
    }

    /// Vertices of a mesh that is known; or points of charts as vertices of the first mesh that has charts. What is on the
    /// background, or is no vertex, is left out.
    static func vertexPoints(
        _ record: DensePointsRecord, _ x: [Float], _ y: [Float], _ meshes: [EmbeddedMesh], isMirrored: Bool
    ) -> DensePoints? {
        let mesh: EmbeddedMesh
        var vertices: [Int32?]
        if let values = record.values("vertex"), values.count == x.count,
            let named = meshes.first(where: { $0.name == record.mesh })
        {
            mesh = named
            vertices = values.map { value in
                Int32(exactly: value).flatMap { (0..<Int32(named.vertexCount)).contains($0) ? $0 : nil }
            }
        } else if let charted = meshes.first(where: \.hasCharts), let points = chartValues(record, count: x.count) {
            mesh = charted
            vertices = points.map { charted.vertex(at: $0) }
        } else {
            return nil
        }
        if isMirrored {
            guard let mirror = mesh.mirror else { return nil }
            vertices = vertices.map { $0.map { mirror[Int($0)] } }
        }
        let kept = vertices.indices.filter { vertices[$0] != nil }
        guard !kept.isEmpty else { return nil }
        return DensePoints(
            x: kept.map { x[$0] }, y: kept.map { y[$0] }, vertices: kept.map { vertices[$0]! }, mesh: mesh.name)
    }

    private static func chartValues(_ record: DensePointsRecord, count: Int) -> [ChartPoint]? {
        guard let charts = record.values("I"), let u = record.values("U"), let v = record.values("V"),
            charts.count == count, u.count == count, v.count == count
        else { return nil }
        return charts.indices.map {
            ChartPoint(chart: (0...24).contains(charts[$0]) ? UInt8(charts[$0]) : 0, u: u[$0], v: v[$0])
        }
    }

    /// 256 × 256 labels over the box; later parts lie upon earlier ones, and a single mask is part 1.
    private func coarseParts(_ parts: PartMasks, isMirrored: Bool) throws -> [UInt8] {
        var labels = [UInt8](repeating: 0, count: 256 * 256)
        for (part, mask) in parts.masks.sorted(by: { $0.key < $1.key }) where mask.height == 256 && mask.width == 256 {
            let label = UInt8(isMirrored && !parts.isForegroundOnly ? ChartLayout.mirroredPart[part] : part)
            for (pixel, value) in mask.rowMajorPixels().enumerated() where value != 0 {
                let place = isMirrored ? pixel / 256 * 256 + 255 - pixel % 256 : pixel
                labels[place] = label
            }
        }
        return labels
    }
}

/// What annotated points are learnt as.
public enum PointTarget: Sendable {
    /// Charts and (u, v). Without a symmetry the points of mirrored pictures are left out.
    case charts(mirroredBy: ChartSymmetry?)
    /// Vertices of meshes.
    case vertices(of: [EmbeddedMesh])
}
