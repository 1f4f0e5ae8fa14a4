import Foundation
import Geometry
import Testing

@Suite struct TemplateBodyTests {
    @Test(arguments: TemplateBody.species)
    func aBodyIsOneClosedSurfaceWithoutHandles(species: String) throws {
        let body = try MadeBodies.named(species)
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
        let body = try MadeBodies.named(species)
        let unpaired = body.mirror.enumerated().count { v, image in Int(body.mirror[Int(image)]) != v }
        #expect(unpaired == 0)
        let displaced = body.mirror.enumerated().count { v, image in
            let p = body.mesh.positions[v]
            return body.mesh.positions[Int(image)] != SIMD3(p.x == 0 ? 0 : -p.x, p.y, p.z)
        }
        #expect(displaced == 0)
        let triangles = Set(body.mesh.triangles.map(Self.turned))
        let without = body.mesh.triangles.count { t in
            !triangles.contains(
                Self.turned([body.mirror[Int(t.x)], body.mirror[Int(t.z)], body.mirror[Int(t.y)]]))
        }
        #expect(without == 0)
    }

    /// The same triangle from its lowest vertex on.
    private static func turned(_ t: SIMD3<Int32>) -> SIMD3<Int32> {
        t.x < t.y && t.x < t.z ? t : t.y < t.z ? [t.y, t.z, t.x] : [t.z, t.x, t.y]
    }

    /// A disk whose triangles all keep their side and whose border runs once around a convex curve covers no point twice.
    @Test(arguments: TemplateBody.species)
    func everyChartIsADiskThatNowhereTurnsOverNorLiesOnItself(species: String) throws {
        let body = try MadeBodies.named(species)
        #expect(Set(body.charts) == Set(1...24))
        let outside = body.uv.count { $0.x < 0 || $0.x > 1 || $0.y < 0 || $0.y > 1 }
        #expect(outside == 0)
        var quads = [[Int]](repeating: [], count: 25)
        for (q, chart) in body.charts.enumerated() { quads[Int(chart)].append(q) }
        for chart in 1...24 {
            var turnedOver = 0
            for triangle in quads[chart].flatMap({ [2 * $0, 2 * $0 + 1] }) {
                let uv = body.chart(ofTriangle: triangle).uv
                if Self.turn(uv[0], uv[1], uv[2]) <= 0 { turnedOver += 1 }
            }
            #expect(turnedOver == 0, "chart \(chart)")

            var place: [Int32: SIMD2<Double>] = [:]
            var halfEdges = Set<SIMD2<Int32>>()
            for q in quads[chart] {
                for c in 0..<4 {
                    place[body.quads[q][c]] = body.uv[4 * q + c]
                    halfEdges.insert([body.quads[q][c], body.quads[q][(c + 1) % 4]])
                }
            }
            let border = halfEdges.filter { !halfEdges.contains([$0.y, $0.x]) }
            let edges = (halfEdges.count + border.count) / 2
            #expect(place.count - edges + quads[chart].count == 1, "chart \(chart)")

            let next = Dictionary(uniqueKeysWithValues: border.map { ($0.x, $0.y) })
            var turning = 0.0
            var inwards = 0
            for edge in border {
                guard let third = next[edge.y], let a = place[edge.x], let b = place[edge.y], let c = place[third]
                else {
                    inwards += 1
                    continue
                }
                let (d, e) = (b - a, c - b)
                let angle = atan2(d.x * e.y - d.y * e.x, d.x * e.x + d.y * e.y)
                turning += angle
                // Places are rounded to a millionth.
                if angle < -1e-3 { inwards += 1 }
            }
            #expect(inwards == 0, "chart \(chart)")
            #expect(abs(turning - 2 * .pi) < 1e-6, "chart \(chart)")
        }
    }

    /// Twice the area of a triangle, positive when it runs counter-clockwise.
    private static func turn(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) -> Double {
        (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }

    @Test(arguments: TemplateBody.species)
    func everyPartIsThereAndHangsTogether(species: String) throws {
        let body = try MadeBodies.named(species)
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
        let body = try MadeBodies.named(species)
        let bones = body.skeleton.joints.count
        let wrong = body.weights.count { weights in
            !(1...4).contains(weights.count) || abs(weights.reduce(0) { $0 + $1.weight } - 1) >= 1e-12
                || !weights.allSatisfy { $0.weight > 0 && Int($0.bone) < bones }
        }
        #expect(wrong == 0)
        let uneven = body.mirror.enumerated().count { v, image in
            body.weights[Int(image)].count != body.weights[v].count
        }
        #expect(uneven == 0)
    }

    @Test func humanAndApesShareOneCage() throws {
        let human = try MadeBodies.named("human")
        for species in ["chimpanzee", "gorilla"] {
            let ape = try MadeBodies.named(species)
            #expect(ape.mesh.triangles == human.mesh.triangles)
            #expect(ape.uv == human.uv)
            #expect(ape.parts == human.parts)
            #expect(ape.keyVertices == human.keyVertices)
            let elsewhere = human.truth(to: ape).enumerated().count { v, point in
                guard let point else { return true }
                return Int(ape.mesh.triangles[Int(point.triangle)][point.nearestCorner]) != v
                    || point.barycentric.max() <= 1 - 1e-9
            }
            #expect(elsewhere == 0)
        }
    }

    /// Humerus and radius over femur and tibia, times 100: of skeletons, 64 to 74 in humans, 100 to 114 in chimpanzees, 110 to
    /// 125 in gorillas.
    @Test(arguments: [("human", 64.0...74.0), ("chimpanzee", 100.0...114.0), ("gorilla", 110.0...125.0)])
    func limbsHaveTheProportionsOfTheirSpecies(species: String, index: ClosedRange<Double>) throws {
        let joints = try MadeBodies.named(species).skeleton
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

    @Test(arguments: TemplateBody.species)
    func trianglesAreRarelyNeedles(species: String) throws {
        let body = try MadeBodies.named(species)
        var angles: [Double] = []
        for t in body.mesh.triangles {
            let p = (0..<3).map { body.mesh.positions[Int(t[$0])] }
            for c in 0..<3 {
                let (a, b) = (p[(c + 1) % 3] - p[c], p[(c + 2) % 3] - p[c])
                angles.append(atan2(length(cross(a, b)), dot(a, b)) * 180 / .pi)
            }
        }
        angles.sort()
        #expect(angles[angles.count / 100] > 17)
        #expect(angles[angles.count / 20] > 18.5)
    }

    /// No triangle passes through another, and none is a needle. Where skin turns over more than 120 degrees are the webs
    /// between the fingers of apes, the corners of mouths and the roots of tails.
    @Test(arguments: TemplateBody.species)
    func theSkinHasNoNeedlesHardlyFoldsAndNeverPassesThroughItself(species: String) throws {
        let quality = SurfaceQuality(try MadeBodies.named(species).mesh)
        #expect(quality.smallestAngle > 15)
        #expect(quality.foldedEdges <= 6)
        #expect(quality.intersectingPairs == 0)
    }

    @Test func qualityCountsFoldsAndPassages() throws {
        // A square bent over its diagonal, and a triangle that is stuck through it.
        let flat = try TriangleMesh(
            positions: [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], triangles: [[0, 1, 2], [0, 2, 3]])
        #expect(abs(SurfaceQuality(flat).smallestAngle - 45) < 1e-9)
        #expect(SurfaceQuality(flat).foldedEdges == 0)
        let bent = try TriangleMesh(
            positions: [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0.95, 0.1, 0.05]], triangles: [[0, 1, 2], [0, 2, 3]])
        #expect(SurfaceQuality(bent).foldedEdges == 1)
        let stuck = try TriangleMesh(
            positions: flat.positions + [[0.6, 0.2, -1], [0.7, 0.3, 1], [0.6, 0.1, 1]],
            triangles: flat.triangles + [[4, 5, 6]])
        #expect(SurfaceQuality(stuck).intersectingPairs == 1)
    }

    /// Every face of the human cage but those that an animal's digits or sockets replace has its place on every species.
    @Test(arguments: TemplateBody.species)
    func mostOfAPersonHasATruePlaceOnEverySpecies(species: String) throws {
        let human = try MadeBodies.named("human")
        let body = try MadeBodies.named(species)
        let there = human.truth(to: body)
        let found = there.compactMap { $0 }.count
        #expect(Double(found) > 0.62 * Double(there.count))
        // And back: the way there and back is no way.
        let known = there.indices.filter { there[$0] != nil }
        let back = body.truth(of: known.compactMap { there[$0] }, on: human)
        let astray = zip(known, back).count { v, point in
            guard let point else { return false }
            return distance(human.mesh.position(of: point), human.mesh.positions[v]) >= 1e-6
        }
        #expect(astray == 0)
    }

    @Test func anUnknownSpeciesIsNamed() {
        #expect(throws: MeshError.self) { try TemplateBody.named("unicorn") }
        #expect(throws: MeshError.unsuitable("bodies are made at level 2 or 3, not 5")) {
            try TemplateBody.generate("human", level: 5)
        }
    }
}
