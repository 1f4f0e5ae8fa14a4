import Checkpoints
import CommandLineTesting
import Foundation
import Testing

extension CommandLineTool {
    /// Runs `infer` with words separated by single spaces.
    @discardableResult
    func infer(_ line: String) throws -> Outcome {
        try run(Self.products + "/infer", line.split(separator: " ").map(String.init))
    }

    func json(_ line: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(try infer(line).output.utf8))
    }
}

@Suite struct WeightsCommandTests {
    /// A checkpoint as a training script leaves it: weights that share memory, an optimiser, an iteration.
    private func checkpoint(_ tool: CommandLineTool) throws {
        let storage = TensorStorage(copying: (0..<6).map(Float.init))
        let weight = try StoredTensor(elementType: .float32, shape: [2, 3], storage: storage)
        let transposed = try StoredTensor(elementType: .float32, shape: [3, 2], strides: [1, 3], storage: storage)
        try TorchWriter.write(
            [
                "model": ["conv.weight": .tensor(weight), "conv.tied": .tensor(transposed)],
                "optimizer": ["momentum": .tensor(weight)], "iteration": 12,
            ], to: tool.folder + "/a.pth")
    }

    @Test func `inspecting prints the format, the root, metadata and tensors`() throws {
        let tool = try CommandLineTool()
        try checkpoint(tool)
        let outcome = try tool.infer("weights inspect a.pth")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(
            outcome.output == """
                a.pth: PyTorch (zip)
                root: “model”, where training scripts put the weights
                iteration: 12

                name         type     shape  parameters
                -----------  -------  -----  ----------
                conv.weight  float32  2x3             6
                conv.tied    float32  3x2             6

                2 tensors, 12 parameters, 48 bytes
                1 tensors outside the root (--root . shows them)

                """)
        let summary = try #require(try tool.json("weights inspect a.pth --json --hash --match *tied") as? [String: Any])
        let tensors = try #require(summary["tensors"] as? [[String: Any]])
        #expect(tensors.map { $0["name"] as? String } == ["conv.tied"])
        // SHA-256 of the little-endian floats 0, 3, 1, 4, 2, 5.
        #expect(
            tensors[0]["sha256"] as? String == "0c9d0bb54e4f5a0121543129f106617549c7ff2b34c6842c5a2e19186c5a7914")
        let whole = try #require(try tool.json("weights inspect a.pth --json --root .") as? [String: Any])
        #expect((whole["total"] as? [String: Any])?["tensors"] as? Int == 3)
        let part = try #require(try tool.json("weights inspect a.pth --json --root optimizer") as? [String: Any])
        #expect((part["tensors"] as? [[String: Any]])?.first?["name"] as? String == "momentum")
    }

    @Test func `converting keeps values and metadata, halves on request and replaces nothing by itself`() throws {
        let tool = try CommandLineTool()
        try checkpoint(tool)
        let first = try tool.infer("weights convert a.pth b.safetensors")
        #expect(
            first.output == """
                wrote b.safetensors: 2 tensors
                left out 1 tensors outside “model”
                1 tensors shared memory and were written out each

                """)
        let safetensors = try Checkpoint.read(tool.folder + "/b.safetensors")
        #expect(try safetensors["conv.tied"]?.floats() == [0, 3, 1, 4, 2, 5])
        #expect(safetensors.metadata == [.init(name: "iteration", text: "12")])
        let again = try tool.infer("weights convert a.pth b.safetensors")
        #expect(again.status == 1)
        #expect(again.error == "infer: b.safetensors: is there already; choose another name or allow overwriting\n")
        #expect(try tool.infer("weights convert a.pth b.safetensors --half --overwrite").status == 0)
        #expect(try Checkpoint.read(tool.folder + "/b.safetensors")["conv.weight"]?.elementType == .float16)
        #expect(try tool.infer("weights convert b.safetensors c.bin --to pth --dtype float32").status == 0)
        let back = try Checkpoint.read(tool.folder + "/c.bin")
        #expect(back.format == .torchZip)
        #expect(back.root.path == "model")
        #expect(try back["conv.weight"]?.floats() == [0, 1, 2, 3, 4, 5])
        #expect(back.value["iteration"]?.string == "12")
        for wrong in ["c.bin", "d.pth --dtype int8", "d.pth --half --dtype float16"] {
            #expect(try tool.infer("weights convert a.pth \(wrong)").status == 2, "\(wrong)")
        }
    }

    @Test func `files that are no checkpoints get one sentence`() throws {
        let tool = try CommandLineTool()
        for (text, expected) in [
            ("<!DOCTYPE html><html>", "is a web page"), ("version https://git-lfs.github.com/spec/v1", "Git LFS"),
            ("", "is empty"), ("PK\u{3}\u{4} cut", "it is cut short"), ("abc", "of an unknown format"),
        ] {
            try tool.write(text, to: "x.pth")
            let outcome = try tool.infer("weights inspect x.pth")
            #expect(outcome.status == 1)
            #expect(outcome.error.hasPrefix("infer: x.pth: "))
            #expect(outcome.error.contains(expected), "\(outcome.error)")
            #expect(outcome.error.split(separator: "\n").count == 1)
        }
        #expect(try tool.infer("weights inspect none.pth").error.contains("cannot be read (No such file or directory)"))
        #expect(try tool.infer("weights inspect .").error.contains("is a folder"))
    }

    @Test func `what cannot be verified is refused, and what was is recorded`() throws {
        let tool = try CommandLineTool()
        tool.environment["KINDRED_WEIGHTS"] = tool.folder + "/weights"
        try checkpoint(tool)
        let wrong = try tool.infer("weights fetch vgg19 --from a.pth")
        #expect(wrong.status == 1)
        #expect(wrong.error.contains("expected one that begins with dcbb9e9d"))
        let unverified = try tool.infer("weights fetch resnet50-msra --from a.pth")
        #expect(unverified.status == 1)
        #expect(unverified.error.contains("no hash is published; --allow-unverified takes it as it is"))
        #expect(!FileManager.default.fileExists(atPath: tool.folder + "/weights/resnet50-msra/R-50.pkl"))
        let receipt = try #require(
            try tool.json("weights fetch resnet50-msra --from a.pth --allow-unverified --json") as? [String: Any])
        #expect(receipt["isVerified"] as? Bool == false)
        #expect(receipt["verification"] as? String == "not verified: no hash is published")
        #expect(try tool.contents("weights/resnet50-msra/R-50.pkl") == tool.contents("a.pth"))
        let list = try #require(try tool.json("weights list --json") as? [[String: Any]])
        #expect(list.filter { $0["receipt"] != nil }.count == 1)
        #expect(try tool.infer("weights fetch unknown").status == 2)
        #expect(try tool.infer("weights fetch style-transfer").error.contains("needs a browser"))
    }

    /// A curl that delivers a file in two runs, the first of which breaks off.
    private static let curl = """
        #!/bin/sh
        while [ $# -gt 0 ]; do
            if [ "$1" = --output ]; then out=$2; shift; fi
            if [ "$1" = -- ]; then url=$2; fi
            shift
        done
        echo "$url" >> log
        if [ -e "$out" ]; then tail -c +101 a.pth >> "$out"; else head -c 100 a.pth > "$out"; exit 56; fi

        """

    @Test func `an interrupted download goes on where it stopped`() throws {
        let tool = try CommandLineTool()
        try checkpoint(tool)
        try tool.write(Self.curl, to: "curl")
        try tool.run("/bin/chmod", ["+x", "curl"])
        tool.environment["PATH"] = tool.folder + ":/usr/bin:/bin"
        let refused = try tool.infer("weights fetch resnet50-msra --into w")
        #expect(refused.status == 1)
        #expect(!FileManager.default.fileExists(atPath: tool.folder + "/log"))
        let broken = try tool.infer("weights fetch resnet50-msra --into w --allow-unverified")
        #expect(broken.status == 1)
        #expect(broken.error.contains("curl exit status 56"))
        #expect(try tool.contents("w/resnet50-msra/R-50.pkl.download").count == 100)
        let complete = try tool.infer("weights fetch resnet50-msra --into w --allow-unverified")
        #expect(complete.status == 0, "\(complete.error)")
        #expect(try tool.contents("w/resnet50-msra/R-50.pkl") == tool.contents("a.pth"))
        #expect(!FileManager.default.fileExists(atPath: tool.folder + "/w/resnet50-msra/R-50.pkl.download"))
        // Nothing is fetched twice.
        #expect(try tool.infer("weights fetch resnet50-msra --into w --allow-unverified").status == 0)
        let url = "https://dl.fbaipublicfiles.com/detectron2/ImageNetPretrained/MSRA/R-50.pkl\n"
        #expect(String(decoding: try tool.contents("log"), as: UTF8.self) == url + url)
    }
}
