import Dispatch
public import Evaluation
import Foundation
import Synchronization

/// A folder that holds other work.
public struct OtherPlanError: Error, Equatable, CustomStringConvertible {
    public let folder: String

    public var description: String {
        "\(folder) holds work of another plan (plan.json tells which): name another folder, and --name another run"
    }
}

/// Carries a plan out, step by step, and sums up.
public struct SelfTraining: Sendable {
    public let plan: SelfTrainingPlan
    private let runner: StepRunner

    public init(_ plan: SelfTrainingPlan, runner: StepRunner) { (self.plan, self.runner) = (plan, runner) }

    /// - Parameter jobs: chains at a time.
    /// - Throws: `OtherPlanError`; the first error of a chain, after the others have come to the end of their step.
    public func run(jobs: Int) throws {
        try claimFolder()
        for step in plan.stepsOfTeacher { try runner.run(step) }
        let chains = plan.chains
        let state = Mutex((next: 0, error: (any Error)?.none))
        DispatchQueue.concurrentPerform(iterations: min(jobs, chains.count)) { _ in
            while let chain = state.withLock({ state -> SelfTrainingPlan.Chain? in
                guard state.error == nil, state.next < chains.count else { return nil }
                state.next += 1
                return chains[state.next - 1]
            }) {
                do {
                    for step in (1...plan.rounds).flatMap({ plan.steps(chain, round: $0) }) {
                        guard state.withLock({ $0.error == nil }) else { return }
                        try runner.run(step)
                    }
                } catch {
                    state.withLock { $0.error = $0.error ?? error }
                }
            }
        }
        if let error = state.withLock({ $0.error }) { throw error }
    }

    /// Work that was done under another plan is not gone on with: what it chose and learnt would be mixed with what is
    /// chosen now. More seeds, rounds, tests and ways to choose points may come later.
    private func claimFolder() throws {
        let path = URL(fileURLWithPath: "\(plan.folder)/plan.json")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        if let known = FileManager.default.contents(atPath: path.path),
            let before = try? JSONDecoder().decode(SelfTrainingPlan.self, from: known), before.essence != plan.essence
        {
            throw OtherPlanError(folder: plan.folder)
        }
        try FileManager.default.createDirectory(atPath: plan.folder, withIntermediateDirectories: true)
        try encoder.encode(plan).write(to: path, options: .atomic)
    }

    /// The paper's table: for each test the teacher, then each way to choose points with mean and deviation over seeds.
    /// - Throws: where a result cannot be read.
    public func report() throws -> EvaluationReport {
        var report = EvaluationReport(
            title: "Self-training “\(plan.name)”",
            notes: [
                "Teacher: \(plan.teacherWeights). Target: \(plan.target.name). Conditions: \(plan.keep.joined(separator: ", ")).",
                "\(plan.seeds.count) seeds, \(plan.rounds) rounds. “better” is the mean difference to the teacher.",
            ], metrics: [])
        for test in plan.tests {
            let teacher = try scores("teacher", test)
            var rows: [(name: String, values: [Double])] = [
                ("teacher", teacher.flatMap { [$0, -1, -1] })
            ]
            for arm in plan.arms {
                for round in 1...plan.rounds {
                    let all = try plan.seeds.map { seed in
                        try scores(plan.identifier(.init(arm: arm, seed: seed), round: round), test)
                    }
                    let name = plan.rounds > 1 ? "\(arm.name), round \(round)" : arm.name
                    rows.append(
                        (
                            name,
                            plan.measures.indices.flatMap { measure in
                                let values = all.map { $0[measure] }
                                let mean = values.reduce(0, +) / Double(values.count)
                                return [mean, Self.deviation(values), mean - teacher[measure]]
                            }
                        ))
                }
            }
            report.tables.append(
                ReportTable(
                    test.name, title: "On \(test.name): AP", subject: "labels",
                    columns: plan.measures.flatMap { [$0, "± \($0)", "\($0) better"] }, rows: rows))
        }
        return report
    }

    /// AP in per cent of each measure.
    private func scores(_ id: String, _ test: SelfTrainingPlan.Test) throws -> [Double] {
        try plan.measures.map { measure in
            let step = plan.measureStep(id, test, measure)
            struct Result: Decodable {
                let precision: Double
                enum CodingKeys: String, CodingKey { case precision = "AP" }
            }
            guard let printed = runner.finished(step) else {
                throw ProgramStepError(step: step, reason: "it has not been done")
            }
            let its = try JSONDecoder().decode(Result.self, from: Data(printed.utf8)).precision
            // Dense correspondence is in per cent already, as detectron2 gives it.
            return measure == "densepose" ? its : 100 * its
        }
    }

    /// Of a sample; -1 of a single number.
    static func deviation(_ values: [Double]) -> Double {
        guard values.count > 1 else { return -1 }
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}
