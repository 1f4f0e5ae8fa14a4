import Foundation
import Testing

@testable import Geometry

@Suite struct LaplacianSpectrumTests {
    /// Largest deviation of φᵢᵀ M φⱼ from the identity, and of S φ from λ M φ relative to the largest eigenvalue.
    private func defects(_ spectrum: LaplacianSpectrum, _ laplacian: Laplacian) -> (
        orthogonality: Double, residual: Double
    ) {
        var (orthogonality, residual) = (0.0, 0.0)
        for i in 0..<spectrum.count {
            let f = Array(spectrum.eigenfunction(i))
            for j in 0...i {
                let product = zip(zip(f, spectrum.eigenfunction(j)), spectrum.masses).reduce(0) {
                    $0 + $1.0.0 * $1.0.1 * $1.1
                }
                orthogonality = max(orthogonality, abs(product - (i == j ? 1 : 0)))
            }
            let error = zip(laplacian.stiffness.times(f), zip(f, spectrum.masses)).reduce(0.0) {
                let r = $1.0 - spectrum.eigenvalues[i] * $1.1.0 * $1.1.1
                return $0 + ($1.1.1 > 0 ? r * r / $1.1.1 : 0)
            }
            residual = max(residual, error.squareRoot() / max(spectrum.eigenvalues.last!, 1))
        }
        return (orthogonality, residual)
    }

    @Test func theSphereHasItsEigenvaluesWithTheirMultiplicities() throws {
        let mesh = Shapes.sphere(level: 3)
        let spectrum = try LaplacianSpectrum(mesh, count: 121)
        var index = 0
        for l in 0...5 {
            for _ in 0...(2 * l) {
                let truth = Double(l * (l + 1))
                #expect(abs(spectrum.eigenvalues[index] - truth) <= 0.002 * truth * truth + 1e-12)
                index += 1
            }
        }
        let defects = defects(spectrum, try Laplacian(mesh))
        #expect(defects.orthogonality < 1e-8)
        #expect(defects.residual < 1e-8)
        #expect(spectrum.certificate.counted == spectrum.certificate.found)
        #expect(spectrum.certificate.found >= 121)
    }

    @Test func slicesAgreeWithLAPACK() throws {
        let mesh = Shapes.torus(around: 40, across: 18)
        let laplacian = try Laplacian(mesh)
        let problem = EigenProblem(laplacian, triangles: mesh.triangles)
        let (dense, sliced) = (try problem.densePairs(), try SpectrumSlicing(problem).pairs(150))
        #expect(sliced.values.count >= 150)
        for (one, other) in zip(dense.values, sliced.values) { #expect(abs(one - other) < 1e-8 * one) }
    }

    @Test func aFlatSquareHasTheEigenvaluesOfNeumann() throws {
        let spectrum = try LaplacianSpectrum(Shapes.square(cells: 40), count: 30)
        var truth: [Double] = []
        for a in 0..<12 { for b in 0..<12 { truth.append(Double.pi * .pi * Double(a * a + b * b)) } }
        truth.sort()
        for (found, expected) in zip(spectrum.eigenvalues, truth) {
            #expect(abs(found - expected) <= 0.02 * expected + 1e-9)
        }
    }

    @Test func equalPiecesGiveEveryEigenvalueAsOftenAsThereArePieces() throws {
        let sphere = Shapes.sphere(level: 3)
        var mesh = sphere
        for i in 1..<3 {
            mesh = try GeodesicSolverTests.together(mesh, sphere, by: [4 * Double(i), 0, 0])
        }
        let spectrum = try LaplacianSpectrum(mesh, count: 48)
        // l = 0, 1, 2, 3: (1 + 3 + 5 + 7) * 3.
        #expect(spectrum.eigenvalues.prefix(3).allSatisfy { $0 == 0 })
        for (index, truth) in [(3, 2.0), (11, 2), (12, 6), (26, 6), (27, 12), (47, 12)] {
            #expect(abs(spectrum.eigenvalues[index] - truth) < 0.05 * truth)
        }
        #expect(try defects(spectrum, Laplacian(mesh)).orthogonality < 1e-8)
    }

    @Test func theSameMeshGivesTheSameFunctions() throws {
        let mesh = Shapes.torus(around: 50, across: 20)
        let (one, other) = (try LaplacianSpectrum(mesh, count: 60), try LaplacianSpectrum(mesh, count: 60))
        #expect(one.eigenfunctions == other.eigenfunctions)
        #expect(one.eigenvalues == other.eigenvalues)
    }

    @Test func aTinyMeshGivesAllThatItHas() throws {
        let sphere = Shapes.sphere(level: 0)
        let mesh = try TriangleMesh(positions: sphere.positions + [[9, 9, 9]], triangles: sphere.triangles)
        let spectrum = try LaplacianSpectrum(mesh, count: 200)
        #expect(spectrum.count == 12)
        #expect(spectrum.certificate.bound == nil)
        #expect(spectrum.eigenfunction(5).last == 0)
        #expect(try defects(spectrum, Laplacian(mesh)).orthogonality < 1e-10)
        let triangle = try TriangleMesh(positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], triangles: [[0, 1, 2]])
        #expect(try LaplacianSpectrum(triangle, count: 1).eigenvalues == [0])
    }

    @Test func descriptorsDoNotChangeWithScaleAndAverageToOne() throws {
        let mesh = try GeodesicSolverTests.bumpy(level: 2)
        let large = try mesh.moved(to: mesh.positions.map { $0 * 100 })
        let (one, other) = (try LaplacianSpectrum(mesh, count: 40), try LaplacianSpectrum(large, count: 40))
        for (a, b) in [
            (one.heatKernelSignature(times: 6), other.heatKernelSignature(times: 6)),
            (one.waveKernelSignature(energies: 20), other.waveKernelSignature(energies: 20)),
        ] {
            for (x, y) in zip(a, b) {
                for (p, q) in zip(x, y) { #expect(abs(p - q) < 1e-6 * max(1, p)) }
                let mean = zip(x, one.masses).reduce(0) { $0 + $1.0 * $1.1 } / one.masses.reduce(0, +)
                #expect(abs(mean - 1) < 1e-9)
            }
        }
        // On a sphere no point is special.
        let sphere = try LaplacianSpectrum(Shapes.sphere(level: 3), count: 49)
        for time in sphere.heatKernelSignature(times: 4) { #expect(time.allSatisfy { abs($0 - 1) < 0.1 }) }
    }
}
