import Imaging

/// The picture while it is drawn: memory of one worker, used again for every picture.
///
/// Its pointers live as long as it does, and it never leaves its worker.
final class RenderTarget {
    let width: Int
    let height: Int
    /// Linear light, red, green, blue.
    let color: UnsafeMutablePointer<SIMD4<Float>>
    let spare: UnsafeMutablePointer<SIMD4<Float>>
    /// Metres along the camera's axis; infinity for what is far.
    let depth: UnsafeMutablePointer<Float>
    /// 0 the background, 1... the animals, `covered` what stands before everything.
    let owner: UnsafeMutablePointer<Int16>
    static let covered: Int16 = -1

    var count: Int { width * height }

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        let count = width * height
        color = .allocate(capacity: count)
        spare = .allocate(capacity: count)
        depth = .allocate(capacity: count)
        owner = .allocate(capacity: count)
        color.initialize(repeating: .zero, count: count)
        spare.initialize(repeating: .zero, count: count)
        reset()
    }

    deinit {
        color.deallocate()
        spare.deallocate()
        depth.deallocate()
        owner.deallocate()
    }

    func reset() {
        depth.initialize(repeating: .infinity, count: count)
        owner.initialize(repeating: 0, count: count)
    }
}

extension SIMD4 where Scalar == Float {
    /// Linear light from a colour as screens show it, 0xRRGGBB.
    static func linear(_ hex: UInt32) -> SIMD4<Float> {
        let shown = SIMD4(Float(hex >> 16 & 255), Float(hex >> 8 & 255), Float(hex & 255), 0) / 255
        return shown * shown
    }
}

/// Rises smoothly from 0 at `low` to 1 at `high`.
@inline(__always)
func smoothstep(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let t = min(max((x - low) / (high - low), 0), 1)
    return t * t * (3 - 2 * t)
}
