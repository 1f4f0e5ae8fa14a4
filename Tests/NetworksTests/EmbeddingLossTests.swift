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

    @Test func aWalkBetweenEqualSurfacesReturns() throws {
        let embedding = try Tensor.eye(6)
        let geodesics = try Tensor.ones([6, 6]) - Tensor.eye(6)
        let sure = try EmbeddingLosses.shapeCycle(embedding, embedding, geodesics: geodesics, temperature: 0.05)
        let unsure = try EmbeddingLosses.shapeCycle(embedding, embedding, geodesics: geodesics, temperature: 5)
        #expect(try sure.item() < 1e-6)
        #expect(try unsure.item() > 0.1)
    }

    @Test func pixelsThatAreAlikeCostTheirDistance() throws {
        let places = try Tensor([0, 0, 10, 0] as [Float], shape: [2, 2])
        let vertices = try Tensor.eye(4)
        let apart = try EmbeddingLosses.pixelCycle(vertices[0..<2], vertices, places: places)
        let alike = try EmbeddingLosses.pixelCycle(
            Tensor.stack([vertices[0], vertices[0]]), vertices, places: places)
        #expect(try apart.item() < 1e-6)
        // Half of each walk ends at the other pixel: √(2 · 5²) / 2.
        #expect(abs(try alike.item() - 50.0.squareRoot() / 2) < 1e-4)
    }

    @Test func verticesHaveLengthOne() throws {
        let embedder = try VertexEmbedder(features: Tensor.randn([7, 5]), dimensions: 3)
        let lengths = try embedder().norm(2, [1]).array(of: Float.self)
        #expect(lengths.count == 7 && lengths.allSatisfy { abs($0 - 1) < 1e-5 })
    }
}
