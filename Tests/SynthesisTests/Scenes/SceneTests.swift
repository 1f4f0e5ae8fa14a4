import Foundation
import Geometry
import Testing

@testable import Synthesis

@Suite struct SceneTests {
    @Test func `the same recipe, seed and number draw the same picture, others another`() throws {
        let first = try SceneFixture.draw(3).picture
        #expect(try SceneFixture.draw(3).picture == first)
        #expect(try SceneFixture.draw(4).picture != first)
        #expect(try SceneFixture.draw(3, seed: 2).picture != first)
    }

    @Test func `a renderer keeps nothing of the picture before`() throws {
        let maker = try PictureMaker(SceneFixture.recipe, models: SceneFixture.models)
        var last: [(picture: [UInt8], labels: Int)] = []
        for index in [0, 1, 0] {
            let scene = try SyntheticScene(SceneFixture.recipe, seed: 1, index: index, models: SceneFixture.models)
            let (picture, labels) = try maker.picture(of: scene)
            last.append((picture.withPixels { Array($0) }, labels.count))
        }
        #expect((last[0].picture == last[2].picture) as Bool)
        #expect(last[0].labels == last[2].labels)
    }

    @Test func `pictures at night are grey and by day are not`() throws {
        for (night, isGrey) in [(1.0, true), (0.0, false)] {
            var recipe = SceneFixture.recipe
            recipe.night = night
            for index in 0..<3 {
                let drawn = try SceneFixture.draw(index, recipe: recipe)
                let colours = drawn.picture.withPixels { pixels -> Int in
                    stride(from: 0, to: pixels.count, by: 3).count { (i: Int) -> Bool in
                        let (red, green, blue) = (Int(pixels[i]), Int(pixels[i + 1]), Int(pixels[i + 2]))
                        return abs(red - green) > 4 || abs(red - blue) > 4
                    }
                }
                #expect(drawn.scene.look.isInfrared == isGrey)
                #expect((colours == 0) == isGrey)
            }
        }
    }

    @Test func `bodies are skinned as the template skins them`() throws {
        let model = try SceneFixture.models.model("chimpanzee")
        let pose = model.motions[1].poses[7]
        var placement = SyntheticAnimal.Placement(position: [1, 0, -4], heading: 30, scale: 1.1)
        placement.isGrounded = false
        let body = PosedBody(model, pose: pose, placement: placement)
        let turn = Rotation(axis: [0, 1, 0], degrees: 30)
        let expected = model.body.posed(pose).map { turn.act($0 * 1.1) + SIMD3(1, 0, -4) }
        let worst = zip(expected, body.positions).reduce(0.0) { max($0, distance($1.0, $1.1)) }
        #expect(worst < 2e-5)
        let normals = try model.body.mesh.moved(to: body.positions).vertexNormals()
        let alike = zip(normals, body.normals).count { dot($0, SIMD3<Double>($1)) > 0.7 }
        #expect(Double(alike) > 0.95 * Double(normals.count))
    }

    @Test func `feet stand on the ground`() throws {
        for index in 0..<6 {
            for body in try SceneFixture.draw(index).bodies {
                let lowest = body.positions.reduce(Double.infinity) { min($0, $1.y) }
                #expect(abs(lowest + 0.004 * body.model.height * body.scale) < 1e-6)
            }
        }
    }

    @Test func `an elephant stands on its feet, however low its trunk hangs`() throws {
        let models = try BodyLibrary(["elephant"])
        let model = try models.model("elephant")
        for pose in model.motions[0].poses {
            let placement = SyntheticAnimal.Placement(position: [0, 0, -9], heading: 0, scale: 1)
            let body = PosedBody(model, pose: pose, placement: placement)
            let feet = zip(body.positions, model.regions).filter { $1 == .foot || $1 == .hand }.map(\.0.y)
            #expect(abs(try #require(feet.min()) + 0.004 * model.height) < 1e-6)
        }
    }

    @Test func `a recipe comes back from its JSON, and what a file leaves out stays as it is`() throws {
        let folder = try SceneFixture.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(SceneFixture.recipe.json.utf8).write(to: URL(fileURLWithPath: folder + "/a.json"))
        #expect(try SceneRecipe.read(fileAt: folder + "/a.json") == SceneFixture.recipe)
        try Data(#"{"night": 0.9}"#.utf8).write(to: URL(fileURLWithPath: folder + "/b.json"))
        var expected = SceneRecipe()
        expected.night = 0.9
        #expect(try SceneRecipe.read(fileAt: folder + "/b.json") == expected)
    }

    @Test(arguments: [
        (#"{"night": 1.5}"#, "recipe: night is 1.5, expected a share from 0 to 1"),
        (#"{"species": [{"name": "unicorn", "weight": 1}]}"#, "there is no species “unicorn”"),
        (#"{"species": []}"#, "recipe: species is empty"), (#"{"animals": [3, 1]}"#, "“animals” is no sound value"),
        (#"{"size": "large"}"#, "“size” is not of the type"), ("[1", "it is no JSON"),
        (#"{"width": 100000}"#, "the size is 100000x240"),
        (#"{"species": [{"name": "human", "weight": 0}]}"#, "no species has a weight above 0"),
    ])
    func `a wrong recipe is refused by name`(text: String, reason: String) throws {
        let folder = try SceneFixture.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/recipe.json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: SceneError.self) { try SceneRecipe.read(fileAt: path) }
        #expect(error?.description.hasPrefix(path + ": ") == true)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
