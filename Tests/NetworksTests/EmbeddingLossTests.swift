import Foundation
import Tensors
import Testing

@testable import Networks

@Suite struct EmbeddingLossTests {
    @Test func softLossIsTheCrossEntropyOfDistances() throws {
        let found = try Tensor([0.6, 0.8] as [Float], shape: [1, 2])
        let vertices = try Tensor([1, 0, 0, 1] as [Float], shape: [2, 2])
        let geodesics = try Tensor([0.1, 0.3] as [Float], shape: [1, 2])
        let loss = try EmbeddingLosses.soft(
            found, vertices: vertices, geodesics: geodesics, geodesicDeviation: 0.2, embeddingDeviation: 0.5)
        // By hand: squared distances 0.8 and 0.4.
        let target = [exp(-0.1 / 0.2), exp(-0.3 / 0.2)]
        let likelihood = [exp(-0.8 / 0.5), exp(-0.4 / 0.5)]
        let (t, l) = (target.reduce(0, +), likelihood.reduce(0, +))
        let expected = -zip(target, likelihood).map { $0 / t * log($1 / l) }.reduce(0, +)
        #expect(abs(try loss.item() - expected) < 1e-6)
    }

    @Test func walksThatReturnCostNothing() throws {
        let embedding = try Tensor.eye(6)
        let geodesics = try Tensor.ones([6, 6]) - Tensor.eye(6)
        let loss = try EmbeddingLosses.shapeCycle(
            embedding, embedding, geodesics: (geodesics, geodesics), temperature: 0.05)
        #expect(try loss.item() < 1e-6)
    }

    @Test func walksCostWhereTheyEndOnEitherMesh() throws {
        // Both vertices of mesh a look like the first of mesh b.
        let a = try Tensor([1, 0, 1, 0] as [Float], shape: [2, 2])
        let (g, h) = (3.0, 5.0)
        let loss = try EmbeddingLosses.shapeCycle(
            a, Tensor.eye(2), geodesics: ((1 - Tensor.eye(2)) * g, (1 - Tensor.eye(2)) * h), temperature: 2)
        // From a half of each walk ends at the other vertex; from b the share that looks like it.
        let first = exp(0.5) / (exp(0.5) + 1)
        let expected = (0.5 * g * g).squareRoot() + h * (first * first + (1 - first) * (1 - first)).squareRoot()
        #expect(abs(try loss.item() - expected) < 1e-5)
    }

    @Test func pixelsThatAreAlikeCostTheSquareOfTheirDistance() throws {
        let places = try Tensor([0, 0, 10, 0] as [Float], shape: [2, 2])
        let vertices = try Tensor.eye(4)
        let apart = try EmbeddingLosses.pixelCycle(vertices[0..<2], vertices, places: places, temperature: 0.05)
        let alike = try EmbeddingLosses.pixelCycle(
            Tensor.stack([vertices[0], vertices[0]]), vertices, places: places, temperature: 0.05)
        #expect(try apart.item() < 1e-5)
        // Half of each walk ends at the other pixel, 100 away.
        #expect(abs(try alike.item() - 5000.0.squareRoot()) < 1e-3)
    }

    @Test func verticesHaveLengthOne() throws {
        let embedder = try VertexEmbedder(features: Tensor.randn([7, 5]), dimensions: 3)
        let lengths = try embedder().norm(2, [1]).array(of: Float.self)
        #expect(lengths.count == 7 && lengths.allSatisfy { abs($0 - 1) < 1e-5 })
    }
}
