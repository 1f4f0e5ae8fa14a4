import Foundation
import Testing

@testable import Checkpoints

@Suite struct StateMatchingTests {
    private func stored(_ shapes: KeyValuePairs<String, [Int]>) throws -> [Checkpoint.NamedTensor] {
        try shapes.map { name, shape in
            .init(
                name: name,
                tensor: try StoredTensor(
                    elementType: .float32, shape: shape, copying: [Float](repeating: 0, count: shape.reduce(1, *))))
        }
    }

    private let wanted: [StateMatching.Wanted] = [
        .init("a.weight", [2, 3]), .init("a.bias", [2]), .init("b.weight", [4]),
        .init("b.num_batches_tracked", [], isOptional: true),
    ]

    @Test func `an account says what was kept, skipped, missing, unexpected and renamed`() throws {
        let matching = StateMatching(
            try stored(["module.a.weight": [2, 3], "a.bias": [3], "c": [1]]), to: wanted, renaming: [.dataParallel])
        #expect(matching.kept == ["a.weight"])
        #expect(matching.renamed == [.init(stored: "module.a.weight", name: "a.weight")])
        #expect(matching.skipped == [.init(name: "a.bias", stored: [3], wanted: [2])])
        #expect(matching.missing == ["b.weight"])
        #expect(matching.unexpected == ["c"])
        #expect(matching.tensors["a.weight"]?.shape == [2, 3])
        #expect(matching.rows.map { $0[0] } == ["missing", "skipped", "unexpected", "renamed", "kept"])
        let decoded = try JSONDecoder().decode(StateMatching.self, from: JSONEncoder().encode(matching))
        #expect(decoded == matching)
        let error = #expect(throws: CheckpointError.self) { try matching.requireComplete(file: "x.pth") }
        #expect(
            error?.description == "x.pth: does not fit the network: it lacks b.weight; it has unexpected c; "
                + "it has other shapes for a.bias ([3], expected [2])")
    }

    @Test func `a complete state passes, without the entries that old files lack`() throws {
        let matching = StateMatching(
            try stored(["a.weight": [2, 3], "a.bias": [2], "b.weight": [4]]), to: wanted)
        try matching.requireComplete(file: "x.pth")
        #expect(matching.kept == ["a.weight", "a.bias", "b.weight"])
    }

    @Test func `two stored names for one wanted entry are no match twice`() throws {
        let matching = StateMatching(
            try stored(["a.bias": [2], "module.a.bias": [2]]), to: [.init("a.bias", [2])], renaming: [.dataParallel])
        #expect(matching.kept == ["a.bias"])
        #expect(matching.renamed == [])
        #expect(matching.unexpected == ["module.a.bias"])
    }
}
