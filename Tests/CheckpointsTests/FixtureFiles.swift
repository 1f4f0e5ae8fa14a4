@testable import Checkpoints

/// Small valid files of every format, made by hand where our writers do not write it.
enum FixtureFiles {
    /// A safetensors file with a header as it is given.
    static func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
    }

    static let plainSafetensors = safetensors(
        #"{"__metadata__":{"note":"n"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
            + #""b":{"dtype":"U8","shape":[1,1],"data_offsets":[8,9]}}"#, data: [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 7])

    /// What torch wrote before 1.6: a tensor, a transposed view of it, and a view of a part of the storage.
    static func legacy(
        python2: Bool = false, littleEndian: Bool = true, keys: [String] = ["k"], count: UInt64 = 6,
        partOffset: Int32 = 2,
        data: [Float] = [0, 1, 2, 3, 4, 5]
    ) -> [UInt8] {
        var file: [UInt8] = [0x80, 2, 0x8a, 10] + TorchLegacyReader.magic + [0x2e]
        file += PickleText { $0.raw(0x4d, 0xe9, 3) }.bytes
        file +=
            PickleText(python2: python2) {
                $0.op("}")
                $0.text("little_endian")
                $0.raw(littleEndian ? 0x88 : 0x89)
                $0.op("s")
            }.bytes
        file +=
            PickleText(python2: python2) {
                $0.op("}(")
                $0.text("whole")
                $0.tensor(shape: [2, 3], strides: [3, 1])
                $0.text("transposed")
                $0.tensor(shape: [3, 2], strides: [1, 3])
                $0.text("part")
                $0.tensor(shape: [2], strides: [1], view: (partOffset, 2))
                $0.op("u")
            }.bytes
        file +=
            PickleText(python2: python2) {
                $0.op("](")
                for key in keys { $0.text(key) }
                $0.op("e")
            }.bytes
        withUnsafeBytes(of: count.littleEndian) { file += $0 }
        data.withUnsafeBytes { file += $0 }
        return file
    }

    /// Arrays of numpy as protocols 2 and 5 write them, one of them in Fortran's order, and a scalar.
    static func arrays(byteOrder: String = "<", type: String = "f4", data: [UInt8] = Array(0..<8)) -> [UInt8] {
        PickleText {
            $0.op("}(")
            $0.text("array")
            $0.global("numpy.core.multiarray", "_reconstruct")
            $0.global("numpy", "ndarray")
            $0.tuple(0)
            $0.raw(0x43, 1, 0x62)
            $0.raw(0x87)
            $0.op("R(K\u{1}")
            $0.tuple(1, 2)
            $0.dtype(type, byteOrder)
            $0.raw(0x88)
            // Bytes as Latin-1 text in UTF-8.
            $0.global("_codecs", "encode")
            $0.text(String(String.UnicodeScalarView(data.map { .init($0) })))
            $0.text("latin1")
            $0.raw(0x86)
            $0.op("Rtb")
            $0.text("columns")
            $0.global("numpy._core.numeric", "_frombuffer")
            $0.op("(")
            $0.raw(0x96, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)
            $0.dtype("u1", "|")
            $0.tuple(2, 2)
            $0.text("F")
            $0.op("tR")
            $0.text("scalar")
            $0.global("numpy._core.multiarray", "scalar")
            $0.dtype("i8", "<")
            $0.raw(0x43, 8, 5, 0, 0, 0, 0, 0, 0, 0, 0x86)
            $0.op("Ru")
        }.bytes
    }

    /// A zip file from our writer, with a nested dictionary, two element types and shared storage.
    static func zip(in folder: TemporaryFolder) throws -> [UInt8] {
        let storage = TensorStorage(copying: (0..<6).map(Float.init))
        let whole = try StoredTensor(elementType: .float32, shape: [2, 3], storage: storage)
        let part = try StoredTensor(elementType: .float32, shape: [2], offset: 4, storage: storage)
        let count = try StoredTensor(elementType: .int64, shape: [], copying: [Int64(3)])
        try TorchWriter.write(
            [
                "state_dict": ["a.weight": .tensor(whole), "a.part": .tensor(part), "n": .tensor(count)],
                "optimizer": ["list": [1, 2.5, "x"], "bytes": .bytes(TensorStorage(copying: [UInt8(200)]))],
            ], to: folder.file("fixture.pth"))
        return try folder.bytes("fixture.pth")
    }
}

extension PickleText {
    /// `_rebuild_tensor_v2` over the storage “k” of six floats.
    mutating func tensor(shape: [Int32], strides: [Int32], view: (offset: Int32, count: Int32)? = nil) {
        global("torch._utils", "_rebuild_tensor_v2")
        op("((")
        text("storage")
        global("torch", "FloatStorage")
        text("k")
        text("cuda:0")
        int(6)
        if let view {
            op("(")
            text("v")
            int(view.offset)
            int(view.count)
            op("t")
        } else {
            op("N")
        }
        op("tQK\u{0}")
        op("(")
        for size in shape { int(size) }
        op("t(")
        for stride in strides { int(stride) }
        op("t")
        raw(0x89)
        global("collections", "OrderedDict")
        op(")RtR")
    }

    /// `dtype('f4')` with its state.
    mutating func dtype(_ code: String, _ byteOrder: String) {
        global("numpy", "dtype")
        text(code)
        raw(0x89, 0x88, 0x87)
        op("R(K\u{3}")
        text(byteOrder)
        op("NNNJ")
        raw(0xff, 0xff, 0xff, 0xff)
        op("J")
        raw(0xff, 0xff, 0xff, 0xff)
        op("K\u{0}tb")
    }
}
