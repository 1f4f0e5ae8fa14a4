import Dispatch

/// `body` of 0..<count on all processors, its results in order.
func concurrentMap<Value>(_ count: Int, _ body: (Int) -> Value) -> [Value] {
    [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
        // Sound: each place is written once, by one thread, and read only after all have ended.
        nonisolated(unsafe) let places = buffer.baseAddress
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: count) { i in
            places.unsafelyUnwrapped.advanced(by: i).initialize(to: body(i))
        }
        initialized = count
    }
}
