import Checkpoints

/// One input of libFuzzer: whatever the bytes are, reading them ends with a checkpoint or a `CheckpointError`, and all that
/// was read can be looked at.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCheckpoint(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        let checkpoint = try Checkpoint.read(TensorStorage(copying: bytes), path: "input")
        var sum: UInt8 = 0
        for entry in checkpoint.tensors {
            entry.tensor.forEachChunk { chunk in sum = chunk.reduce(sum, &+) }
        }
        // Keeps the reads from being optimised away.
        return withExtendedLifetime(sum) { 0 }
    } catch is CheckpointError {
        return 0
    } catch {
        fatalError("\(error)")
    }
}
