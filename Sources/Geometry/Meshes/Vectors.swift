// The few vector operations that SIMD3 lacks.

@inlinable public func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { a.x * b.x + a.y * b.y + a.z * b.z }

@inlinable public func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

@inlinable public func length(_ a: SIMD3<Double>) -> Double { dot(a, a).squareRoot() }

@inlinable public func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { length(a - b) }

/// The vector at length 1; zero stays zero.
@inlinable public func normalized(_ a: SIMD3<Double>) -> SIMD3<Double> {
    let size = length(a)
    return size > 0 ? a / size : a
}
