import Foundation
import Geometry

/// Spectra and distances of a mesh, with the CPU seconds that they took, for `spectrum.sh` and `geodesics.sh`.
///
///     geometry-benchmark spectrum MESH COUNT VALUES          eigenvalues on the mesh's own triangles, one a line
///     geometry-benchmark distances MESH METHOD SOURCES FILE  rows of 64-bit numbers; SOURCES are numbers with commas
///     geometry-benchmark all-pairs MESH                      heat distances between all vertices, not kept
///     geometry-benchmark matrix MESH FILE                    the same, as a matrix in a file
///
/// Prints CPU seconds, wall seconds, and the largest resident memory in MiB; reading the mesh is not counted.
@main
enum GeometryBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        let counts = ["spectrum": 5, "distances": 6, "all-pairs": 3, "matrix": 4]
        guard arguments.count > 1, let count = counts[arguments[1]], arguments.count >= count else {
            print(
                "usage: geometry-benchmark spectrum MESH COUNT OUT | distances MESH METHOD VERTEX,... OUT | all-pairs MESH"
                    + " | matrix MESH OUT")
            exit(2)
        }
        let mesh = try MeshFile.read(arguments[2]).triangulated().mesh
        let (start, clock) = (cpuSeconds(), ContinuousClock.now)
        switch arguments[1] {
        case "spectrum":
            let spectrum = try LaplacianSpectrum(mesh, count: Int(arguments[3]) ?? 200, kind: .cotangent)
            report(start, clock)
            let certificate = spectrum.certificate
            print("certificate \(certificate.counted) \(certificate.found)")
            let lines = spectrum.eigenvalues.map { "\($0)" }.joined(separator: "\n")
            try Data(lines.utf8).write(to: URL(fileURLWithPath: arguments[4]))
        case "distances":
            guard let method = GeodesicMethod(rawValue: arguments[3]) else { fatalError("no method \(arguments[3])") }
            let solver = try GeodesicSolver(mesh, method: method)
            let sources = arguments[4].split(separator: ",").compactMap { Int($0) }
            var rows: [Double] = []
            try solver.forEachTile(sources: sources) { (tile) throws(MeshError) in
                for index in tile.sources.indices { rows += tile.row(index) }
            }
            report(start, clock)
            try rows.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: arguments[5])) }
        case "all-pairs":
            let solver = try GeodesicSolver(mesh, method: .heat)
            var farthest = 0.0
            try solver.forEachTile { (tile) throws(MeshError) in
                farthest = max(farthest, tile.row(0).max() ?? 0)
            }
            report(start, clock)
        case "matrix":
            try GeodesicMatrix.write(GeodesicSolver(mesh, method: .heat), to: arguments[3])
            report(start, clock)
        default: break
        }
    }

    private static func usage() -> rusage {
        var usage = rusage()
        // RUSAGE_SELF; Glibc gives the constant another type than the function takes.
        getrusage(0, &usage)
        return usage
    }

    private static func cpuSeconds() -> Double {
        let usage = usage()
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    private static func report(_ start: Double, _ clock: ContinuousClock.Instant) {
        let wall = (ContinuousClock.now - clock) / .seconds(1)
        print("time \(cpuSeconds() - start) \(wall) \(usage().ru_maxrss / 1024)")
    }
}
