import ArgumentParser
import Checkpoints
import Commands

struct ConvertWeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a checkpoint as safetensors or for torch.load.",
        discussion: """
            Safetensors hold the tensors below the root, and texts and numbers as metadata; a .pth holds everything, or with \
            --root that part. PyTorch reads it with weights_only.

            Example:
              infer weights convert latest_net_G.pth generator.safetensors --half
            """)

    @Argument(help: "A checkpoint.", completion: .file())
    var input: String

    @Argument(help: "The file to write; its ending says the format.", completion: .file())
    var output: String

    @Option(name: .long, help: "The format, whatever the ending: safetensors or pth.")
    var to: CheckpointConversion.Target?

    @Flag(name: .long, help: "Round real numbers to 16 bits (float16).")
    var half = false

    @Option(name: .long, help: "Round real numbers to float64, float32, float16 or bfloat16.")
    var dtype: ElementType?

    @Flag(name: .long, help: "Replace a file that is there already.")
    var overwrite = false

    @OptionGroup var root: RootOption
    @OptionGroup var json: JSONOption

    func validate() throws {
        if half, dtype != nil { throw ValidationError("--half and --dtype say the same: give one of them") }
        if let dtype, !dtype.isFloatingPoint {
            throw ValidationError("--dtype is float64, float32, float16 or bfloat16")
        }
        if to == nil, CheckpointConversion.Target(path: output) == nil {
            throw ValidationError("\(output) ends neither in .safetensors nor in .pth: --to says the format")
        }
    }

    func run() throws {
        guard let target = to ?? CheckpointConversion.Target(path: output) else { return }
        let checkpoint = try Checkpoint.read(input, root: root.path)
        let conversion = CheckpointConversion(
            checkpoint, to: target, precision: half ? .float16 : dtype, rootOnly: root.root != nil)
        let progress = ProgressLine("writing")
        let outcome = try conversion.write(to: output, replacing: overwrite) { progress.update($0) }
        progress.finish()
        if json.json { return try Terminal.json(outcome) }
        print("wrote \(output): \(outcome.tensors) tensors")
        if outcome.leftOut > 0 { print("left out \(outcome.leftOut) tensors outside “\(checkpoint.root.path)”") }
        if outcome.unshared > 0 { print("\(outcome.unshared) tensors shared memory and were written out each") }
    }
}

extension CheckpointConversion.Target: ExpressibleByArgument {}
extension ElementType: ExpressibleByArgument {}
