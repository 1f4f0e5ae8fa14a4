import ArgumentParser
import Checkpoints
import Commands
import Foundation

struct InspectWeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "What a checkpoint holds: format, root, metadata, tensors.",
        discussion: """
            Example:
              infer weights inspect model_final.pkl --match 'roi_heads.densepose_*'
            """)

    @Argument(help: "A checkpoint.", completion: .file())
    var file: String

    @Option(name: .long, help: "Only tensors with names like this; * and ? stand for any characters.")
    var match: String?

    @Flag(name: .long, help: "Print the SHA-256 of every tensor's elements in row-major order.")
    var hash = false

    @OptionGroup var root: RootOption
    @OptionGroup var json: JSONOption

    func run() throws {
        let checkpoint = try Checkpoint.read(file, root: root.path)
        let summary = CheckpointSummary(checkpoint, hashing: hash) { name in
            match.map { fnmatch($0, name, 0) == 0 } ?? true
        }
        if json.json { return try Terminal.json(summary) }
        print("\(file): \(checkpoint.format.title)")
        print("root: \(Terminal.plain(checkpoint.root.explanation))")
        for entry in summary.metadata.prefix(30) {
            print("\(Terminal.plain(entry.name)): \(Terminal.plain(String(entry.text.prefix(100))))")
        }
        if summary.metadata.count > 30 { print("and \(summary.metadata.count - 30) more entries (--json shows all)") }
        print()
        let header = ["name", "type", "shape", "parameters"] + (hash ? ["sha-256"] : [])
        Terminal.table(
            header,
            summary.tensors.map { tensor in
                let cells = [
                    tensor.name, tensor.type, tensor.shape.map(String.init).joined(separator: "x"),
                    "\(tensor.parameters)",
                ]
                return cells + (hash ? [tensor.sha256 ?? ""] : [])
            })
        print(
            "\n\(summary.total.tensors) tensors, \(summary.total.parameters) parameters, \(summary.total.bytes) bytes")
        if checkpoint.otherTensors > 0 {
            print("\(checkpoint.otherTensors) tensors outside the root (--root . shows them)")
        }
    }
}

extension Checkpoint.Format {
    var title: String {
        switch self {
        case .safetensors: "safetensors"
        case .torchZip: "PyTorch (zip)"
        case .torchLegacy: "PyTorch before 1.6"
        case .pickle: "pickle of arrays"
        }
    }
}
