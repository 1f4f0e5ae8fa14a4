import Foundation
import Testing

@testable import Geometry

@Suite struct LaplacianTests {
    @Test(arguments: LaplacianKind.allCases)
    func rowsSumToZeroAndMassesToTheArea(kind: LaplacianKind) throws {
        let mesh = Shapes.torus()
        let laplacian = try Laplacian(mesh, kind: kind)
        let ones = [Double](repeating: 1, count: mesh.vertexCount)
        #expect(laplacian.stiffness.times(ones).allSatisfy { abs($0) < 1e-12 })
        #expect(abs(laplacian.lumpedMass.reduce(0, +) - mesh.area) < 1e-12)
        #expect(abs(laplacian.mass.times(ones).reduce(0, +) - mesh.area) < 1e-12)
        // The Galerkin mass lumps to the lumped one.
        for (row, lump) in zip(laplacian.mass.times(ones), laplacian.lumpedMass) { #expect(abs(row - lump) < 1e-12) }
    }

    @Test func theEnergyOfALinearFunctionIsItsSlopeSquaredTimesTheArea() throws {
        let square = Shapes.square(cells: 7)
        for kind in LaplacianKind.allCases {
            let laplacian = try Laplacian(square, kind: kind)
            let f = square.positions.map { 3 * $0.x - 2 * $0.y }
            let energy = zip(f, laplacian.stiffness.times(f)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(energy - 13) < 1e-10)
        }
    }

    @Test func theFactorisationSolvesAndCountsNegativeEigenvalues() throws {
        let laplacian = try Laplacian(Shapes.sphere(level: 2))
        let symbolic = try SymbolicFactorization(laplacian.stiffness)
        // The sphere's eigenvalues are l (l + 1), 2 l + 1 times each: 1 + 3 + 5 lie below 9.
        let factorization = try #require(
            SparseFactorization(
                laplacian.stiffness, symbolic: symbolic, shift: 9, diagonal: laplacian.lumpedMass))
        #expect(factorization.negativePivots == 9)
        let x = (0..<162).map { sin(Double($0)) }
        let right = zip(laplacian.stiffness.times(x), zip(laplacian.lumpedMass, x)).map { $0 - 9 * $1.0 * $1.1 }
        for (found, truth) in zip(factorization.solve(right), x) { #expect(abs(found - truth) < 1e-10) }
    }
}
