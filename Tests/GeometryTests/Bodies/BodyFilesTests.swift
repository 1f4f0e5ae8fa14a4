import Foundation
import Geometry
import Testing

@Suite struct BodyFilesTests {
    private static let meshes = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("meshes").path

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bodies-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test(arguments: ["human", "giraffe"])
    func whatIsWrittenIsReadBackEqual(species: String) throws {
        try withFolder { folder in
            let body = try MadeBodies.named(species)
            try body.write(toFolder: folder)
            #expect(try TemplateBody(readingFrom: "\(folder)/\(species).obj") == body)
        }
    }

    @Test(arguments: TemplateBody.species)
    func theCommittedFilesAreWhatIsGenerated(species: String) throws {
        try withFolder { folder in
            let body = try MadeBodies.named(species)
            try body.write(toFolder: folder)
            for name in ["\(species).obj", "\(species).json"] {
                let made = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"))
                let kept = try #require(FileManager.default.contents(atPath: "\(Self.meshes)/\(name)"))
                #expect(made == kept, "\(name): run meshmap generate --all")
            }
        }
    }

    @Test func theManifestHoldsTheFingerprintsOfBothLevels() throws {
        let data = try #require(FileManager.default.contents(atPath: "\(Self.meshes)/manifest.json"))
        let manifest = try JSONDecoder().decode(BodyManifest.self, from: data)
        #expect(manifest.bodies.keys.sorted() == TemplateBody.species.sorted())
        for species in TemplateBody.species {
            let body = try MadeBodies.named(species)
            #expect(manifest.bodies[species]?["level2"]?.sha256 == "\(body.fingerprint)")
            #expect(manifest.bodies[species]?["level2"]?.vertices == body.mesh.vertexCount)
        }
        let fine = try TemplateBody.generate("human", level: 3)
        #expect(manifest.bodies["human"]?["level3"]?.sha256 == "\(fine.fingerprint)")
        #expect(fine.mesh.vertexCount == 29_826)
    }

    @Test func aDescriptionThatDoesNotFitTheMeshIsRefused() throws {
        try withFolder { folder in
            let body = try MadeBodies.named("human")
            try body.write(toFolder: folder)
            let path = "\(folder)/human.json"
            let whole = try #require(FileManager.default.contents(atPath: path))
            try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
            #expect(
                throws: MeshFileError(
                    path: path, problem: "is no description of a template body (as `meshmap generate` writes)")
            ) {
                try TemplateBody(readingFrom: "\(folder)/human.obj")
            }
            let dog = try MadeBodies.named("dog")
            try dog.write(toFolder: folder)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: "\(folder)/dog.json", toPath: path)
            #expect(throws: MeshFileError(path: path, problem: "describes 7554 vertices, the mesh beside it has 7458"))
            {
                try TemplateBody(readingFrom: "\(folder)/human.obj")
            }
        }
    }
}
