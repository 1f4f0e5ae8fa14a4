public import Tensors

/// Foreground and an embedding at each grid point: detectron2's `DensePoseEmbeddingPredictor`. Keys `embed_lowres`,
/// `coarse_segm_lowres`.
public final class EmbeddingPredictor: Module {
    let embedLowres, coarseSegmLowres: ConvTranspose2d
    private let bank: DeconvolutionBank

    public init(inputs: Int, dimensions: Int, coarseChannels: Int, scale: Int) throws {
        embedLowres = try DeconvolutionBank.layer(inputs: inputs, outputs: dimensions)
        coarseSegmLowres = try DeconvolutionBank.layer(inputs: inputs, outputs: coarseChannels)
        bank = DeconvolutionBank([embedLowres, coarseSegmLowres], scale: scale)
    }

    /// [K, inputs, S, S] to embeddings [K, D, Z, Z] and foreground [K, 2, Z, Z].
    public func callAsFunction(_ x: Tensor) throws -> EmbeddingPrediction {
        let outputs = try bank(x)
        return EmbeddingPrediction(embedding: outputs[0], coarse: outputs[1])
    }
}

public struct EmbeddingPrediction {
    /// [K, D, Z, Z]
    public var embedding: Tensor
    /// [K, 2, Z, Z]
    public var coarse: Tensor
}

/// Embeddings of a mesh's vertices: features (eigenfunctions of the Laplacian) times a learnt matrix, of length one.
/// Keys `features`, `embeddings`.
public final class VertexEmbedder: Module {
    /// [N, F], fixed.
    @Buffer public var features: Tensor
    /// [F, D]
    @Parameter public var embeddings: Tensor

    /// - Parameter features: [N, F]; zeros where they come from a checkpoint.
    public init(features: Tensor, dimensions: Int) throws {
        self.features = features
        embeddings = try Tensor.zeros([features.size(1), dimensions])
        let deviation = 0.5 / Double(dimensions).squareRoot()
        try Initializer.uniform(-deviation, deviation).fill(embeddings)
    }

    /// [N, D], each row of length one.
    public func callAsFunction() throws -> Tensor { try EmbeddingLosses.normalized(features.matmul(embeddings)) }
}

/// Losses of continuous surface embeddings (Neverova et al. 2020; detectron2's `SoftEmbeddingLoss` and cycle losses).
///
/// All embeddings are of length one.
public enum EmbeddingLosses {
    /// Rows of length one.
    public static func normalized(_ rows: Tensor) throws -> Tensor {
        try rows / rows.norm(2, [1], keepDim: true).clamp(min: 1e-6)
    }

    /// How unlike the prediction at each point is to where the vertex lies on the mesh: cross-entropy of softmax(−g/σ_g)
    /// against softmax(−|e − ê|²/σ_e), a mean over points.
    /// - Parameters:
    ///   - found: [P, D] at annotated points.
    ///   - vertices: [N, D].
    ///   - geodesics: [P, N], from each point's vertex.
    public static func soft(
        _ found: Tensor, vertices: Tensor, geodesics: Tensor, geodesicDeviation: Double, embeddingDeviation: Double
    ) throws -> Tensor {
        let target = try (geodesics * (-1 / geodesicDeviation)).softmax(1)
        let likelihood = try (squaredDistances(found, vertices) * (-1 / embeddingDeviation)).logSoftmax(1)
        return try -(target * likelihood).sum([1]).mean()
    }

    /// Whether walks from either of two meshes to the other and back return: |P_ab·P_ba ∘ G_a| + |P_ba·P_ab ∘ G_b|, with
    /// softmax of similarities at a temperature and the matrices' Euclidean norm (`ShapeToShapeCycleLoss`).
    /// - Parameters:
    ///   - a, b: [N, D] and [M, D].
    ///   - geodesics: [N, N] and [M, M], of the vertices that `a` and `b` hold.
    public static func shapeCycle(
        _ a: Tensor, _ b: Tensor, geodesics: (a: Tensor, b: Tensor), temperature: Double
    ) throws -> Tensor {
        let similarity = try a.matmul(b.transpose(0, 1)) / temperature
        let there = try similarity.softmax(1)
        let back = try similarity.transpose(0, 1).softmax(1)
        return try (there.matmul(back) * geodesics.a).norm() + (back.matmul(there) * geodesics.b).norm()
    }

    /// The same from an object's pixels to a mesh and back, which costs the square of how far it strays
    /// (`PixToShapeCycleLoss`).
    /// - Parameters:
    ///   - pixels: [P, D] of one object.
    ///   - places: [P, 2] of these pixels.
    public static func pixelCycle(_ pixels: Tensor, _ vertices: Tensor, places: Tensor, temperature: Double)
        throws -> Tensor
    {
        let similarity = try pixels.matmul(vertices.transpose(0, 1)) / temperature
        let walk = try similarity.softmax(1).matmul(similarity.transpose(0, 1).softmax(1))
        return try (walk * squaredDistances(places, places)).norm()
    }

    /// [N, D] and [M, D] to [N, M].
    static func squaredDistances(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        try a.square().sum([1], keepDim: true) + b.square().sum([1]).unsqueeze(0) - a.matmul(b.transpose(0, 1)) * 2
    }
}
