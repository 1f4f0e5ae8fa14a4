import Geometry
import Imaging

/// A drawn scene: its picture, and for each pixel what it shows.
struct RenderedScene {
    let picture: Image
    /// Of the animals, in the scene's order.
    let bodies: [PosedBody]
}

/// Draws scenes of one size. Not shared between threads: it keeps its memory from picture to picture.
final class SceneRenderer {
    let target: RenderTarget
    /// What each animal would show if nothing stood before it; as many as the scene has animals.
    private(set) var buffers: [VisibilityBuffer] = []
    /// Columns and rows that each animal touches.
    private(set) var extents: [(columns: Range<Int>, rows: Range<Int>)] = []
    private let models: BodyLibrary
    private let photographs: [Image]
    private let banner: BannerPainter

    /// - Parameter photographs: of the pictures' size.
    init(width: Int, height: Int, models: BodyLibrary, photographs: [Image], banner: BannerPainter) {
        target = RenderTarget(width: width, height: height)
        (self.models, self.photographs, self.banner) = (models, photographs, banner)
    }

    /// - Precondition: the scene's camera has the renderer's size, and the library the scene's species.
    func render(_ scene: SyntheticScene) throws(MeshError) -> RenderedScene {
        target.reset()
        var bodies: [PosedBody] = []
        for animal in scene.animals {
            bodies.append(
                PosedBody(try models.model(animal.species), pose: animal.pose, placement: animal.placement))
        }
        let shadows = bodies.map { GroundShadow($0, light: scene.light) }
        BackdropPainter(backdrop: scene.backdrop, light: scene.light, camera: scene.camera, shadows: shadows)
            .paint(target, photograph: scene.backdrop.photograph.map { photographs[$0] })
        draw(bodies, scene.camera)
        // Props beyond every body are drawn before them, so that edges mix with what is seen behind.
        var farthest: Float = 0
        for body in bodies {
            for i in stride(from: 0, to: body.positions.count, by: 8) {
                farthest = max(farthest, Float(scene.camera.local(body.positions[i]).z))
            }
        }
        let props = PropPainter(light: scene.light)
        for prop in scene.props where prop.depth > farthest { props.paint(prop, on: target) }
        composite()
        for (k, animal) in scene.animals.enumerated() {
            BodyShader(bodies[k], coat: animal.coat, light: scene.light, camera: scene.camera)
                .shade(target, buffers[k], number: Int16(k + 1), columns: extents[k].columns, rows: extents[k].rows)
        }
        for prop in scene.props where prop.depth <= farthest { props.paint(prop, on: target) }
        for (k, animal) in scene.animals.enumerated() where animal.blur != .zero { blur(k, along: animal.blur) }
        var bytes = PictureDeveloper(look: scene.look).develop(target)
        if let text = scene.look.banner {
            banner.paint(text, on: &bytes, width: target.width, height: target.height)
            let hidden = scene.look.bannerHeight(target.height) * target.width
            for i in (target.count - hidden)..<target.count { target.owner[i] = RenderTarget.covered }
        }
        return RenderedScene(
            picture: Image(width: target.width, height: target.height, channels: 3, bytes: bytes), bodies: bodies)
    }

    private func draw(_ bodies: [PosedBody], _ camera: Camera) {
        while buffers.count < bodies.count {
            buffers.append(VisibilityBuffer(width: target.width, height: target.height))
        }
        extents = []
        for (k, body) in bodies.enumerated() {
            buffers[k].reset()
            buffers[k].draw(positions: body.positions, triangles: body.model.body.mesh.triangles, camera: camera)
            extents.append(Self.extent(buffers[k]))
        }
    }

    /// The tight box of what was drawn.
    private static func extent(_ buffer: VisibilityBuffer) -> (columns: Range<Int>, rows: Range<Int>) {
        var (left, right, top, bottom) = (buffer.width, -1, buffer.height, -1)
        buffer.surface.withUnsafeBufferPointer { surface in
            for y in 0..<buffer.height {
                let row = y * buffer.width
                guard let first = (0..<buffer.width).first(where: { surface[row + $0] >= 0 }) else { continue }
                var last = buffer.width - 1
                while surface[row + last] < 0 { last -= 1 }
                left = min(left, first)
                right = max(right, last)
                top = min(top, y)
                bottom = max(bottom, y)
            }
        }
        return right < 0 ? (0..<0, 0..<0) : (left..<(right + 1), top..<(bottom + 1))
    }

    /// The nearest animal owns a pixel.
    private func composite() {
        for (k, extent) in extents.enumerated() {
            let (buffer, width) = (buffers[k], target.width)
            buffer.depth.withUnsafeBufferPointer { depth in
                for y in extent.rows {
                    for i in (y * width + extent.columns.lowerBound)..<(y * width + extent.columns.upperBound)
                    where depth[i] < target.depth[i] {
                        target.depth[i] = depth[i]
                        target.owner[i] = Int16(k + 1)
                    }
                }
            }
        }
    }

    /// Smears an animal along its motion, and what is seen through its edges with it.
    private func blur(_ k: Int, along motion: SIMD2<Float>) {
        let (width, height) = (target.width, target.height)
        let reach = Int(abs(motion.x).rounded(.up)) + 1
        let extent = extents[k]
        guard !extent.rows.isEmpty else { return }
        let columns = max(0, extent.columns.lowerBound - reach)..<min(width, extent.columns.upperBound + reach)
        let samples = 2 * reach + 1
        for y in extent.rows {
            for x in columns {
                var sum = SIMD4<Float>.zero
                var own = false
                for s in 0..<samples {
                    let t = Float(s) / Float(samples - 1) - 0.5
                    let sx = min(max(x + Int((motion.x * t).rounded()), 0), width - 1)
                    let sy = min(max(y + Int((motion.y * t).rounded()), 0), height - 1)
                    let i = sy * width + sx
                    sum += target.color[i]
                    if target.owner[i] == Int16(k + 1) { own = true }
                }
                let i = y * width + x
                target.spare[i] =
                    own && target.owner[i] != RenderTarget.covered
                    ? sum / Float(samples) : target.color[i]
            }
        }
        for y in extent.rows {
            for i in (y * width + columns.lowerBound)..<(y * width + columns.upperBound) {
                target.color[i] = target.spare[i]
            }
        }
    }
}
