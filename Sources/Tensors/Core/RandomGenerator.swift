internal import CTorch
import Foundation

/// A source of random numbers of one device, whose state can be saved. Not Sendable: drawing changes it.
public final class RandomGenerator {
    let handle: OpaquePointer

    private init(owning handle: OpaquePointer) { self.handle = handle }

    /// A generator of its own, independent of libtorch's.
    public init(seed: UInt64, device: Device = .cpu) throws {
        var handle: OpaquePointer?
        try checked(ctorch_generator_make(device.code, &handle))
        self.handle = handle!
        try reseed(seed)
    }

    /// The one that libtorch uses where none is given, in dropout for instance.
    public static func shared(of device: Device = .cpu) throws -> RandomGenerator {
        var handle: OpaquePointer?
        try checked(ctorch_generator_default(device.code, &handle))
        return RandomGenerator(owning: handle!)
    }

    private static let key = "Tensors.RandomGenerator"

    /// What numbers are drawn from on this thread where no generator is named; nil for libtorch's own.
    static var current: RandomGenerator? { Thread.current.threadDictionary[key] as? RandomGenerator }

    /// Draws within `body`, on this thread, from a generator instead of the one that all threads share. Dropout and the like,
    /// which take no generator, stay with that.
    public static func drawing<Result>(from generator: RandomGenerator, _ body: () throws -> Result) rethrows -> Result
    {
        let before = current
        Thread.current.threadDictionary[key] = generator
        defer { Thread.current.threadDictionary[key] = before }
        return try body()
    }

    deinit { ctorch_generator_release(handle) }

    public func reseed(_ seed: UInt64) throws { try checked(ctorch_generator_seed(handle, seed)) }

    /// All that the next numbers depend on, as a tensor of bytes on the CPU.
    public func state() throws -> Tensor {
        var state: OpaquePointer?
        try checked(ctorch_generator_state(handle, &state))
        return Tensor(owning: state!)
    }

    public func restore(_ state: Tensor) throws { try checked(ctorch_generator_set_state(handle, state.handle)) }
}
