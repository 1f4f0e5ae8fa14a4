import ArgumentParser
import Imaging
import Networks

/// What is drawn over pictures.
struct DrawingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Folder for pictures with what was found drawn over them.", valueName: "folder"),
        completion: .directory)
    var out: String?

    @Option(
        help: ArgumentHelp("What is drawn: masks, parts, u, v, texture, certainty, vertices, boxes.", valueName: "list")
    )
    var draw: String?

    @Option(
        help: ArgumentHelp(
            "A texture to lay onto bodies: 24 tiles in four rows of six, as `meshmap transfer` writes it.",
            valueName: "file"),
        completion: .file())
    var texture: String?

    func validate() throws {
        let layers = try layers()
        guard layers.contains(.texture) == (texture != nil) else {
            throw ValidationError("--draw texture and --texture belong together")
        }
    }

    private func layers() throws -> [PredictionPainter.Layer] {
        let words = draw ?? (texture == nil ? "parts,boxes" : "texture")
        return try words.split(separator: ",").map { word in
            guard let layer = PredictionPainter.Layer(rawValue: String(word)) else {
                let known = PredictionPainter.Layer.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--draw: \"\(word)\" is none of \(known)")
            }
            return layer
        }
    }

    func painter(for network: DensePoseRCNN) throws -> PredictionPainter {
        PredictionPainter(
            try layers(), texture: try texture.map { try Image(fileAt: $0).eightBit() },
            vertexColors: try network.vertexColors())
    }
}
