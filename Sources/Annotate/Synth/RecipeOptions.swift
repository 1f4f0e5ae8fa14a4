import ArgumentParser
import Commands
import Foundation
import Synthesis

/// What scenes are drawn from: a recipe's file, and options that override it.
struct RecipeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Species with their weights, as human:2,chimpanzee:1.", valueName: "list"))
    var species: String?

    @Option(help: ArgumentHelp("Size of the pictures in pixels. Default: 320x240.", valueName: "WxH"))
    var size: String?

    @Option(help: "Seed of all that is drawn; the same seed and recipe give the same bytes.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Animals a picture, as 2 or 1-3.", valueName: "range"))
    var animals: String?

    @Option(help: "Share of pictures taken with infra-red lamps, 0 to 1.")
    var night: Double?

    @Option(help: "Share of pictures in which something stands before the animals, 0 to 1.")
    var occluders: Double?

    @Option(help: ArgumentHelp("Keypoints: coco-17 (the default) or body-25.", valueName: "layout"))
    var keypoints: String?

    @Option(help: ArgumentHelp("A recipe in JSON; options override it.", valueName: "file"), completion: .file())
    var recipe: String?

    @Flag(help: "Print the recipe, and do nothing else.")
    var showRecipe = false

    @Option(
        help: ArgumentHelp("Photographs to stand behind the animals.", valueName: "folder"), completion: .directory)
    var backgrounds: String?

    @Option(
        help: ArgumentHelp("Folder for what is drawn. Default: beside the catalog.", valueName: "folder"),
        completion: .directory)
    var out: String?

    @Option(help: "Threads that draw. Default: one a core.")
    var workers: Int?

    @Flag(help: "Write PNG instead of JPEG.")
    var png = false

    @Flag(help: "Write maps beside the pictures: animals, parts, depth, whole outlines.")
    var maps = false

    @Flag(help: "Give the dense points the vertices of their species' body too (dp_vertex).")
    var vertices = false

    func validate() throws {
        if let size, PictureSize(size) == nil {
            throw ValidationError("--size is like 320x240, each from 64 to 4096")
        }
        if let species, Self.shares(species) == nil { throw ValidationError("--species is like human:2,chimpanzee:1") }
        if let animals, Self.range(animals) == nil { throw ValidationError("--animals is like 2 or 1-3") }
        if let keypoints, KeypointLayout(rawValue: keypoints) == nil {
            throw ValidationError("--keypoints is coco-17 or body-25")
        }
        if let workers, workers < 1 { throw ValidationError("--workers is at least 1") }
        for (name, share) in [("--night", night), ("--occluders", occluders)] {
            if let share, !(0...1).contains(share) { throw ValidationError("\(name) is from 0 to 1") }
        }
    }

    /// - Throws: `SceneError`
    func made() throws -> SceneRecipe {
        var made = try recipe.map { try SceneRecipe.read(fileAt: $0) } ?? SceneRecipe()
        if let shares = species.flatMap(Self.shares) { made.species = shares }
        if let size = size.flatMap(PictureSize.init) { (made.width, made.height) = (size.width, size.height) }
        if let range = animals.flatMap(Self.range) { made.animals = range }
        if let layout = keypoints.flatMap(KeypointLayout.init) { made.keypoints = layout }
        made.night = night ?? made.night
        made.occluders = occluders ?? made.occluders
        try made.validate()
        return made
    }

    var output: SceneOutput {
        var output = SceneOutput()
        (output.isPNG, output.hasMaps, output.hasVertices) = (png, maps, vertices)
        return output
    }

    private static func shares(_ text: String) -> [SceneRecipe.Share]? {
        var shares: [SceneRecipe.Share] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = item.split(separator: ":", omittingEmptySubsequences: false)
            guard (1...2).contains(words.count), !words[0].isEmpty,
                let weight = words.count == 2 ? Double(words[1]) : 1, weight.isFinite, weight >= 0,
                !shares.contains(where: { $0.name == words[0] })
            else { return nil }
            shares.append(.init(String(words[0]), weight))
        }
        return shares
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(numbers.count), let low = numbers.first.flatMap({ $0 }),
            let high = numbers.last.flatMap({ $0 }), low >= 1, low <= high
        else { return nil }
        return low...high
    }
}
