import Checkpoints
import Tensors

/// Applies saved weights, of either format, to the tensor `tensor` of a safetensors file.
func color(weights: String, input: String, output: String) throws {
    let colorizer = try Initializer.skipping { try Colorizer() }
    try colorizer.load(Checkpoint.read(weights))
    guard let stored = try Checkpoint.read(input)["tensor"] else {
        throw CheckpointError(input, "has no tensor named 'tensor'")
    }
    try inferenceMode { try colorizer(Tensor(stored)) }.save(to: output)
}
