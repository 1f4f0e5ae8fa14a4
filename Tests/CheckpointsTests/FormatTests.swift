import Testing

@testable import Checkpoints

@Suite struct FormatTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ bytes: [UInt8]) throws -> Checkpoint { try Checkpoint.read(try folder.write(bytes, to: "x")) }

    private func reason(_ bytes: [UInt8]) -> String {
        do {
            _ = try read(bytes)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test func `an empty file, and one of every short length, is refused`() {
        #expect(throws: CheckpointError.self) { try Checkpoint.read(TensorStorage(count: 0) { _ in }, path: "x") }
        for start in [FixtureFiles.plainSafetensors, FixtureFiles.legacy(), FixtureFiles.arrays()] {
            for count in 0..<min(64, start.count) {
                #expect(throws: CheckpointError.self, "\(count)") {
                    try Checkpoint.read(TensorStorage(copying: Array(start.prefix(count))), path: "x")
                }
            }
        }
    }

    // MARK: Safetensors

    @Test func `a hand-written safetensors file reads`() throws {
        let checkpoint = try read(FixtureFiles.plainSafetensors)
        #expect(checkpoint.format == .safetensors)
        #expect(checkpoint.tensors.map(\.name) == ["a", "b"])
        #expect(try checkpoint["a"]?.floats() == [1, 2])
        #expect(try checkpoint["b"]?.integers() == [7])
        #expect(checkpoint.metadata == [.init(name: "note", text: "n")])
        let escaped = try read(
            FixtureFiles.safetensors(
                #"{ "\u00e4\"\ud83d\ude00" : {"shape":[ 0 ],"dtype":"F32","data_offsets":[0,0]}}  "#))
        #expect(escaped.tensors.map(\.name) == ["ä\"😀"])
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "has 4 bytes, expected 8"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "cut short"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "expected it to begin at 0"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "4 bytes behind its last tensor"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#, 8, "expected it to begin at 0"),
        (#"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, 4, "type “F31”, which is unknown"),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "an integer of at most 63 bits"),
        (#"{"a":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,4]}}"#, 4, "beyond 64 bits"),
        (#"{"a":{"dtype":"F32","shape":[1]}}"#, 0, "lacks one of dtype, shape and data_offsets"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 0, "are no pair"),
        (#"{"a":{"dtype":"F32","x":1}}"#, 0, "unknown member “x”"),
        (#"{"__metadata__":{"a":"1","a":"2"}}"#, 0, "“a” is there twice"),
        (#"{"a":{}"#, 0, "lacks one"), (#"{"__metadata__":{"a":1}}"#, 0, "expected “\"” here"),
        ("{}x", 0, "something follows"),
        (#"{"\x":{}}"#, 0, "wrong escape"), (#"{"abc"#, 0, "a text does not end"), (#"{"a\"#, 0, "a text does not end"),
    ])
    func `wrong safetensors headers are told what is wrong`(header: String, count: Int, expected: String) {
        let message = reason(FixtureFiles.safetensors(header, data: [UInt8](repeating: 0, count: count)))
        #expect(message.contains(expected), "\(message)")
    }

    @Test func `a header that claims more than there is allocates nothing`() {
        #expect(
            reason([0xff, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)).contains("255 bytes should follow and there are 2"))
        #expect(reason([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f] + Array("{}".utf8)).contains("undue length"))
    }

    // MARK: PyTorch before 1.6

    @Test(arguments: [false, true])
    func `legacy files share storages and show parts of them`(python2: Bool) throws {
        let checkpoint = try read(FixtureFiles.legacy(python2: python2))
        #expect(checkpoint.format == .torchLegacy)
        let (whole, transposed) = (try #require(checkpoint["whole"]), try #require(checkpoint["transposed"]))
        #expect(try whole.floats() == [0, 1, 2, 3, 4, 5])
        #expect(try transposed.floats() == [0, 3, 1, 4, 2, 5])
        #expect(whole.storage === transposed.storage)
        #expect(try checkpoint["part"]?.floats() == [2, 3])
    }

    @Test func `wrong legacy files are told what is wrong`() {
        #expect(reason(FixtureFiles.legacy(littleEndian: false)).contains("big-endian"))
        #expect(reason(FixtureFiles.legacy(python2: true, littleEndian: false)).contains("big-endian"))
        #expect(reason(FixtureFiles.legacy(keys: [])).contains("storage “k” is missing"))
        #expect(reason(FixtureFiles.legacy(keys: ["z"])).contains("storage “z” belongs to no tensor"))
        #expect(reason(FixtureFiles.legacy(count: 7)).contains("claims 7 elements of 4 bytes and 24 bytes follow"))
        #expect(reason(FixtureFiles.legacy(count: 1 << 62)).contains("claims"))
        #expect(reason(FixtureFiles.legacy(count: .max)).contains("negative or beyond 64 bits"))
        #expect(reason(FixtureFiles.legacy(count: 5)).contains("reaches element 5 of a storage that has 5"))
        #expect(reason(FixtureFiles.legacy(partOffset: 5)).contains("ends beyond its 6 elements"))
    }

    // MARK: Pickles of arrays

    @Test func `arrays of protocols 2 and 5 read, in both orders, and scalars are numbers`() throws {
        let checkpoint = try read(FixtureFiles.arrays(data: [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]))
        #expect(try checkpoint["array"]?.floats() == [1, -2])
        #expect(checkpoint["array"]?.shape == [1, 2])
        let columns = try #require(checkpoint["columns"])
        #expect(columns.strides == [1, 2])
        #expect(try columns.integers() == [1, 3, 2, 4])
        #expect(checkpoint.value["scalar"]?.int == 5)
    }

    @Test func `wrong arrays are told what is wrong`() {
        #expect(reason(FixtureFiles.arrays(byteOrder: ">")).contains("big-endian"))
        #expect(reason(FixtureFiles.arrays(type: "O8")).contains("type “O8”, expected numbers"))
        #expect(reason(FixtureFiles.arrays(data: [1])).contains("has 1 bytes, expected 8"))
    }

    // MARK: Zip files

    @Test func `wrong zip files are told what is wrong`() throws {
        let valid = try FixtureFiles.zip(in: folder)
        let storage = "archive/data/0"
        func changed(_ change: (inout [UInt8], Int) -> Void) throws -> String {
            var bytes = valid
            // The entry in the central directory, which comes last.
            let name = try #require(bytes.lastRange(of: Array(storage.utf8)))
            change(&bytes, name - 46)
            return reason(bytes)
        }
        #expect(try changed { bytes, _ in bytes.removeLast(30) }.contains("is cut short"))
        #expect(try changed { $0[$1 + 10] = 8 }.contains("“archive/data/0”: is compressed (method 8)"))
        #expect(try changed { $0[$1 + 8] |= 1 }.contains("is encrypted"))
        #expect(try changed { $0[$1 + 46] = 0x41 }.contains("refers to data/“0”, which is missing"))
        #expect(try changed { $0[$1 + 42] = 1 }.contains("its header is not at byte"))
        #expect(
            try changed {
                $0[$1 + 24] = 8
                $0[$1 + 20] = 8
            }.contains("has 8 bytes, expected 6 elements of 4"))
        #expect(
            try changed {
                $0[$1 + 27] = 0x7f
                $0[$1 + 23] = 0x7f
            }.contains("bytes should follow"))
        let program = folder.file("program.pth")
        let file = try DraftFile(program, size: 0, replacing: true)
        var zip = ZipWriter(file)
        try zip.add("m/data.pkl", [0x80, 2, 0x4e, 0x2e])
        try zip.add("m/constants.pkl", [0x80, 2, 0x4e, 0x2e])
        try zip.finish()
        try file.commit()
        #expect(throws: CheckpointError.self) { try Checkpoint.read(program) }
    }

    @Test func `names that two tensors would share, and endless names, are refused`() throws {
        let one = try StoredTensor(elementType: .uint8, shape: [1], copying: [UInt8(1)])
        let path = folder.file("a.pth")
        try TorchWriter.write(["a.b": .tensor(one), "a": ["b": .tensor(one)]], to: path)
        #expect(throws: CheckpointError(path, at: "“a.b”", "is the name of two tensors")) { try Checkpoint.read(path) }
        let long = String(repeating: "n", count: 300)
        try TorchWriter.write([long: [long: .tensor(one)]], to: path)
        #expect(throws: CheckpointError.self) { try Checkpoint.read(path) }
    }

    @Test func `a part of a flat file is what shares a dotted beginning`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/state.safetensors"
        let one = try StoredTensor(elementType: .float32, shape: [1], copying: [Float(1)])
        try SafetensorsWriter.write(
            ["network.net.w", "network.net.b", "network.network.w", "optimizer.net.w"].map {
                .init(name: $0, tensor: one)
            },
            to: path)
        let part = try Checkpoint.read(path, root: "network.net")
        #expect(Set(part.tensors.map(\.name)) == ["w", "b"])
        #expect(part.otherTensors == 2)
        #expect(throws: CheckpointError.self) { try Checkpoint.read(path, root: "network.ne") }
    }

    @Test func `the root is found where scripts put it, or where it is said to be`() throws {
        let one = try StoredTensor(elementType: .uint8, shape: [1], copying: [UInt8(1)])
        let path = folder.file("a.pth")
        try TorchWriter.write(
            ["model": "resnet", "state_dict": ["w": .tensor(one)], "optimizer": ["a": ["m": .tensor(one)]]], to: path)
        let found = try Checkpoint.read(path)
        #expect(found.root.path == "state_dict")
        #expect(found.tensors.map(\.name) == ["w"])
        #expect(found.metadata == [.init(name: "model", text: "resnet")])
        #expect(found.otherTensors == 1)
        #expect(try Checkpoint.read(path, root: "optimizer.a").tensors.map(\.name) == ["m"])
        #expect(
            try Checkpoint.read(path, root: "").tensors.map(\.name) == ["state_dict.w", "optimizer.a.m"])
        #expect(
            throws: CheckpointError(
                path, "has no “nothing”; at the top it has “model”, “state_dict”, “optimizer”")
        ) { try Checkpoint.read(path, root: "nothing") }
    }
}

extension [UInt8] {
    /// Where a sequence of bytes begins last.
    fileprivate func lastRange(of other: [UInt8]) -> Int? {
        indices.reversed().first { self[$0...].starts(with: other) }
    }
}
