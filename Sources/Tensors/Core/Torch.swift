internal import CTorch

/// The libtorch behind this program.
public enum Torch {
    /// Its version, such as `1.13.1`.
    public static var version: String { String(cString: ctorch_version()) }
    /// What it was built with: BLAS, oneDNN, OpenMP, instruction sets.
    public static var buildDescription: String { String(cString: ctorch_build_description()) }

    /// Threads that one operation uses; all cores unless `OMP_NUM_THREADS` says otherwise.
    /// - Precondition: 1 or more.
    public static var threads: Int {
        get { Int(ctorch_threads()) }
        set {
            precondition(newValue > 0, "an operation uses at least one thread, not \(newValue)")
            let problem = ctorch_set_threads(Int32(clamping: newValue))
            precondition(problem == nil, problem.map { String(cString: $0) } ?? "")
        }
    }

    public static var cudaDeviceCount: Int { Int(ctorch_cuda_device_count()) }

    /// Waits until a device has done all that was asked of it.
    public static func synchronize(_ device: Device) throws { try checked(ctorch_synchronize(device.code)) }

    /// Prefers algorithms whose result does not depend on timing; warns where a device has none.
    public static func useDeterministicAlgorithms(_ enabled: Bool) throws {
        try checked(ctorch_set_deterministic(enabled))
    }

    /// Bytes of a device's memory.
    public struct Memory: Sendable {
        /// In live tensors.
        public let allocated: Int
        /// The most that was in live tensors since the last reset.
        public let peak: Int
        /// Kept for reuse.
        public let cached: Int
    }

    public static func memory(of device: Device = .cpu) throws -> Memory {
        var figures = CTorchMemory()
        try checked(ctorch_memory(device.code, &figures))
        return Memory(
            allocated: Int(figures.allocated), peak: Int(figures.peak_allocated), cached: Int(figures.cached))
    }

    public static func resetPeakMemory(of device: Device = .cpu) throws {
        try checked(ctorch_reset_peak_memory(device.code))
    }

    /// Gives memory that waits for reuse back to the system.
    public static func releaseCachedMemory(of device: Device = .cpu) throws {
        try checked(ctorch_release_cached_memory(device.code))
    }
}
