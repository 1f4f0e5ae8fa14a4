import ArgumentParser
import Commands
import Geometry
import Networks
import Tensors

/// Which network looks, and how.
struct NetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A file of `train densepose`, or of detectron2 with --preset.", valueName: "file"),
        completion: .file())
    var weights: String

    @Option(help: ArgumentHelp("What network a file of another program is.", valueName: "name"))
    var preset: String?

    @Option(help: "Least score. Default: 0.5, or 0.05 with --store.")
    var minScore: Double?

    @Option(help: "Most objects of a picture.")
    var perPicture: Int?

    @Option(
        help: ArgumentHelp(
            "Shorter side of what the network sees, or several, as 96,128,160, whose answers are averaged. Default: its own.",
            valueName: "list"))
    var side: String?

    @Option(
        help: ArgumentHelp(
            "Look at mirror images too, and average. What mirrored (u, v) are: a template body, a mesh with charts, or UV_symmetry_transforms.mat.",
            valueName: "body"))
    var symmetry: String?

    @Option(
        help: ArgumentHelp(
            "Of a network with embeddings, the mesh whose vertices are wanted: its name, or NAME=FILE of a mesh whose charts then give IUV maps. Default: for each object the mesh called as its class is, else the first.",
            valueName: "mesh"))
    var mesh: [String] = []

    @Flag(inversion: .prefixedNo, help: "Compute masks.")
    var masks = true

    @Flag(inversion: .prefixedNo, help: "Compute surface coordinates.")
    var dense = true

    @Option(help: "cpu, cuda or cuda:1.")
    var device = "cpu"

    @Option(help: "Threads of each operation. Default: all cores.")
    var threads: Int?

    func validate() throws {
        guard Device(device) != nil else { throw ValidationError("--device is cpu, cuda or cuda:1, not '\(device)'") }
        guard (0...1).contains(minScore ?? 0) else { throw ValidationError("--min-score is from 0 to 1") }
        guard threads ?? 1 >= 1 else { throw ValidationError("--threads is at least 1") }
        guard perPicture ?? 1 >= 1 else { throw ValidationError("--per-picture is at least 1") }
        _ = try sides()
    }

    func sides() throws -> [Int] {
        try (side ?? "").split(separator: ",").map { word in
            guard let value = Int(word), (32...4096).contains(value) else {
                throw ValidationError("--side: \"\(word)\" is no number of pixels from 32 to 4096")
            }
            return value
        }
    }

    /// Reads the weights.
    /// - Parameter candidates: points of each object that are stored; nil for none.
    func predictor(candidates: Int? = nil) throws -> DensePosePredictor {
        if let threads { Torch.threads = threads }
        let configuration = try preset.map { name in
            guard let known = DensePoseConfiguration.preset(name) else {
                throw ValidationError(
                    "there is no preset \"\(name)\"; there are \(DensePoseConfiguration.presetNames.joined(separator: ", "))"
                )
            }
            return known
        }
        let (network, matching) = try DensePoseRCNN.read(weights, configuration: configuration)
        if let matching, !matching.unexpected.isEmpty {
            Terminal.error("\(weights): \(matching.unexpected.count) entries are not of this network and were left")
        }
        var options = DensePosePredictor.Options()
        (options.device, options.perPicture, options.candidates) = (Device(device)!, perPicture, candidates)
        options.minimumScore = minScore ?? (candidates == nil ? 0.5 : 0.05)
        (options.sides, options.drawsConfidences) = (try sides(), true)
        options.symmetry = try symmetry.map(ChartSymmetry.of)
        options.outputs = (masks ? DetectionOutputs.masks : []).union(dense ? .dense : [])
        return try DensePosePredictor(network, options, meshes: meshes(of: network))
    }

    /// The meshes whose vertices are wanted, and their charts where these are known, as they are of template bodies.
    private func meshes(of network: DensePoseRCNN) throws -> [(name: String, chartPoints: [ChartPoint]?)] {
        let known = network.configuration.dense?.embedding?.meshes ?? []
        guard mesh.isEmpty || !known.isEmpty else {
            throw ValidationError("--mesh is for networks with embeddings, and \(weights) has charts")
        }
        return try (mesh.isEmpty ? known.map(\.name) : mesh).map { text in
            let name = String(text.prefix { $0 != "=" })
            guard let embedded = known.first(where: { $0.name == name }) else {
                throw ValidationError(
                    "--mesh: the network embeds \(known.map(\.name).joined(separator: ", ")), not \"\(name)\"")
            }
            guard text != name || TemplateBody.species.contains(name) else { return (name, nil) }
            let surface = try EmbeddedMesh(text)
            guard surface.vertexCount == embedded.vertices else {
                throw ValidationError(
                    "--mesh: the network knows \"\(name)\" with \(embedded.vertices) vertices, and this mesh has \(surface.vertexCount)"
                )
            }
            return (name, surface.chartPoints)
        }
    }
}
