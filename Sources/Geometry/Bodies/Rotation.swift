import Foundation

/// A rotation as a unit quaternion.
public struct Rotation: Hashable, Sendable {
    /// The real part.
    public var w: Double
    /// The imaginary parts.
    public var v: SIMD3<Double>

    public static let identity = Rotation(w: 1, v: .zero)

    public init(w: Double, v: SIMD3<Double>) { (self.w, self.v) = (w, v) }

    /// - Parameter axis: of any length but zero.
    public init(axis: SIMD3<Double>, degrees: Double) {
        let half = degrees * .pi / 360
        self.init(w: cos(half), v: normalized(axis) * sin(half))
    }

    /// About x, then y, then z, in degrees: how poses say their angles.
    public init(degrees angles: SIMD3<Double>) {
        self =
            Rotation(axis: [0, 0, 1], degrees: angles.z) * Rotation(axis: [0, 1, 0], degrees: angles.y)
            * Rotation(axis: [1, 0, 0], degrees: angles.x)
    }

    /// The right factor turns first.
    public static func * (a: Rotation, b: Rotation) -> Rotation {
        Rotation(w: a.w * b.w - dot(a.v, b.v), v: a.w * b.v + b.w * a.v + cross(a.v, b.v))
    }

    public func act(_ point: SIMD3<Double>) -> SIMD3<Double> {
        let twice = 2 * cross(v, point)
        return point + w * twice + cross(v, twice)
    }
}
