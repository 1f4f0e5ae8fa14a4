internal import CTorch
import Foundation

/// A function whose gradient is given by hand.
///
/// `forward` runs without recording. `backward` gets the gradient of every output (nil where it is zero) and returns
/// that of every input (nil for none); on CUDA it runs on a thread of libtorch, so it must only touch what it captured.
/// What either throws comes out of the call, or of `backward()`.
public func customFunction(
    _ name: String, inputs: [Tensor], forward: ([Tensor]) throws -> [Tensor],
    backward: @escaping ([Tensor?]) throws -> [Tensor?]
) throws -> [Tensor] {
    let outputs = try withoutGradients { try forward(inputs) }
    // An output that is an input would put the function among its own sources; one that `backward` has captured would
    // keep itself alive through the function.
    let fresh = try withoutGradients {
        try outputs.map { output in
            inputs.contains { $0.sharesStorage(with: output) } ? try output.clone() : try output.detach()
        }
    }
    let context = Unmanaged.passRetained(BackwardFunction(body: backward, inputs: inputs.count)).toOpaque()
    try withExtendedLifetime(inputs) {
        try checked(
            ctorch_attach_function(
                name, inputs.map(\.handle), inputs.count, fresh.map(\.handle), fresh.count, callBackward, context,
                { Unmanaged<BackwardFunction>.fromOpaque($0!).release() }), name)
    }
    return fresh
}

private final class BackwardFunction {
    let body: ([Tensor?]) throws -> [Tensor?]
    let inputs: Int
    /// The text of the last error, alive until the next one or the end.
    private var text: UnsafeMutablePointer<CChar>?

    init(body: @escaping ([Tensor?]) throws -> [Tensor?], inputs: Int) { (self.body, self.inputs) = (body, inputs) }

    deinit { free(text) }

    func fail(_ message: String) -> UnsafePointer<CChar>? {
        free(text)
        text = strdup(message)
        return UnsafePointer(text)
    }
}

private let callBackward: CTorchBackward = { context, gradients, count, results, resultCount in
    let function = Unmanaged<BackwardFunction>.fromOpaque(context!).takeUnretainedValue()
    let given = (0..<count).map { index in
        gradients[index].map { handle in
            ctorch_tensor_retain(handle)
            return Tensor(owning: handle)
        }
    }
    do {
        let answer = try function.body(given)
        guard answer.count == resultCount else {
            return function.fail("backward returned \(answer.count) gradients for \(resultCount) inputs")
        }
        for (index, gradient) in answer.enumerated() {
            guard let gradient else { continue }
            ctorch_tensor_retain(gradient.handle)
            results[index] = gradient.handle
        }
        return nil
    } catch {
        return function.fail("\(error)")
    }
}
