import Foundation
import Testing

@testable import Geometry

@Suite struct GeodesicMatrixTests {
    @Test func theFileHoldsEveryDistanceInTheOrderOfPdist() throws {
        let mesh = Shapes.torus(around: 12, across: 7)
        let solver = try GeodesicSolver(mesh, method: .exact)
        let rows = try (0..<84).map { try solver.distances(from: $0) }
        try withTemporaryFolder { folder in
            var shares: [Double] = []
            try GeodesicMatrix.write(solver, to: folder + "/d.npy") { shares.append($0) }
            #expect(shares.last == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["d.npy"])
            let matrix = try GeodesicMatrix(path: folder + "/d.npy")
            #expect(matrix.vertexCount == 84)
            for i in 0..<84 {
                let row = matrix.row(i)
                #expect(row[i] == 0)
                for j in 0..<84 {
                    #expect(matrix[i, j] == (i == j ? 0 : Float(rows[max(i, j)][min(i, j)])))
                    #expect(row[j] == matrix[i, j])
                }
            }
            // What NumPy reads: the header ends at a multiple of 64, then 84 * 83 / 2 numbers, k = i (i - 1) / 2 + j.
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/d.npy")))
            let start = 10 + Int(bytes[8])
            #expect(start % 64 == 0 && bytes.count == start + 4 * 3486)
            #expect(String(decoding: bytes[10..<start], as: UTF8.self).contains("'shape': (3486,)"))
            let k = start + 4 * (50 * 49 / 2 + 3)
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[k + $1]) << (8 * UInt32($1)) }
            #expect(Float(bitPattern: bits) == Float(rows[50][3]))
        }
    }

    @Test func aFileThatIsCutShortOrForeignIsRefused() throws {
        let solver = try GeodesicSolver(Shapes.sphere(level: 0), method: .dijkstra)
        try withTemporaryFolder { folder in
            let path = folder + "/d.npy"
            try GeodesicMatrix.write(solver, to: path)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            func refusal(_ data: Data) throws -> String {
                try data.write(to: URL(fileURLWithPath: path))
                do { _ = try GeodesicMatrix(path: path) } catch { return error.description }
                return ""
            }
            func check(_ data: Data, _ problem: String) throws {
                let found = try refusal(data)
                #expect(found.contains(problem))
            }
            try check(whole.dropLast(1), "\(path): has 263 bytes of distances, but 12 vertices need 264")
            try check(whole + Data([0]), "has 265 bytes")
            try check(whole.prefix(40), "ends within its header")
            try check(Data(), "it has 0 bytes")
            try check(Data("no matrix at all".utf8), "no NumPy array")
            let text = String(decoding: whole.prefix(128), as: UTF8.self)
            #expect(text.contains("(66,)"))
            for (old, new) in [("(66,)", "(67,)"), ("<f4", "<f8"), ("(66,)", "(6,11)")] {
                var foreign = whole
                let range = foreign.range(of: Data(old.utf8))!
                foreign.replaceSubrange(range, with: Data(new.utf8))
                let problem = try refusal(foreign)
                #expect(!problem.isEmpty)
            }
        }
        #expect(throws: GeodesicMatrixError.self) { try GeodesicMatrix(path: "/nowhere/d.npy") }
        #expect(throws: GeodesicMatrixError.self) { try GeodesicMatrix.write(solver, to: "/nowhere/d.npy") }
    }
}
