import Testing

@testable import Checkpoints

@Suite struct WriterTests {
    private let folder: TemporaryFolder
    private let shared = TensorStorage(copying: (0..<12).map(Float.init))

    init() throws { folder = try TemporaryFolder() }

    /// A checkpoint with everything: containers, every number, a view, shared storage, bytes, and new element types.
    private func sample() throws -> CheckpointValue {
        let whole = try StoredTensor(elementType: .float32, shape: [3, 4], storage: shared)
        let view = try StoredTensor(elementType: .float32, shape: [2, 3], strides: [1, 4], offset: 1, storage: shared)
        let model = CheckpointDictionary(
            [
                .init(.string("a.weight"), .tensor(whole)), .init(.string("a.view"), .tensor(view)),
                .init(.string("count"), .tensor(try StoredTensor(elementType: .int64, shape: [], copying: [Int64(9)]))),
                .init(
                    .string("wide"),
                    .tensor(try StoredTensor(elementType: .uint16, shape: [2], copying: [UInt16(1), 2]))),
                .init(
                    .string("empty"),
                    .tensor(try StoredTensor(elementType: .float64, shape: [0, 2], copying: [Double]()))),
            ], moduleMetadata: ["": ["version": 1]])
        return .dictionary(
            CheckpointDictionary([
                .init(.string("model"), .dictionary(model)), .init(.string("iteration"), 70_000),
                .init(.string("large"), .int(Int.max)), .init(.string("negative"), .int(-1)),
                .init(.string("beyond"), .largeInt([0, 0, 0, 0, 0, 0, 0, 0x80, 0])),
                .init(.string("rate"), 2.5e-4), .init(.string("nothing"), .none), .init(.string("flag"), true),
                .init(.string("text"), "grün\n\"x\""),
                .init(.string("bytes"), .bytes(TensorStorage(copying: [UInt8(0), 0x7f, 0x80, 0xff]))),
                .init(.string("list"), [1, [2, 3]]), .init(.string("pair"), .tuple([1, "b"])),
                .init(.int(5), "five"), .init(.string("no list"), []),
                .init(.string("no dictionary"), .dictionary(.init())),
            ]))
    }

    @Test(arguments: [0xffff_ffff, 16])
    func `what torch's format is written comes back, in 32 and 64 bits`(limit: Int) throws {
        let path = folder.file("a.pth")
        try TorchWriter.write(try sample(), to: path, limit: limit)
        let checkpoint = try Checkpoint.read(path)
        #expect(checkpoint.format == .torchZip)
        #expect(checkpoint.root.path == "model")
        #expect(checkpoint.tensors.map(\.name) == ["a.weight", "a.view", "count", "wide", "empty"])
        let (whole, view) = (checkpoint.tensors[0].tensor, checkpoint.tensors[1].tensor)
        #expect(whole.storage === view.storage)
        #expect(try view.floats() == [1, 5, 9, 2, 6, 10])
        #expect(view.strides == [1, 4])
        #expect(try checkpoint.tensors[2].tensor.integers() == [9])
        #expect(checkpoint.tensors[3].tensor.elementType == .uint16)
        #expect(try checkpoint.tensors[3].tensor.integers() == [1, 2])
        #expect(checkpoint.tensors[4].tensor.shape == [0, 2])
        #expect(checkpoint.value["model"]?.dictionary?.moduleMetadata?[""]?["version"]?.int == 1)
        let value = checkpoint.value
        #expect(value["iteration"]?.int == 70_000)
        #expect(value["large"]?.int == Int.max)
        #expect(value["negative"]?.int == -1)
        #expect(value["text"]?.string == "grün\n\"x\"")
        guard case .bytes(let bytes) = value["bytes"], case .largeInt(let digits) = value["beyond"],
            case .double(2.5e-4) = value["rate"], case .tuple(let pair) = value["pair"]
        else {
            Issue.record("\(value)")
            return
        }
        #expect(Array(bytes.bytes) == [0, 0x7f, 0x80, 0xff])
        #expect(digits == [0, 0, 0, 0, 0, 0, 0, 0x80, 0])
        #expect(pair[1].string == "b")
        #expect(value["list"]?.elements?[1].elements?.compactMap(\.int) == [2, 3])
        #expect(value.dictionary?.entries.first { $0.key == .int(5) }?.value.string == "five")
        #expect(value["no list"]?.elements?.count == 0)
        #expect(value["no dictionary"]?.dictionary?.entries.count == 0)
        #expect(try folder.names == ["a.pth"])
    }

    @Test func `members of a written zip file begin at multiples of 64 and have right checksums`() throws {
        let path = folder.file("a.pth")
        try TorchWriter.write(try sample(), to: path)
        let bytes = try folder.bytes("a.pth")
        try bytes.withUnsafeBytes { bytes in
            let directory = try ZipDirectory(bytes, file: path)
            #expect(
                directory.members.keys.sorted() == [
                    "archive/byteorder", "archive/data.pkl", "archive/data/0", "archive/data/1", "archive/data/2",
                    "archive/data/3", "archive/version",
                ])
            for member in directory.members.values {
                #expect(member.span.lowerBound.isMultiple(of: 64), "\(member.name)")
                let checksum = ~bytes[member.span].reduce(~0 as UInt32) { remainder, byte in
                    (0..<8).reduce(remainder ^ UInt32(byte)) { value, _ in
                        value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0)
                    }
                }
                #expect(member.checksum == checksum, "\(member.name)")
            }
        }
    }

    @Test func `safetensors are sorted, aligned and keep their metadata`() throws {
        let whole = try StoredTensor(elementType: .float32, shape: [3, 4], storage: shared)
        let view = try StoredTensor(elementType: .float32, shape: [4, 3], strides: [1, 4], storage: shared)
        let path = folder.file("a.safetensors")
        try SafetensorsWriter.write(
            [
                .init(name: "b", tensor: try StoredTensor(elementType: .uint8, shape: [3], copying: [UInt8(1), 2, 3])),
                .init(name: "c\"\u{1}ü", tensor: view), .init(name: "a", tensor: whole),
                .init(name: "z", tensor: try StoredTensor(elementType: .int64, shape: [1], copying: [Int64(-1)])),
            ], metadata: [.init(name: "format", text: "pt"), .init(name: "note", text: "a\n\\b")], to: path)
        let bytes = try folder.bytes("a.safetensors")
        let count = bytes.withUnsafeBytes { Int($0.load(as: UInt64.self)) }
        #expect(count.isMultiple(of: 8))
        #expect(bytes.count == 8 + count + 8 + 48 + 48 + 3)
        let header = String(decoding: bytes[8..<8 + count], as: UTF8.self)
        #expect(header.hasPrefix(#"{"__metadata__":{"format":"pt","note":"a\n\\b"},"z":{"dtype":"I64","shape":[1],"#))
        let checkpoint = try Checkpoint.read(path)
        #expect(checkpoint.tensors.map(\.name) == ["z", "a", "c\"\u{1}ü", "b"])
        #expect(try checkpoint.tensors[2].tensor.floats() == view.floats())
        #expect(try checkpoint["b"]?.integers() == [1, 2, 3])
        #expect(checkpoint.metadata == [.init(name: "format", text: "pt"), .init(name: "note", text: "a\n\\b")])
    }

    @Test func `precision changes real numbers only, and rounds to nearest even`() throws {
        let values: [Float] = [1, 0.1, 65_519, 65_520, 1.0e-8, .infinity, 2049, 2051, -0.0]
        let tensors: [Checkpoint.NamedTensor] = [
            .init(name: "x", tensor: try StoredTensor(elementType: .float32, shape: [9], copying: values)),
            .init(name: "n", tensor: try StoredTensor(elementType: .int32, shape: [1], copying: [Int32(70_000)])),
        ]
        let path = folder.file("half.safetensors")
        try SafetensorsWriter.write(tensors, to: path, precision: .float16)
        let half = try Checkpoint.read(path)
        #expect(half["n"]?.elementType == .int32)
        #expect(half["x"]?.elementType == .float16)
        #expect(try half["x"]?.floats() == [1, 0.099_975_586, 65_504, .infinity, 0, .infinity, 2048, 2052, 0])
        let brain = folder.file("brain.pth")
        try TorchWriter.write(["x": .tensor(tensors[0].tensor)], to: brain, precision: .bfloat16)
        let read = try #require(try Checkpoint.read(brain)["x"])
        #expect(read.elementType == .bfloat16)
        #expect(
            try read.floats() == [
                1, 0.100_097_656, 65_536, 65_536, 1.001_171_767_711_639_4e-8, .infinity, 2048, 2048, -0.0,
            ])
    }

    @Test func `files that are there are kept unless they may be replaced, and failures leave nothing`() throws {
        let path = try folder.write([1, 2, 3], to: "a.pth")
        let error = #expect(throws: CheckpointError.self) { try TorchWriter.write(1, to: path, replacing: false) }
        #expect(error?.description == "\(path): is there already; choose another name or allow overwriting")
        #expect(try folder.bytes("a.pth") == [1, 2, 3])
        try TorchWriter.write(["x": 1], to: path)
        #expect(try Checkpoint.read(path).value["x"]?.int == 1)
        let complex = try StoredTensor(elementType: .complex128, shape: [1], copying: [1.0, 2.0])
        #expect(throws: CheckpointError.self) {
            try SafetensorsWriter.write([.init(name: "x", tensor: complex)], to: folder.file("c.safetensors"))
        }
        #expect(throws: CheckpointError.self) { try TorchWriter.write(1, to: folder.file("none/a.pth")) }
        #expect(try folder.names == ["a.pth"])
    }
}

@Suite struct HalfFloatTests {
    @Test func `rounding to 16 bits is that of the language, for every half and for what lies between`() {
        for bits in 0...UInt16.max {
            let half = Float16(bitPattern: bits)
            guard half.isFinite else { continue }
            let value = Float(half)
            #expect(HalfFloat(value).bits == bits)
            let next = Float(half.nextUp.isFinite ? half.nextUp : half)
            for neighbour in [value.nextUp, value.nextDown, (value + next) / 2, ((value + next) / 2).nextUp] {
                if HalfFloat(neighbour).bits != Float16(neighbour).bitPattern {
                    Issue.record("\(neighbour) rounds to \(HalfFloat(neighbour).bits)")
                }
            }
        }
        for value: Float in [65_519.996, 65_520, 1e30, .infinity, -.infinity, 2.980_232_2e-8, 2.98e-8, 0x1p-140] {
            #expect(HalfFloat(value).bits == Float16(value).bitPattern, "\(value)")
        }
        #expect(Float16(bitPattern: HalfFloat(.nan).bits).isNaN)
    }
}
