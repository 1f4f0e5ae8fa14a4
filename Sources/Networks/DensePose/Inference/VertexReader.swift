import Geometry
import Tensors

/// Reads vertices of one mesh off embeddings of pixels.
struct VertexReader {
    let mesh: String
    /// [N, D], rows of length one.
    private let embeddings: Tensor
    /// Where the vertices lie in charts, where that is known.
    let chartPoints: [ChartPoint]?

    init(_ network: DensePoseRCNN, mesh: String, chartPoints: [ChartPoint]?) throws {
        (self.mesh, self.chartPoints) = (mesh, chartPoints)
        embeddings = try withoutGradients { try network.vertexEmbeddings(of: mesh).transpose(0, 1).contiguous() }
    }

    /// The vertex whose embedding is nearest to that of each pixel of the body (detectron2
    /// `densepose/modeling/cse/utils.py`). As vertices' embeddings have one length, it is the one of the largest product.
    /// - Parameter row: which of the regions.
    func vertices(_ prediction: EmbeddingPrediction, _ row: Int, _ box: BoxCorners) throws -> VertexResult {
        let place = PixelBox(box)
        func drawn(_ grid: Tensor) throws -> Tensor {
            try grid[row..<row + 1].to(.float32).resized(place.height, place.width, .bilinear(alignCorners: false))[0]
        }
        let isBody = try drawn(prediction.coarse).argmax(0).reshape([-1]).array(of: Int.self)
        let pixels = try drawn(prediction.embedding).reshape([-1, place.width * place.height]).transpose(0, 1)
        var result = [Int32](repeating: -1, count: isBody.count)
        let body = isBody.indices.filter { isBody[$0] > 0 }
        // In pieces: all pixels against all vertices would be a large matrix.
        for start in stride(from: 0, to: body.count, by: 2048) {
            let piece = Array(body[start..<min(start + 2048, body.count)])
            let likeness = try pixels.indexSelect(0, Tensor(piece, device: pixels.device)).matmul(embeddings)
            for (pixel, vertex) in zip(piece, try likeness.argmax(1).array(of: Int.self)) {
                result[pixel] = Int32(vertex)
            }
        }
        return VertexResult(
            mesh: mesh, x: place.x, y: place.y, width: place.width, height: place.height, vertices: result)
    }
}

extension DensePoseRCNN {
    /// A colour for each vertex of each mesh that the network embeds, changing evenly along the surface: its three slowest
    /// features that are not constant as red, green and blue.
    public func vertexColors() throws -> [String: [SIMD3<UInt8>]] {
        var colors: [String: [SIMD3<UInt8>]] = [:]
        for mesh in configuration.dense?.embedding?.meshes ?? [] {
            guard let features = features(ofMesh: mesh.name) else { continue }
            let byFeature = try features.to(.cpu, .float32).transpose(0, 1).contiguous()
            var channels: [[UInt8]] = []
            for feature in 0..<mesh.features where channels.count < 3 {
                let values: [Float] = try byFeature[feature].array()
                let (low, high) = (values.min() ?? 0, values.max() ?? 0)
                guard high - low > 1e-3 * max(abs(low), abs(high)) else { continue }
                channels.append(values.map { UInt8(40 + 215 * ($0 - low) / (high - low)) })
            }
            guard channels.count == 3 else { continue }
            colors[mesh.name] = (0..<mesh.vertices).map { SIMD3(channels[0][$0], channels[1][$0], channels[2][$0]) }
        }
        return colors
    }
}
