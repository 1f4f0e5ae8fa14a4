internal import CTorch
import Foundation

/// Where this process stands among those that train together, as torchrun, SLURM's and MPI's launchers and Kubernetes'
/// PyTorchJob tell it: RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT.
public struct Rendezvous: Equatable, Sendable {
    public var rank: Int
    public var worldSize: Int
    /// Which device of its machine is this process's.
    public var localRank: Int
    public var address: String
    public var port: UInt16

    public init(rank: Int, worldSize: Int, localRank: Int, address: String, port: UInt16) {
        (self.rank, self.worldSize, self.localRank) = (rank, worldSize, localRank)
        (self.address, self.port) = (address, port)
    }

    /// nil when the environment describes a single process.
    /// - Throws: `TorchError` when it is incomplete or contradicts itself.
    public init?(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        // SLURM and Open MPI name ranks their own way; torchrun's names win.
        func number(_ names: String...) throws -> Int? {
            for name in names {
                guard let text = environment[name] else { continue }
                guard let value = Int(text), value >= 0 else { throw TorchError("\(name) is '\(text)', not a number") }
                return value
            }
            return nil
        }
        let size = try number("WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE")
        guard let size, size > 1 else { return nil }
        guard let rank = try number("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID") else {
            throw TorchError("WORLD_SIZE is \(size) but RANK is not set")
        }
        guard rank < size else { throw TorchError("RANK is \(rank), and WORLD_SIZE only \(size)") }
        guard let address = environment["MASTER_ADDR"], !address.isEmpty else {
            throw TorchError("WORLD_SIZE is \(size) but MASTER_ADDR is not set")
        }
        guard let port = try number("MASTER_PORT"), let port = UInt16(exactly: port), port > 0 else {
            throw TorchError("WORLD_SIZE is \(size) but MASTER_PORT is not set to a port")
        }
        let local = try number("LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID") ?? 0
        // torchrun's agent serves a store of its own at that port, in the protocol of its release: ours is beside it.
        let isTaken = environment["TORCHELASTIC_USE_AGENT_STORE"] == "True"
        self.init(
            rank: rank, worldSize: size, localRank: local, address: address,
            port: !isTaken ? port : port == .max ? port - 1 : port + 1)
    }
}

/// Processes that train together, through c10d: Gloo on CPUs, NCCL on CUDA devices where the build has it.
///
/// Every process must make the same calls in the same order. When one dies, the calls of the others throw.
public final class ProcessGroup {
    public let rank: Int
    public let worldSize: Int
    let handle: OpaquePointer

    /// Waits for all processes, at most `timeout` seconds; later calls wait as long for each other.
    public init(_ rendezvous: Rendezvous, device: Device = .cpu, timeout: Double = 600) throws {
        var group: OpaquePointer?
        try checked(
            ctorch_group_join(
                device.isCUDA ? "nccl" : "gloo", rendezvous.address, rendezvous.port, Int32(rendezvous.rank),
                Int32(rendezvous.worldSize), timeout, &group),
            "joining \(rendezvous.worldSize) processes at \(rendezvous.address):\(rendezvous.port)")
        (handle, rank, worldSize) = (group!, rendezvous.rank, rendezvous.worldSize)
    }

    deinit { ctorch_group_leave(handle) }

    /// Whether this libtorch can communicate between CUDA devices.
    public static var hasNCCL: Bool { ctorch_distributed_has("nccl") }

    /// Adds the tensors of all processes up, in place.
    public func allReduce(_ tensor: Tensor) throws {
        try checked(ctorch_group_all_reduce(handle, tensor.handle), "all-reduce")
    }

    /// Gives every process the tensor of `root`, in place.
    public func broadcast(_ tensor: Tensor, from root: Int = 0) throws {
        try checked(ctorch_group_broadcast(handle, tensor.handle, Int32(root)), "broadcast")
    }

    /// Waits until all processes are here.
    public func barrier() throws { try checked(ctorch_group_barrier(handle), "barrier") }

    /// Gives every process the weights and buffers of rank 0.
    public func broadcast(_ network: any Module) throws {
        for (_, tensor) in network.stateDictionary { try withoutGradients { try broadcast(tensor.detach()) } }
    }
}

/// Averages gradients over the processes while the backward pass still runs: buckets in the reverse order of the
/// parameters, each sent as soon as it is full (Li et al. 2020, "PyTorch Distributed").
public final class GradientReducer {
    private let handle: OpaquePointer
    private let group: ProcessGroup
    /// Whose gradients are averaged.
    public let parameters: [Tensor]

    /// - Parameter bucketBytes: 25 MiB is PyTorch's choice.
    public init(_ parameters: [Tensor], group: ProcessGroup, bucketBytes: Int = 25 << 20) throws {
        var reducer: OpaquePointer?
        try checked(
            ctorch_reducer_make(
                group.handle, parameters.map(\.handle), parameters.count, Int64(bucketBytes), &reducer), "reducer")
        (handle, self.group, self.parameters) = (reducer!, group, parameters)
    }

    deinit { ctorch_reducer_release(handle) }

    /// Runs a backward pass whose gradients are averaged; parameters that it does not reach count as zero.
    public func reducing(_ backward: () throws -> Void) throws {
        ctorch_reducer_set_enabled(handle, true)
        try backward()
        try checked(ctorch_reducer_finish(handle), "averaging gradients over \(group.worldSize) processes")
    }

    /// Runs a backward pass that only accumulates on this process.
    public func accumulating(_ backward: () throws -> Void) rethrows {
        ctorch_reducer_set_enabled(handle, false)
        try backward()
    }
}
