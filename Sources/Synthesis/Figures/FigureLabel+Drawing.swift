import Annotations
import Catalog

extension FigureLabel {
    /// Reads the labels of one figure off the canvas; nil where nothing of it is seen.
    init?(canvas: FigureCanvas, owner: Int, skeleton: FigureSkeleton?, random: inout SceneRandom) {
        let seen = canvas.surfaces.indices.filter { canvas.surfaces[$0].owner == owner }
        let bytes = canvas.surfaces.map { $0.owner == owner ? 1 : 0 as UInt8 }
        guard !seen.isEmpty,
            let mask = try? RunLengthMask(rowMajor: bytes, height: canvas.height, width: canvas.width)
        else { return nil }
        self.mask = mask
        box = mask.box
        isCrowd = skeleton == nil
        guard let skeleton else {
            (polygons, keypoints, parts, points) = ([], [], [], [])
            return
        }
        // Pieces of a pixel or two, cut off by something nearer, are no parts that an annotator would draw.
        let outlines = mask.outlines().filter { PolygonDefects.area(of: $0) >= 4 }
        polygons = (outlines.isEmpty ? mask.outlines() : outlines).map {
            RunLengthMask.simplified($0, tolerance: 0.7)
        }
        keypoints = skeleton.keypoints.enumerated().map { index, point in
            guard let surface = canvas.surface(at: point) else { return Keypoint(x: 0, y: 0, visibility: 0) }
            // Nose and eyes look away with the face.
            let isSeen = surface.owner == owner && (skeleton.facesCamera || index > 2)
            return Keypoint(x: point.x.rounded(), y: point.y.rounded(), visibility: isSeen ? 2 : 1)
        }
        parts = Self.parts(canvas, owner: owner, box: box)
        points = Self.points(canvas, seen: seen, box: box, random: &random)
    }

    private static func parts(_ canvas: FigureCanvas, owner: Int, box: Box) -> [RunLengthMask?] {
        var pixels = [[UInt8]?](repeating: nil, count: 14)
        for row in 0..<256 {
            for column in 0..<256 {
                let point = SIMD2(
                    box.x + (Double(column) + 0.5) * box.width / 256, box.y + (Double(row) + 0.5) * box.height / 256)
                guard let surface = canvas.surface(at: point), surface.owner == owner else { continue }
                if pixels[surface.part - 1] == nil { pixels[surface.part - 1] = [UInt8](repeating: 0, count: 65536) }
                pixels[surface.part - 1]?[row * 256 + column] = 1
            }
        }
        return pixels.map { $0.flatMap { try? RunLengthMask(rowMajor: $0, height: 256, width: 256) } }
    }

    /// One point from each of 100 equal shares of the seen pixels, row after row.
    private static func points(
        _ canvas: FigureCanvas, seen: [Int], box: Box, random: inout SceneRandom
    ) -> [SurfacePoint] {
        let count = min(100, seen.count)
        return (0..<count).map { share in
            let first = share * seen.count / count
            let index = seen[first + random.index(below: (share + 1) * seen.count / count - first)]
            let surface = canvas.surfaces[index]
            return SurfacePoint(
                x: (Double(index % canvas.width) + 0.5 - box.x) / box.width * 256,
                y: (Double(index / canvas.width) + 0.5 - box.y) / box.height * 256,
                chart: surface.chart, u: surface.u, v: surface.v)
        }
    }
}
