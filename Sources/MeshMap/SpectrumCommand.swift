import ArgumentParser
import Commands
import Foundation
import Geometry

struct SpectrumCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spectrum", abstract: "The lowest eigenvalues of a mesh's Laplacian.",
        discussion: """
            Cotangent weights and lumped areas; on the intrinsic Delaunay triangulation unless --laplacian says otherwise.
            Eigenvalues have the unit 1 / area. A count by inertia proves that none is missing, and is printed.

            Example:
              meshmap spectrum human.obj --count 200 --json
            """)

    @OptionGroup var input: MeshInput

    @Option(help: "How many.")
    var count = 200

    @Option(help: "intrinsicDelaunay, or cotangent for the mesh's own triangles.")
    var laplacian = LaplacianKind.intrinsicDelaunay

    @OptionGroup var json: JSONOption

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count is 1 to 100000") }
    }

    private struct Output: Encodable {
        var mesh: String
        var vertices: Int
        var laplacian: LaplacianKind
        var eigenvalues: [Double]
        var certificate: LaplacianSpectrum.Certificate
    }

    func run() throws {
        let output = try input.measuring { mesh in
            let spectrum = try LaplacianSpectrum(mesh, count: count, kind: laplacian)
            return Output(
                mesh: input.mesh, vertices: mesh.vertexCount, laplacian: laplacian, eigenvalues: spectrum.eigenvalues,
                certificate: spectrum.certificate)
        }
        if json.json { return try Terminal.json(output) }
        Terminal.table(
            ["", "eigenvalue"],
            output.eigenvalues.enumerated().map { ["\($0)", String(format: "%.9g", $1)] })
        let certificate = output.certificate
        print()
        if let bound = certificate.bound {
            print(
                "\(certificate.counted) lie below \(String(format: "%.6g", bound)) by inertia, \(certificate.found) were found"
            )
        } else {
            print("all \(certificate.found) eigenvalues of the matrix were computed")
        }
    }
}

extension LaplacianKind: ExpressibleByArgument {}
