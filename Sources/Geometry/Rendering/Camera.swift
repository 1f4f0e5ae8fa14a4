import Foundation

/// A pinhole camera. Pixels are counted from the top left corner; the centre of the first pixel is (0.5, 0.5).
public struct Camera: Hashable, Sendable {
    public var width: Int
    public var height: Int
    /// Pixels per unit at distance 1.
    public var focalLength: Double
    /// Where the optical axis meets the picture, in pixels.
    public var center: SIMD2<Double>
    public var position: SIMD3<Double>
    /// Orthonormal: to the right of the picture, down, and into the scene.
    public var right: SIMD3<Double>
    public var down: SIMD3<Double>
    public var forward: SIMD3<Double>
    /// Nothing nearer is seen.
    public var near = 0.01

    /// A camera that looks at a point.
    /// - Parameters:
    ///   - fieldOfView: vertical, in degrees.
    ///   - roll: degrees, clockwise as the picture turns counter-clockwise.
    public init(
        width: Int, height: Int, fieldOfView: Double, position: SIMD3<Double>, target: SIMD3<Double>, roll: Double = 0
    ) {
        self.width = width
        self.height = height
        self.position = position
        focalLength = Double(height) / 2 / tan(fieldOfView * .pi / 360)
        center = SIMD2(Double(width) / 2, Double(height) / 2)
        forward = normalized(target - position)
        // Straight up or down there is no horizon: the picture's top is then -z.
        let up: SIMD3<Double> = abs(forward.y) > 0.9999 ? [0, 0, -1] : [0, 1, 0]
        let level = normalized(cross(forward, up))
        let plumb = cross(forward, level)
        let angle = roll * .pi / 180
        right = level * cos(angle) + plumb * sin(angle)
        down = plumb * cos(angle) - level * sin(angle)
    }

    /// A camera in the direction of a view, as near as shows the whole box.
    public init(
        width: Int, height: Int, fieldOfView: Double = 20, view: MeshView,
        fitting bounds: (low: SIMD3<Double>, high: SIMD3<Double>), margin: Double = 0.06
    ) {
        let middle = (bounds.low + bounds.high) / 2
        let direction = view.direction
        self.init(
            width: width, height: height, fieldOfView: fieldOfView, position: middle + direction, target: middle)
        var away = 1e-9
        let share = 1 - 2 * margin
        for corner in 0..<8 {
            let point = SIMD3(
                corner & 1 == 0 ? bounds.low.x : bounds.high.x, corner & 2 == 0 ? bounds.low.y : bounds.high.y,
                corner & 4 == 0 ? bounds.low.z : bounds.high.z)
            let offset = point - middle
            let across = abs(dot(offset, right)) * focalLength / (Double(width) / 2 * share)
            let along = abs(dot(offset, down)) * focalLength / (Double(height) / 2 * share)
            away = max(away, max(across, along) - dot(offset, forward))
        }
        position = middle + direction * away
        near = away / 1000
    }

    /// The point in the camera's own axes: to the right, down, forward.
    @inlinable public func local(_ point: SIMD3<Double>) -> SIMD3<Double> {
        let offset = point - position
        return SIMD3(dot(offset, right), dot(offset, down), dot(offset, forward))
    }

    /// Pixel and distance along the axis; nil behind the camera.
    public func project(_ point: SIMD3<Double>) -> (pixel: SIMD2<Double>, depth: Double)? {
        let p = local(point)
        guard p.z >= near else { return nil }
        return (SIMD2(p.x, p.y) * (focalLength / p.z) + center, p.z)
    }
}

/// A direction to look from. Bodies stand upright along y and face +z; +x is their left.
public struct MeshView: Hashable, Sendable {
    /// Degrees around the vertical: 0 from the front, 90 from the body's left, 180 from behind.
    public var yaw: Double
    /// Degrees above the horizon.
    public var pitch: Double

    public init(yaw: Double, pitch: Double = 8) {
        self.yaw = yaw
        self.pitch = pitch
    }

    public static let named: [(name: String, view: MeshView)] = [
        ("front", MeshView(yaw: 0)), ("back", MeshView(yaw: 180)), ("left", MeshView(yaw: 90)),
        ("right", MeshView(yaw: -90)), ("three-quarter", MeshView(yaw: 40, pitch: 15)),
        ("top", MeshView(yaw: 0, pitch: 89)), ("bottom", MeshView(yaw: 0, pitch: -89)),
    ]

    /// From the middle towards the camera.
    public var direction: SIMD3<Double> {
        let (a, b) = (yaw * .pi / 180, pitch * .pi / 180)
        return [sin(a) * cos(b), sin(b), cos(a) * cos(b)]
    }
}
