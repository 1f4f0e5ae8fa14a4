import CMeshKernel
import Dispatch
import Hashing

/// Eigenpairs of a large Laplacian, slice by slice (Ericsson, Ruhe 1980; Grimes, Lewis, Simon 1994).
///
/// Every slice has a shift, chosen by Weyl's law (the j-th eigenvalue is about 4πj / area) and corrected by the inertia there,
/// and block Lanczos finds the eigenvalues around it. Inertia at the ends of the slices says how many each must have; what is
/// missing is looked for again, away from what is known, and a slice that stays incomplete is divided.
struct SpectrumSlicing {
    private let problem: EigenProblem
    private let symbolic: SymbolicFactorization
    private let permutation: [Int32]
    private let rootMass: [Double]
    private let component: [Int32]

    private struct Shift {
        let value: Double
        let factorization: SparseFactorization
        /// Positive eigenvalues below it.
        let below: Int
    }
    private struct Found {
        var values: [Double] = []
        /// M^(1/2) φ in the factor's order.
        var vectors: [[Double]] = []
    }

    init(_ problem: EigenProblem) throws(MeshError) {
        self.problem = problem
        symbolic = try SymbolicFactorization(problem.stiffness)
        let permutation = symbolic.permutation
        self.permutation = permutation
        rootMass = permutation.map { problem.rootMass[Int($0)] }
        component = permutation.map { problem.components.component[Int($0)] }
        mesh_use_one_blas_thread()
    }

    /// The lowest positive eigenvalues, at least `count` of them.
    /// - Precondition: `count` is positive.
    func pairs(_ count: Int) throws(MeshError) -> EigenProblem.Pairs {
        precondition(count > 0)
        var perSlice = 50
        while perSlice >= 6 {
            if let pairs = try sliced(count, perSlice: perSlice) { return pairs }
            perSlice /= 2
        }
        throw .unsuitable(
            "the \(count) lowest eigenvalues of this mesh could not be computed: some stay missing however finely the "
                + "spectrum is divided; is it made of many equal pieces?")
    }

    private func sliced(_ count: Int, perSlice: Int) throws(MeshError) -> EigenProblem.Pairs? {
        let shifts = try shifts(count, perSlice: perSlice)
        // Each pair of neighbours shares the eigenvalues between their shifts, and a few more than half are asked of each.
        let spare = 4
        let between = zip(shifts, shifts.dropFirst()).map { $1.below - $0.below }
        let wanted = shifts.indices.map { i in
            (
                below: i == 0 ? shifts[0].below : min(between[i - 1], (between[i - 1] + 1) / 2 + spare),
                above: i == shifts.count - 1
                    ? max(1, count - shifts[i].below) + 2 * spare : min(between[i], between[i] / 2 + spare)
            )
        }
        var found = try parallel(shifts.count) { i in
            lanczos(shifts[i], below: wanted[i].below, above: wanted[i].above, seed: UInt64(i))
        }
        // The ends of the slices, each in the widest gap between eigenvalues that both sides may have.
        var ends: [Double] = []
        for i in 0..<(shifts.count - 1) {
            let (low, high) = (shifts[i].value, shifts[i + 1].value)
            let left = found[i].values.filter { $0 > low && $0 < high }
            let right = found[i + 1].values.filter { $0 > low && $0 < high }
            ends.append(Self.cut((left + right).sorted(), from: right.first ?? high, to: left.last ?? low))
        }
        let top = shifts[shifts.count - 1]
        let above = found[shifts.count - 1].values.filter { $0 > top.value }
        let last = max(0, min(count - top.below, above.count) - 1)
        guard !above.isEmpty || top.below >= count else { return nil }
        ends.append(above.isEmpty ? top.value : Self.cut(above, from: above[last], to: above[above.count - 1]))
        let marks = ends
        let counts = try parallel(ends.count) { factorized(at: marks[$0])?.below }
        var total = 0
        for i in shifts.indices {
            let expected = counts[i] - total
            total = counts[i]
            let (low, high) = (i == 0 ? 0 : ends[i - 1], ends[i])
            var attempts = 0
            func inside() -> Int { found[i].values.count { $0 > low && $0 < high } }
            while inside() < expected, attempts < 8 {
                let missing = expected - inside()
                attempts += 1
                let more = lanczos(
                    shifts[i], below: missing, above: missing, seed: UInt64(1000 * attempts + i), locked: found[i])
                guard let more, !more.values.isEmpty else { break }
                found[i].values += more.values
                found[i].vectors += more.vectors
            }
            guard inside() == expected else { return nil }
            let kept = found[i].values.indices.filter { found[i].values[$0] > low && found[i].values[$0] < high }
                .sorted { found[i].values[$0] < found[i].values[$1] }
            found[i] = Found(
                values: kept.map { found[i].values[$0] }, vectors: kept.map { found[i].vectors[$0] })
        }
        guard total >= count else { return nil }
        let constants = problem.components.members.count
        return .init(
            values: found.flatMap(\.values), vectors: found.flatMap { $0.vectors.map(unpermuted) },
            certificate: .init(
                bound: ends[ends.count - 1], counted: total + constants,
                found: found.reduce(constants) { $0 + $1.values.count }))
    }

    /// Shifts that leave at most about `perSlice` of the lowest `count` eigenvalues to each.
    private func shifts(_ count: Int, perSlice: Int) throws(MeshError) -> [Shift] {
        let spacing = 4 * Double.pi / problem.masses.reduce(0, +)
        let slices = (count + perSlice - 1) / perSlice
        let places = (0..<slices).map { spacing * Double(count) * (Double($0) + 0.5) / Double(slices) }
        var shifts = try parallel(places.count) { factorized(at: places[$0]) }.compactMap { $0 }
        var ceiling = Double.infinity
        // Weyl's law is far off for meshes with boundaries or few vertices: divide what is too full, leave what is beyond.
        for _ in 0..<200 {
            while let last = shifts.last, last.below > count {
                ceiling = last.value
                shifts.removeLast()
            }
            let below = [0] + shifts.map(\.below)
            let values = [0] + shifts.map(\.value)
            var place: Double?
            for i in 1..<max(1, values.count) where below[i] - below[i - 1] > (i == 1 ? perSlice : 3 * perSlice / 2) {
                place = (values[i - 1] + values[i]) / 2
            }
            if place == nil, count - below[below.count - 1] > perSlice {
                let next = values[values.count - 1] + spacing * Double(perSlice)
                place = min(max(next, 1.2 * values[values.count - 1]), (values[values.count - 1] + ceiling) / 2)
            }
            guard let place else { break }
            // Between neighbours that are as good as equal nothing can be divided any more.
            guard place - values.last(where: { $0 < place })! > 1e-9 * place, let shift = factorized(at: place) else {
                break
            }
            shifts.insert(shift, at: shifts.firstIndex { $0.value > shift.value } ?? shifts.count)
        }
        if shifts.isEmpty, let shift = factorized(at: spacing / 2) { shifts = [shift] }
        guard !shifts.isEmpty else { throw .unsuitable("the mesh's Laplacian could not be factorised") }
        return shifts
    }

    /// The middle of the widest gap between sorted values of a range.
    private static func cut(_ values: [Double], from low: Double, to high: Double) -> Double {
        guard low < high else { return (low + high) / 2 }
        let inside = values.filter { $0 >= low && $0 <= high }
        var (best, widest) = ((low + high) / 2, 0.0)
        for (a, b) in zip(inside, inside.dropFirst()) where b - a > widest { (best, widest) = ((a + b) / 2, b - a) }
        return best
    }

    private func factorized(at place: Double) -> Shift? {
        // A shift that meets an eigenvalue exactly has no factorisation; the next one has.
        for nudge in [1, 1 + 1e-7, 1 - 3e-7] {
            let value = place * nudge
            if let factorization = SparseFactorization(
                problem.stiffness, symbolic: symbolic, shift: value, diagonal: problem.masses)
            {
                return Shift(
                    value: value, factorization: factorization,
                    below: factorization.negativePivots - problem.components.members.count)
            }
        }
        return nil
    }

    private func lanczos(_ shift: Shift, below: Int, above: Int, seed: UInt64, locked: Found = Found()) -> Found? {
        let flat = locked.vectors.flatMap { $0 }
        return flat.withUnsafeBufferPointer { flat in
            let starts = locked.vectors.indices.map { flat.baseAddress?.advanced(by: $0 * problem.order) }
            return starts.withUnsafeBufferPointer { starts in
                rootMass.withUnsafeBufferPointer { rootMass in
                    component.withUnsafeBufferPointer { component in
                        var problem = MeshLanczosProblem(
                            factor: shift.factorization.handle, shift: shift.value, rootMass: rootMass.baseAddress,
                            component: component.baseAddress,
                            components: Int32(self.problem.components.members.count), below: Int32(below),
                            above: Int32(above), locked: starts.baseAddress, lockedCount: Int32(starts.count),
                            seed: seed, tolerance: 1e-10)
                        guard let pairs = mesh_lanczos(&problem) else { return nil }
                        defer { mesh_eigenpairs_free(pairs) }
                        let count = mesh_eigenpairs_count(pairs)
                        return Found(
                            values: Array(
                                UnsafeBufferPointer(start: mesh_eigenpairs_values(pairs), count: Int(count))),
                            vectors: (0..<count).map {
                                Array(
                                    UnsafeBufferPointer(
                                        start: mesh_eigenpairs_vector(pairs, $0), count: self.problem.order))
                            })
                    }
                }
            }
        }
    }

    private func unpermuted(_ vector: [Double]) -> [Double] {
        var result = vector
        for (new, old) in permutation.enumerated() { result[Int(old)] = vector[new] }
        return result
    }

    /// Runs on all processors; the results come in order.
    private func parallel<Value>(_ count: Int, _ body: @Sendable (Int) -> Value?) throws(MeshError) -> [Value] {
        let results = concurrentMap(count) { body($0) }
        guard !results.contains(where: { $0 == nil }) else {
            throw .unsuitable(
                "not enough memory for the eigenvalues of a mesh of \(problem.order) vertices, or its Laplacian cannot "
                    + "be factorised")
        }
        return results.compactMap { $0 }
    }
}
