import Annotations
import Catalog
public import Geometry
import Hashing
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
        /// Shorter sides of the network's input, which are averaged; none for the configuration's.
        public var sides: [Int] = []
        /// What mirrored (u, v) are. With it each picture's mirror image is looked at too, and averaged.
        public var symmetry: ChartSymmetry?
        /// Whether to draw masks of the generic head, charts and confidences into pixels.
        public var drawsConfidences = false
        public var precision: DType?
        /// Points of each object that are kept to choose labels from; nil for none. Charts are not drawn then.
        public var candidates: Int?

        public init() {}
    }

    public let network: DensePoseRCNN
    public let options: Options
    private let input: NetworkInput
    private let views: [PictureView]
    private let vertexReaders: [VertexReader]

    /// - Parameter meshes: for networks with embeddings, the names of the meshes whose vertices are wanted, and where these lie
    ///   in charts if that is known. An object has vertices of the mesh that is called as its class is, else of the first. Without
    ///   any, all of the network's meshes are taken.
    /// - Throws: `TorchError` where mirrored pictures are wanted of a network with vertex embeddings, and for a mesh that it
    ///   does not have.
    public init(
        _ network: DensePoseRCNN, _ options: Options, meshes: [(name: String, chartPoints: [ChartPoint]?)] = []
    ) throws {
        self.network = network
        self.options = options
        network.eval()
        try network.to(options.device)
        let settings = network.configuration.input
        input = NetworkInput(network.configuration)
        let sides = options.sides.isEmpty ? [settings.side] : options.sides
        views = (options.symmetry == nil ? [false] : [false, true]).flatMap { isMirrored in
            sides.map { PictureView(side: $0, longest: settings.longest * $0 / settings.side, isMirrored: isMirrored) }
        }
        guard let embedding = network.configuration.dense?.embedding else {
            vertexReaders = []
            return
        }
        guard options.symmetry == nil else {
            throw TorchError("vertex embeddings of a mirrored picture are not those of the picture")
        }
        let wanted = meshes.isEmpty ? embedding.meshes.map { ($0.name, nil) } : meshes
        vertexReaders = try wanted.map { try VertexReader(network, mesh: $0.0, chartPoints: $0.1) }
    }

    /// - Returns: the objects of each picture, surest first.
    public func callAsFunction(_ images: [Image]) throws -> [[FoundObject]] {
        guard !images.isEmpty else { return [] }
        let found = try find(images, describing: true)
        return try images.indices.map { try objects(found[$0], in: images[$0]) }
    }

    /// Boxes in the pictures' own pixels, surest first. Boxes from several views are put together as test-time
    /// augmentation does in detectron2: the surest of those that overlap stays.
    /// - Parameter describing: whether masks and dense coordinates are wanted at once.
    func find(_ images: [Image], describing: Bool) throws -> [Detections] {
        let isSingle = views.count == 1
        let perView = try views.map { view -> [Detections] in
            let seen = images.map(view.callAsFunction)
            var found = try inView(seen) { pictures, sizes in
                try network.detect(pictures, sizes: sizes, outputs: describing && isSingle ? options.outputs : [])
            }
            for index in images.indices {
                found[index].boxes = found[index].boxes.map {
                    view.inPicture($0, seen: seen[index], picture: images[index])
                }
                found[index].boxDeviations = found[index].boxDeviations.map {
                    view.inPicture(deviations: $0, seen: seen[index], picture: images[index])
                }
            }
            return found
        }
        var found = try images.indices.map { index in
            try wanted(isSingle ? perView[0][index] : merged(perView.map { $0[index] }))
        }
        if describing, !isSingle { try describe(images, &found) }
        return found
    }

    /// Masks and dense coordinates of known boxes, the mean of all views.
    func describe(_ images: [Image], _ found: inout [Detections]) throws {
        guard !options.outputs.isEmpty, found.contains(where: { $0.count > 0 }) else { return }
        let perView = try views.map { view -> [Detections] in
            let seen = images.map(view.callAsFunction)
            var described = found
            for index in images.indices {
                described[index].boxes = found[index].boxes.map {
                    view.seen($0, seen: seen[index], picture: images[index])
                }
            }
            try inView(seen) { pictures, sizes in
                try network.describe(pictures, &described, outputs: options.outputs)
            }
            guard view.isMirrored, let symmetry = options.symmetry else { return described }
            return try described.map { item in
                var item = item
                item.masks = try item.masks?.flip([-1])
                item.maskTemperatures = try item.maskTemperatures?.flip([-1])
                item.charts = try item.charts?.unmirrored(symmetry)
                return item
            }
        }
        for index in images.indices where found[index].count > 0 {
            let all = perView.map { $0[index] }
            func mean(_ field: (Detections) -> Tensor?) throws -> Tensor? {
                guard let first = field(all[0]) else { return nil }
                return try all.dropFirst().reduce(first) { try $0 + field($1)! } / Double(all.count)
            }
            found[index].masks = try mean(\.masks)
            found[index].maskTemperatures = try mean(\.maskTemperatures)
            if all[0].charts != nil { found[index].charts = try .mean(all.map { ($0.charts!, 1) }) }
            if let coarse = try mean({ $0.embedding?.coarse }), let vectors = try mean({ $0.embedding?.embedding }) {
                found[index].embedding = EmbeddingPrediction(embedding: vectors, coarse: coarse)
            }
        }
    }

    private func inView<Result>(_ seen: [Image], _ body: (Tensor, [PictureSize]) throws -> Result) throws -> Result {
        try inferenceMode {
            try autocast(options.precision, on: options.device) {
                try body(
                    input.batch(seen, device: options.device),
                    seen.map { PictureSize(width: $0.width, height: $0.height) })
            }
        }
    }

    private func merged(_ views: [Detections]) throws -> Detections {
        var all = views[0]
        for view in views.dropFirst() {
            all.boxes += view.boxes
            all.scores += view.scores
            all.classes += view.classes
            all.classConfidences += view.classConfidences
            all.boxConfidences += view.boxConfidences
            all.boxDeviations += view.boxDeviations
        }
        guard all.count > 0 else { return all }
        let settings = network.configuration.detection
        let order = try batchedNMS(
            boxes: Tensor(all.boxes.flatMap { [$0.x, $0.y, $0.z, $0.w] }, shape: [all.count, 4]),
            scores: Tensor(all.scores), classes: Tensor(all.classes), threshold: settings.suppression
        ).array(of: Int.self)
        return try all.selecting(Array(order.prefix(settings.perPicture)))
    }

    /// Those that the options ask for and that are not empty.
    private func wanted(_ found: Detections) throws -> Detections {
        let rows = found.boxes.indices.filter {
            let box = found.boxes[$0]
            return Double(found.scores[$0]) >= options.minimumScore ?? 0 && box.z > box.x && box.w > box.y
        }
        let chosen = Array(rows.prefix(options.perPicture ?? .max))
        return chosen.count == found.count ? found : try found.selecting(chosen)
    }

    /// Draws what was found into the picture's pixels, row by row.
    func objects(_ found: Detections, in image: Image) throws -> [FoundObject] {
        // The same picture has the same points, whatever was looked at before it.
        var generator = SeededGenerator(seed: 0)
        return try withoutGradients {
            try found.boxes.indices.map { row in
                let corners = found.boxes[row]
                var object = FoundObject(
                    box: Box(
                        x: Double(corners.x), y: Double(corners.y), width: Double(corners.z - corners.x),
                        height: Double(corners.w - corners.y)),
                    score: Double(found.scores[row]), category: found.classes[row])
                object.mask = try found.pastedMask(row, box: corners, width: image.width, height: image.height)
                if let limit = options.candidates {
                    object.stored = try found.stored(row, candidates: limit, using: &generator)
                } else {
                    object.chart = try found.charts?.result(
                        row, box: corners, withConfidences: options.drawsConfidences)
                }
                if let embedding = found.embedding, let reader = vertexReader(ofClass: found.classes[row]) {
                    object.vertices = try reader.vertices(embedding, row, corners)
                    object.chart = reader.chartPoints.flatMap { object.vertices?.charted($0) }
                }
                if object.mask == nil {
                    object.mask =
                        try object.vertices?.mask(width: image.width, height: image.height)
                        ?? object.chart?.mask(width: image.width, height: image.height)
                }
                if !found.classConfidences.isEmpty { object.confidences["class"] = Double(found.classConfidences[row]) }
                if !found.boxDeviations.isEmpty { object.boxDeviation = found.boxDeviations[row] }
                if !found.boxConfidences.isEmpty { object.confidences["box"] = Double(found.boxConfidences[row]) }
                for (kind, values) in object.chart?.confidences ?? [:] {
                    object.confidences[kind.rawValue] = mean(values, of: object.chart!)
                }
                return object
            }
        }
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

    private func vertexReader(ofClass category: Int) -> VertexReader? {
        let name = network.configuration.categories[category]
        return vertexReaders.first { $0.mesh == name } ?? vertexReaders.first
    }
}
