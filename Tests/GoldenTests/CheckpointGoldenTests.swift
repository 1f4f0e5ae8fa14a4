import Checkpoints
import Foundation
import Testing

@Suite struct CheckpointGoldenTests {
    /// The names and shapes of a network of pix2pixhd.json.
    private func keys(_ network: String) throws -> [String: [Int]] {
        let section = try #require(try GoldenFiles.json("pix2pixhd.json")[network] as? [String: Any])
        return try #require(section["keys"] as? [String: [Int]])
    }

    private func expect(_ checkpoint: Checkpoint, holds network: String) throws {
        let keys = try keys(network)
        let salt = try #require((try GoldenFiles.json("pix2pixhd.json")[network] as? [String: Any])?["salt"] as? String)
        for (name, shape) in keys {
            let tensor = try #require(checkpoint[name], "\(name)")
            #expect(tensor.shape == shape, "\(name)")
            let expected = GoldenTensor.weights(salt: salt, name, shape)
            #expect(try tensor.floats().map(\.bitPattern) == expected.map(\.bitPattern), "\(name)")
        }
    }

    @Test(arguments: [
        ("latest_net_G_zip.pth", Checkpoint.Format.torchZip),
        ("latest_net_G_legacy.pth", .torchLegacy),
    ])
    func `the published generator's checkpoint reads bit for bit`(name: String, format: Checkpoint.Format) throws {
        let checkpoint = try Checkpoint.read(try GoldenFiles.path(name))
        let keys = try keys("global")
        #expect(checkpoint.format == format)
        #expect(checkpoint.root.path == "")
        #expect(Set(checkpoint.tensors.map(\.name)) == Set(keys.keys))
        try expect(checkpoint, holds: "global")
        // Versions of the modules, which torch attaches to the dictionary.
        let versions = try #require(checkpoint.value.dictionary?.moduleMetadata)
        #expect(versions["model.2"]?["version"]?.int == 2)
    }

    @Test(arguments: ["mixed_zip.pth", "mixed_legacy.pth"])
    func `nested checkpoints read bit for bit, with half, double, integers and a view`(name: String) throws {
        let checkpoint = try Checkpoint.read(try GoldenFiles.path(name))
        #expect(checkpoint.root.path == "model")
        try expect(checkpoint, holds: "encoder")
        #expect(checkpoint.tensors.count == 12)
        #expect(checkpoint.otherTensors == 4)

        #expect(checkpoint.value["iteration"]?.int == 7)
        let half = try #require(checkpoint.value["half"]?.tensor)
        #expect(half.elementType == .float16)
        #expect(try half.floats() == [0, 1, 2, 3, 4, 5])
        #expect(try #require(checkpoint.value["i64"]?.tensor).integers() == [0, 1, 2, 3, 4])
        let nested = try #require(checkpoint.value["nested"]?.elements)
        #expect(nested[0].int == 1)
        guard case .double(2.5) = nested[1], case .string("x") = nested[2], case .none = nested[3],
            case .bool(true) = nested[4]
        else {
            Issue.record("nested values read as \(nested)")
            return
        }
        let ones = try #require(nested[5]["k"]?.tensor)
        #expect(ones.elementType == .float64)
        #expect(ones.shape == [2, 3])
        #expect(try ones.doubles() == [1, 1, 1, 1, 1, 1])
        let view = try #require(checkpoint.value["view"]?.tensor)
        #expect(view.shape == [4, 3])
        #expect(view.strides == [1, 4])
        #expect(!view.isContiguous)
        #expect(try view.floats() == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
        #expect(checkpoint.metadata.contains(Checkpoint.Entry(name: "iteration", text: "7")))
    }

    @Test func `a file of the model zoo reads bit for bit and names its author`() throws {
        let checkpoint = try Checkpoint.read(try GoldenFiles.path("zoo.pkl"))
        #expect(checkpoint.format == .pickle)
        #expect(checkpoint.root.path == "model")
        let keys = try keys("encoder")
        #expect(checkpoint.tensors.count == keys.count)
        try expect(checkpoint, holds: "encoder")
        #expect(checkpoint.metadata == [Checkpoint.Entry(name: "__author__", text: "Detectron2 Model Zoo")])
    }

    @Test(arguments: CheckpointConversion.Target.allCases)
    func `what is converted reads bit for bit`(target: CheckpointConversion.Target) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).\(target)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = try Checkpoint.read(try GoldenFiles.path("mixed_legacy.pth"))
        let outcome = try CheckpointConversion(source, to: target).write(to: path, replacing: false)
        #expect(outcome.leftOut == (target == .safetensors ? 4 : 0))
        try expect(try Checkpoint.read(path), holds: "encoder")
    }
}
