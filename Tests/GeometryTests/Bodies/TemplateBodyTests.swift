import Foundation
import Geometry
import Testing

@Suite struct TemplateBodyTests {
    @Test(arguments: TemplateBody.species)
    func aBodyIsOneClosedSurfaceWithoutHandles(species: String) throws {
        let body = try TemplateBody.named(species)
        let topology = try MeshTopology(body.mesh)
        #expect(topology.isClosed)
        let edges = 3 * body.mesh.triangleCount / 2
        #expect(body.mesh.vertexCount - edges + body.mesh.triangleCount == 2)
        // Outward: the enclosed volume is positive.
        let volume = body.mesh.triangles.reduce(0.0) { sum, t in
            let p = (0..<3).map { body.mesh.positions[Int(t[$0])] }
            return sum + dot(p[0], cross(p[1], p[2])) / 6
        }
        #expect(volume > 0)
        #expect(body.mesh.bounds.low.y == 0)
    }

    @Test(arguments: TemplateBody.species)
    func theRightHalfIsTheImageOfTheLeft(species: String) throws {
        let body = try TemplateBody.named(species)
        for (v, image) in body.mirror.enumerated() {
            #expect(Int(body.mirror[Int(image)]) == v)
            let p = body.mesh.positions[v]
            #expect(body.mesh.positions[Int(image)] == SIMD3(p.x == 0 ? 0 : -p.x, p.y, p.z))
        }
        let triangles = Set(body.mesh.triangles.map(Self.turned))
        for t in body.mesh.triangles {
            let image = SIMD3(body.mirror[Int(t.x)], body.mirror[Int(t.z)], body.mirror[Int(t.y)])
            #expect(triangles.contains(Self.turned(image)))
        }
    }

    /// The same triangle from its lowest vertex on.
    private static func turned(_ t: SIMD3<Int32>) -> SIMD3<Int32> {
        t.x < t.y && t.x < t.z ? t : t.y < t.z ? [t.y, t.z, t.x] : [t.z, t.x, t.y]
    }

    @Test(arguments: TemplateBody.species)
    func everyChartIsADiskThatNowhereTurnsOverNorLiesOnItself(species: String) throws {
        let body = try TemplateBody.named(species)
        var seen = Set<UInt8>()
        var overlaps = 0
        var grids = [[Bool]](repeating: [Bool](repeating: false, count: 256 * 256), count: 25)
        for chart in UInt8(1)...24 {
            var vertices = Set<Int32>()
            var edges = Set<SIMD2<Int32>>()
            var faces = 0
            for (q, quad) in body.quads.enumerated() where body.charts[q] == chart {
                seen.insert(chart)
                faces += 1
                for c in 0..<4 {
                    vertices.insert(quad[c])
                    let next = quad[(c + 1) % 4]
                    edges.insert([min(quad[c], next), max(quad[c], next)])
                }
                for half in 0..<2 {
                    let uv = body.chart(ofTriangle: 2 * q + half).uv
                    let area =
                        (uv[1].x - uv[0].x) * (uv[2].y - uv[0].y) - (uv[1].y - uv[0].y) * (uv[2].x - uv[0].x)
                    #expect(area > 0)
                    for corner in uv { #expect(corner.x >= 0 && corner.x <= 1 && corner.y >= 0 && corner.y <= 1) }
                    overlaps += Self.cover(uv, &grids[Int(chart)])
                }
            }
            #expect(vertices.count - edges.count + faces == 1)
        }
        #expect(seen.count == 24)
        #expect(overlaps == 0)
    }

    /// Marks the pixel centres inside a triangle; returns how many another one had marked.
    private static func cover(_ uv: [SIMD2<Double>], _ grid: inout [Bool]) -> Int {
        let p = uv.map { $0 * 256 - SIMD2(0.5, 0.5) }
        func side(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ x: SIMD2<Double>) -> Double {
            (b.x - a.x) * (x.y - a.y) - (b.y - a.y) * (x.x - a.x)
        }
        var hits = 0
        let (xs, ys) = (p.map(\.x), p.map(\.y))
        func pixels(_ values: [Double]) -> StrideThrough<Int> {
            stride(from: max(0, Int(values.min()!.rounded(.up))), through: min(255, Int(values.max()!)), by: 1)
        }
        for y in pixels(ys) {
            for x in pixels(xs) {
                let point = SIMD2(Double(x), Double(y))
                guard side(p[0], p[1], point) > 1e-9, side(p[1], p[2], point) > 1e-9, side(p[2], p[0], point) > 1e-9
                else { continue }
                if grid[256 * y + x] { hits += 1 }
                grid[256 * y + x] = true
            }
        }
        return hits
    }

    @Test(arguments: TemplateBody.species)
    func everyPartIsThereAndHangsTogether(species: String) throws {
        let body = try TemplateBody.named(species)
        let topology = try MeshTopology(body.mesh)
        #expect(body.parts.names.count == 46)
        for part in body.parts.names.indices {
            let members = Set(body.parts.vertices(of: part))
            #expect(!members.isEmpty, "\(body.parts.names[part])")
            guard let first = members.first else { continue }
            var reached: Set<Int> = [first]
            var open = [first]
            while let v = open.popLast() {
                for n in topology.neighbors(of: v) where members.contains(Int(n)) && reached.insert(Int(n)).inserted {
                    open.append(Int(n))
                }
            }
            #expect(reached.count == members.count, "\(body.parts.names[part])")
        }
    }

    @Test(arguments: TemplateBody.species)
    func weightsAreFewAndSumToOne(species: String) throws {
        let body = try TemplateBody.named(species)
        for (v, weights) in body.weights.enumerated() {
            #expect((1...4).contains(weights.count))
            #expect(abs(weights.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
            #expect(weights.allSatisfy { $0.weight > 0 && Int($0.bone) < body.skeleton.joints.count })
            if body.mirror[v] == v { continue }
            #expect(body.weights[Int(body.mirror[v])].count == weights.count)
        }
    }

    @Test func humanAndApesShareOneCage() throws {
        let human = try TemplateBody.named("human")
        for species in ["chimpanzee", "gorilla"] {
            let ape = try TemplateBody.named(species)
            #expect(ape.mesh.triangles == human.mesh.triangles)
            #expect(ape.uv == human.uv)
            #expect(ape.parts == human.parts)
            #expect(ape.keyVertices == human.keyVertices)
            for (v, point) in human.truth(to: ape).enumerated() {
                let point = try #require(point)
                #expect(Int(ape.mesh.triangles[Int(point.triangle)][point.nearestCorner]) == v)
                #expect(point.barycentric.max() > 1 - 1e-9)
            }
        }
    }

    /// Humerus and radius over femur and tibia, times 100: of skeletons, 64 to 74 in humans, 100 to 114 in chimpanzees, 110 to
    /// 125 in gorillas.
    @Test(arguments: [("human", 64.0...74.0), ("chimpanzee", 100.0...114.0), ("gorilla", 110.0...125.0)])
    func limbsHaveTheProportionsOfTheirSpecies(species: String, index: ClosedRange<Double>) throws {
        let joints = try TemplateBody.named(species).skeleton
        func place(_ name: String) throws -> SIMD3<Double> {
            joints.joints[try #require(joints.index(of: name))].position
        }
        func chain(_ names: [String]) throws -> Double {
            try zip(names, names.dropFirst()).reduce(0) { $0 + distance(try place($1.0), try place($1.1)) }
        }
        let arm = try chain(["leftShoulder", "leftElbow", "leftWrist"])
        let leg = try chain(["leftHip", "leftKnee", "leftAnkle"])
        #expect(index.contains(100 * arm / leg))
    }

    /// One corner in a hundred may be sharper: between digits, at the roots of ears and tails, and where legs leave a trunk.
    @Test(arguments: TemplateBody.species)
    func trianglesAreRarelyNeedles(species: String) throws {
        let body = try TemplateBody.named(species)
        var angles: [Double] = []
        for t in body.mesh.triangles {
            let p = (0..<3).map { body.mesh.positions[Int(t[$0])] }
            for c in 0..<3 {
                let (a, b) = (p[(c + 1) % 3] - p[c], p[(c + 2) % 3] - p[c])
                angles.append(atan2(length(cross(a, b)), dot(a, b)) * 180 / .pi)
            }
        }
        angles.sort()
        let isApe = ["human", "chimpanzee", "gorilla"].contains(species)
        #expect(angles[angles.count / 100] > (isApe ? 12 : 3.5))
        #expect(angles[angles.count / 20] > (isApe ? 17 : 11))
    }

    /// Every face of the human cage but those that an animal's digits or sockets replace has its place on every species.
    @Test(arguments: TemplateBody.species)
    func mostOfAPersonHasATruePlaceOnEverySpecies(species: String) throws {
        let human = try TemplateBody.named("human")
        let body = try TemplateBody.named(species)
        let there = human.truth(to: body)
        let found = there.compactMap { $0 }.count
        #expect(Double(found) > 0.62 * Double(there.count))
        // And back: the way there and back is no way.
        for (v, point) in there.enumerated() {
            guard let point, let back = body.truth(of: [point], on: human)[0] else { continue }
            #expect(distance(human.mesh.position(of: back), human.mesh.positions[v]) < 1e-6)
        }
    }

    @Test func anUnknownSpeciesIsNamed() {
        #expect(throws: MeshError.self) { try TemplateBody.named("unicorn") }
        #expect(throws: MeshError.unsuitable("bodies are made at level 2 or 3, not 5")) {
            try TemplateBody.generate("human", level: 5)
        }
    }
}
