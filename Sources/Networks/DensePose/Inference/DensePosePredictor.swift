import Annotations
import Catalog
public import Imaging
public import Tensors
import Training

/// Runs a DensePose R-CNN over pictures.
public final class DensePosePredictor {
    public struct Options: Sendable {
        public var device = Device.cpu
        public var outputs = DetectionOutputs.all
        public var minimumScore: Double?
        public var perPicture: Int?
        /// Shorter side of the network's input; nil as the configuration says.
        public var side: Int?
        /// Whether to draw masks of the generic head, charts and confidences into pixels.
        public var drawsConfidences = false
        public var precision: DType?

        public init() {}
    }

    public let network: DensePoseRCNN
    public let options: Options
    private let input: NetworkInput
    private let augmentation: AugmentationStep
    private let vertexEmbeddings: (mesh: String, tensor: Tensor)?

    /// - Parameter mesh: for networks with several meshes, the one whose vertices are wanted.
    public init(_ network: DensePoseRCNN, _ options: Options, mesh: String? = nil) throws {
        self.network = network
        self.options = options
        network.eval()
        try network.to(options.device)
        let settings = network.configuration.input
        input = NetworkInput(network.configuration)
        augmentation = .resizeShorterSide([options.side ?? settings.side], longest: settings.longest, .bilinearPillow)
        if let embedding = network.configuration.dense?.embedding, let name = mesh ?? embedding.meshes.first?.name {
            vertexEmbeddings = (name, try withoutGradients { try network.vertexEmbeddings(of: name) })
        } else {
            vertexEmbeddings = nil
        }
    }

    /// - Returns: the objects of each picture, surest first.
    public func callAsFunction(_ images: [Image]) throws -> [[FoundObject]] {
        guard !images.isEmpty else { return [] }
        let resized = images.map { image -> Image in
            let (width, height) = augmentation.inputSize(width: image.width, height: image.height)
            return image.eightBit().resized(width: width, height: height, filter: .bilinearPillow)
        }
        let found = try inferenceMode {
            try autocast(options.precision, on: options.device) {
                try network.detect(
                    input.batch(resized, device: options.device),
                    sizes: resized.map { PictureSize(width: $0.width, height: $0.height) }, outputs: options.outputs)
            }
        }
        return try withoutGradients {
            try images.indices.map { try objects(found[$0], of: images[$0], seenAs: resized[$0]) }
        }
    }

    private func objects(_ found: Detections, of image: Image, seenAs resized: Image) throws -> [FoundObject] {
        let scale = BoxCorners(
            Float(image.width) / Float(resized.width), Float(image.height) / Float(resized.height),
            Float(image.width) / Float(resized.width), Float(image.height) / Float(resized.height))
        let limit = BoxCorners(Float(image.width), Float(image.height), Float(image.width), Float(image.height))
        var objects: [FoundObject] = []
        for row in 0..<found.count {
            guard objects.count < options.perPicture ?? .max,
                Double(found.scores[row]) >= options.minimumScore ?? 0
            else { break }
            let corners = pointwiseMin(pointwiseMax(found.boxes[row] * scale, .zero), limit)
            guard corners.z > corners.x, corners.w > corners.y else { continue }
            var object = FoundObject(
                box: Box(
                    x: Double(corners.x), y: Double(corners.y), width: Double(corners.z - corners.x),
                    height: Double(corners.w - corners.y)),
                score: Double(found.scores[row]), category: found.classes[row])
            object.mask = try found.pastedMask(row, box: corners, width: image.width, height: image.height)
            object.chart = try found.charts?.result(row, box: corners, withConfidences: options.drawsConfidences)
            if object.mask == nil { object.mask = try object.chart?.mask(width: image.width, height: image.height) }
            object.vertices = try found.embedding.flatMap { try vertices($0, row, corners) }
            if !found.classConfidences.isEmpty { object.confidences["class"] = Double(found.classConfidences[row]) }
            if !found.boxConfidences.isEmpty { object.confidences["box"] = Double(found.boxConfidences[row]) }
            for (kind, values) in object.chart?.confidences ?? [:] {
                object.confidences[kind.rawValue] = mean(values, of: object.chart!)
            }
            objects.append(object)
        }
        return objects
    }

    /// Over the pixels of the body.
    private func mean(_ values: [Float], of chart: ChartResult) -> Double {
        var sum = 0.0
        var count = 0.0
        for (value, label) in zip(values, chart.charts) where label > 0 {
            sum += Double(value)
            count += 1
        }
        return count > 0 ? sum / count : 0
    }

    /// The vertex whose embedding is nearest to that of each pixel of the body.
    private func vertices(
        _ prediction: EmbeddingPrediction, _ row: Int, _ box: BoxCorners
    ) throws -> VertexResult? {
        guard let (mesh, embeddings) = vertexEmbeddings else { return nil }
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
            let distances = try EmbeddingLosses.squaredDistances(
                pixels.indexSelect(0, Tensor(piece, device: pixels.device)), embeddings)
            let nearest = try (-distances).argmax(1).array(of: Int.self)
            for (pixel, vertex) in zip(piece, nearest) { result[pixel] = Int32(vertex) }
        }
        return VertexResult(
            mesh: mesh, x: place.x, y: place.y, width: place.width, height: place.height, vertices: result)
    }
}
