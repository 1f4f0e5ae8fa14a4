internal import CTorch

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
