import Foundation
import Geometry
import Imaging

@testable import Synthesis

/// Bodies are made once for all tests.
enum SceneFixture {
    static let species = ["human", "chimpanzee", "zebra"]
    static let models = try! BodyLibrary(species)

    static var recipe: SceneRecipe {
        var recipe = SceneRecipe()
        recipe.species = species.map { .init($0, 1) }
        (recipe.width, recipe.height) = (160, 120)
        recipe.animals = 2...3
        return recipe
    }

    /// A drawn scene with what the renderer knows of its pixels.
    struct Drawn {
        let scene: SyntheticScene
        let renderer: SceneRenderer
        let bodies: [PosedBody]
        let labels: [BodyLabel]
        let picture: Image
    }

    static func draw(_ index: Int, seed: UInt64 = 1, recipe: SceneRecipe = recipe) throws -> Drawn {
        let scene = try SyntheticScene(recipe, seed: seed, index: index, models: models)
        let renderer = SceneRenderer(
            width: recipe.width, height: recipe.height, models: models, photographs: [],
            banner: try BannerPainter(height: max(10, recipe.height / 17)))
        let rendered = try renderer.render(scene)
        let labeller = BodyLabeller(target: renderer.target, scene: scene, keypoints: recipe.keypoints.set)
        let labels = rendered.bodies.enumerated().compactMap { k, body in
            labeller.label(k, body, renderer.buffers[k], renderer.extents[k])
        }
        return Drawn(
            scene: scene, renderer: renderer, bodies: rendered.bodies, labels: labels, picture: rendered.picture)
    }

    static func temporaryFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scenes-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
