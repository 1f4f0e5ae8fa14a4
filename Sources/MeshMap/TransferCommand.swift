import ArgumentParser
import Commands
import Foundation
import Geometry
import Imaging

struct TransferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer", abstract: "Carry labels, charts, textures and annotations through a map.",
        discussion: """
            A map of `meshmap match HUMAN ANIMAL` carries what HUMAN has to ANIMAL; with --reverse, what ANIMAL has to HUMAN.

            --labels writes parts, key vertices and charts for the body that gets them, made to hang together; --out writes its
            mesh with the charts laid flat. --annotations carries the dense points of a DensePose file, such as a chimpanzee's
            (chart, u, v) to a person's with --reverse, as the paper does to evaluate. --texture paints one body's texture
            (DensePose's atlas of 4 x 6 tiles) onto the other; both bodies need charts for these two.

            Example:
              meshmap transfer map.json --labels own-ape.json --out own-ape-charts.obj
              meshmap transfer map.json --reverse --annotations chimps.json --annotations-out as-people.json
              meshmap transfer map.json --texture skin.png --texture-out ape-skin.png
            """)

    @Argument(help: "What `meshmap match` wrote.", completion: .file(extensions: ["json"]))
    var map: String

    @Flag(help: "From ANIMAL to HUMAN.")
    var reverse = false

    @Option(help: ArgumentHelp("Write labels for the body that gets them.", valueName: "file"))
    var labels: String?

    @Option(help: ArgumentHelp("Write its mesh with the charts, and the labels beside it.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("A DensePose JSON file on the charts of the body that gives.", valueName: "file"))
    var annotations: String?

    @Option(help: ArgumentHelp("The file on the charts of the body that gets.", valueName: "file"))
    var annotationsOut: String?

    @Option(help: ArgumentHelp("The texture of the body that gives.", valueName: "file"))
    var texture: String?

    @Option(help: ArgumentHelp("The texture of the body that gets.", valueName: "file"))
    var textureOut: String?

    @Option(help: "The side of a tile of --texture-out, in pixels.")
    var tile = 200

    @OptionGroup var json: JSONOption

    func validate() throws {
        if (annotations == nil) != (annotationsOut == nil) {
            throw ValidationError("--annotations and --annotations-out belong together")
        }
        if (texture == nil) != (textureOut == nil) {
            throw ValidationError("--texture and --texture-out belong together")
        }
        if labels == nil, out == nil, annotations == nil, texture == nil {
            throw ValidationError("say what to carry: --labels, --out, --annotations or --texture")
        }
        guard (8...2048).contains(tile) else { throw ValidationError("--tile is 8 to 2048") }
    }

    private struct Output: Encodable {
        var from: String
        var to: String
        var files: [String] = []
        var keyVertices: Int?
        var parts: Int?
        var annotations: AnnotationTransfer.Counts?
    }

    func run() throws {
        let file = try MapFile.read(map)
        let human = try BodyFile.read(file.source.path, groups: file.source.groups ?? [])
        let animal = try BodyFile.read(file.target.path, groups: file.target.groups ?? [])
        try file.source.check(human.body.mesh, file: map)
        try file.target.check(animal.body.mesh, file: map)
        guard let backward = file.backward?.map else {
            throw MapFileError(path: map, problem: "has no map back, through which labels are carried")
        }
        let (giver, getter) = reverse ? (animal, human) : (human, animal)
        // From the body that gets to the one that gives, and the reverse.
        let (there, back) = reverse ? (file.forward.map, backward) : (backward, file.forward.map)
        var output = Output(from: giver.body.name, to: getter.body.name)
        if labels != nil || out != nil {
            try carryLabels(from: giver, to: getter, there, back, &output)
        }
        if let annotations, let annotationsOut {
            let carry = try ChartTransfer(
                from: try atlas(giver), of: giver.body.mesh, to: try atlas(getter), of: getter.body.mesh, map: back)
            output.annotations = try AnnotationTransfer(transfer: carry, model: getter.body.name)
                .carry(annotations, to: annotationsOut)
            output.files.append(annotationsOut)
        }
        if let texture, let textureOut {
            let image = try Image(fileAt: texture)
            guard image.width.isMultiple(of: 6), image.height.isMultiple(of: 4) else {
                throw MeshFileError(
                    path: texture,
                    problem: "is \(image.width) x \(image.height): no atlas of 6 columns and 4 rows of tiles")
            }
            let carry = try ChartTransfer(
                from: try atlas(getter), of: getter.body.mesh, to: try atlas(giver), of: giver.body.mesh, map: there)
            try carry.texture(image, tile: tile).write(toFileAt: textureOut)
            output.files.append(textureOut)
        }
        if json.json { return try Terminal.json(output) }
        print("from \(output.from) to \(output.to)")
        if let counts = output.annotations {
            print(
                "\(counts.points) points of \(counts.annotations) annotations, \(counts.dropped) without a counterpart left out"
            )
        }
        for file in output.files { print("wrote \(file)") }
    }

    private func atlas(_ body: BodyFile) throws -> ChartAtlas {
        guard let atlas = body.atlas else {
            throw MapFileError(path: map, problem: "cannot carry this: \(body.body.name) has no charts beside it")
        }
        return atlas
    }

    private func carryLabels(
        from giver: BodyFile, to getter: BodyFile, _ there: SurfaceMap, _ back: SurfaceMap, _ output: inout Output
    ) throws {
        let transfer = try LabelTransfer(to: getter.body, from: giver.body, map: there)
        var body = getter.body
        body.parts = try transfer.parts()
        body.landmarks = transfer.keyVertices(back: back)
        (output.parts, output.keyVertices) = (body.parts?.names.count, body.landmarks.count)
        if let labels {
            var carried = body.labels
            if let atlas = giver.atlas, getter.triangulation.mesh.triangleCount == getter.file.faces.count {
                carried.charts = try transfer.charts(of: atlas)
            }
            try carried.write(to: labels)
            output.files.append(labels)
        }
        if let out {
            let charts = try transfer.charts(of: try atlas(giver))
            let result = try ChartUnwrapper().unwrap(getter.body.mesh, charts: charts)
            try ChartedMesh.write(result.atlas, body, to: out)
            output.files += [out, MeshLabels.path(beside: out)]
        }
    }
}
