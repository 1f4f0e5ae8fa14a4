import Annotations
import Geometry
import Testing

@testable import Synthesis

@Suite struct BodyLabelTests {
    @Test(arguments: 0..<4)
    func `masks are what the visibility buffer shows, and the whole one contains the seen one`(index: Int) throws {
        let drawn = try SceneFixture.draw(index)
        #expect(!drawn.labels.isEmpty)
        let target = drawn.renderer.target
        for label in drawn.labels {
            let seen = label.mask.rowMajorPixels()
            let full = label.fullMask.rowMajorPixels()
            let buffer = drawn.renderer.buffers[label.animal]
            for i in seen.indices {
                #expect((seen[i] == 1) == (target.owner[i] == Int16(label.animal + 1)))
                #expect((full[i] == 1) == (buffer.surface[i] >= 0))
                #expect(seen[i] <= full[i])
            }
            #expect(label.box == label.mask.box)
            // Who owns a pixel is the nearest of the animals that cover it.
            for i in seen.indices where seen[i] == 1 {
                for other in drawn.bodies.indices where other != label.animal {
                    #expect(buffer.depth[i] <= drawn.renderer.buffers[other].depth[i])
                }
            }
        }
    }

    @Test func `something hides a part of some animals`() throws {
        var hidden = 0
        for index in 0..<8 {
            hidden += try SceneFixture.draw(index).labels.count { $0.fullMask.area > $0.mask.area }
        }
        #expect(hidden >= 3)
    }

    /// The body's own charts, looked up by another way than the renderer's, lead back to the place that is projected there.
    @Test(arguments: SceneFixture.species)
    func `chart, u and v of a point lead back to the pixel that shows it`(species: String) throws {
        var recipe = SceneFixture.recipe
        recipe.species = [.init(species, 1)]
        recipe.animals = 1...1
        let body = try SceneFixture.models.model(species).body
        let atlas = ChartAtlas(
            body.mesh, charts: body.charts.flatMap { [$0, $0] },
            corners: (0..<body.mesh.triangleCount).map { body.chart(ofTriangle: $0).uv })
        let lookup = try ChartLookup(atlas, of: body.mesh)
        var checked = 0
        for index in 0..<3 {
            let drawn = try SceneFixture.draw(index, recipe: recipe)
            let label = try #require(drawn.labels.first)
            let posed = try body.mesh.moved(to: drawn.bodies[0].positions)
            for point in label.points {
                let place = ChartPoint(chart: UInt8(point.chart), u: point.u, v: point.v)
                let found = try #require(lookup.surfacePoint(at: place))
                #expect(found.distance < 1e-4)
                let (pixel, _) = try #require(drawn.scene.camera.project(posed.position(of: found.point)))
                #expect(abs(pixel.x - label.box.x - point.x * label.box.width / 256) < 0.6)
                #expect(abs(pixel.y - label.box.y - point.y * label.box.height / 256) < 0.6)
                #expect(Int(found.point.triangle) < body.mesh.triangleCount)
                checked += 1
            }
        }
        #expect(checked > 60)
    }

    @Test(arguments: 0..<4)
    func `points lie on the mask, on the part of their chart, at most fourteen a part`(index: Int) throws {
        for label in try SceneFixture.draw(index).labels {
            let width = label.mask.width
            let seen = label.mask.rowMajorPixels()
            var ofPart = [Int](repeating: 0, count: 15)
            for point in label.points {
                #expect((0...255).contains(point.x) && (0...255).contains(point.y))
                let x = Int(label.box.x + point.x * label.box.width / 256)
                let y = Int(label.box.y + point.y * label.box.height / 256)
                #expect(seen[y * width + x] == 1)
                let part = ChartLayout.partOfChart[point.chart]
                ofPart[part] += 1
                let mask = try #require(label.parts[part - 1])
                #expect(mask.columnMajorPixels()[Int(point.x) * 256 + Int(point.y)] == 1)
                let column = x - Int(label.box.x)
                let row = y - Int(label.box.y)
                #expect(Int(label.map[column, row, 0]) == point.chart)
                #expect(abs(Double(label.map[column, row, 1]) / 255 - point.u) <= 0.5 / 255 + 1e-6)
                #expect(abs(Double(label.map[column, row, 2]) / 255 - point.v) <= 0.5 / 255 + 1e-6)
            }
            #expect(ofPart.max()! <= PointPlacement.mostPerPart)
            // Every part with enough pixels has points, and the map has a chart exactly where the mask is.
            for part in 1...14 where (label.parts[part - 1]?.area ?? 0) > 3000 { #expect(ofPart[part] > 0) }
            let charts = label.map.withPixels { pixels in
                stride(from: 0, to: pixels.count, by: 3).count { pixels[$0] > 0 }
            }
            #expect(charts == label.mask.area)
        }
    }

    @Test func `points of a part keep apart`() throws {
        // A square of one part: 14 points in 40 x 40 pixels are about 10 pixels apart.
        let places = PointPlacement.places([UInt8](repeating: 3, count: 1600), width: 40, height: 40)
        #expect(places.count == 14)
        for a in places {
            for b in places where a < b {
                let (dx, dy) = (a % 40 - b % 40, a / 40 - b / 40)
                #expect(dx * dx + dy * dy >= 36)
            }
        }
    }

    @Test(arguments: KeypointLayout.allCases)
    func `keypoints are where the body's joints are projected`(layout: KeypointLayout) throws {
        var recipe = SceneFixture.recipe
        recipe.keypoints = layout
        var seen = 0
        for index in 0..<4 {
            let drawn = try SceneFixture.draw(index, recipe: recipe)
            for label in drawn.labels {
                let animal = drawn.scene.animals[label.animal]
                let body = try SceneFixture.models.model(animal.species).body
                let positions = body.posed(animal.pose)
                let places = body.keypoints(layout.set, pose: animal.pose, positions: positions)
                let lowest = positions.reduce(Double.infinity) { min($0, $1.y) }
                let turn = Rotation(axis: [0, 1, 0], degrees: animal.placement.heading)
                #expect(label.keypoints.count == places.count)
                for (keypoint, place) in zip(label.keypoints, places) where keypoint.visibility > 0 {
                    var local = try #require(place)
                    // Feet sink four thousandths of the height into the ground.
                    let height = body.mesh.bounds.high.y - body.mesh.bounds.low.y
                    local.y -= lowest + 0.004 * height
                    let world = turn.act(local * animal.placement.scale) + animal.placement.position
                    let (pixel, _) = try #require(drawn.scene.camera.project(world))
                    #expect(abs(pixel.x - keypoint.x) < 0.05 && abs(pixel.y - keypoint.y) < 0.05)
                    seen += 1
                }
            }
        }
        #expect(seen > 40)
    }

    @Test func `of a face seen from the front both eyes are seen, and from behind none`() throws {
        var recipe = SceneFixture.recipe
        (recipe.occluders, recipe.banner, recipe.looseness) = (0, 0, 0)
        recipe.species = [.init("human", 1)]
        recipe.animals = 1...1
        recipe.size = 0.7...0.7
        recipe.backdrops = [.init("room", 1)]
        for (heading, expected) in [(0.0, 2), (180.0, 1)] {
            var scene = try SyntheticScene(recipe, seed: 5, index: 0, models: SceneFixture.models)
            scene.animals[0].placement.heading = heading
            scene.animals[0].placement.position.x = 0
            scene.animals[0].pose = .rest
            let maker = try PictureMaker(recipe, models: SceneFixture.models)
            let label = try #require(try maker.picture(of: scene).labels.first)
            #expect(label.keypoints[0...2].map(\.visibility) == [expected, expected, expected])
        }
    }
}
