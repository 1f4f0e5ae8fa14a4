import Foundation
import Synchronization
import Testing

@testable import Workflows

/// The pipeline with programs that only say what they were asked, and fail when they are told to.
struct SelfTrainingTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("selftrain-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder + "/programs", withIntermediateDirectories: true)
        // Each call leaves a line; `evaluate` prints an AP that depends on the run; a file named `fail` has a word at which
        // to fail.
        let script = """
            #!/bin/sh
            echo "$(basename "$0") $*" >> "\(folder)/calls"
            if [ -e "\(folder)/fail" ]; then case "$*" in *"$(cat "\(folder)/fail")"*)
                echo "told to fail" >&2; [ -e "\(folder)/kill" ] && kill -9 $$; exit 3;; esac; fi
            case "$*" in evaluate*seed-0*) echo '{"AP": 0.5}';; evaluate*seed-1*) echo '{"AP": 0.7}';;
                evaluate*) echo '{"AP": 0.4}';; esac
            """
        for name in ["annotate", "infer", "train"] {
            let path = "\(folder)/programs/\(name)"
            try Data(script.utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
    }

    private var plan: SelfTrainingPlan {
        var plan = SelfTrainingPlan(
            name: "self", folder: folder + "/work", catalog: "c.sqlite", target: .init("traps/wild"))
        (plan.sources, plan.tests, plan.mesh) = (["people=1"], [.init("chimps")], "human")
        (plan.calibration, plan.seeds) = (.init("held-out"), [0, 1])
        plan.lookingArguments = ["--side", "96,128"]
        plan.arms = [.init(.parts, count: 5), .init(.uniform, count: 0)]
        return plan
    }

    private func train(_ plan: SelfTrainingPlan, jobs: Int = 1) throws {
        let runner = StepRunner(folder: plan.folder, programs: folder + "/programs") { _ in }
        try SelfTraining(plan, runner: runner).run(jobs: jobs)
    }

    private func table(_ plan: SelfTrainingPlan) throws -> [String] {
        let runner = StepRunner(folder: plan.folder, programs: folder + "/programs") { _ in }
        return try SelfTraining(plan, runner: runner).report().tables.flatMap { table in
            table.rows.map { "\($0.name) \($0.values.map { String(format: "%.2f", $0) }.joined(separator: " "))" }
        }
    }

    private func calls() throws -> [String] {
        guard let text = try? String(contentsOfFile: folder + "/calls", encoding: .utf8) else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    private static let whole = [
        "teacher 40.00 -1.00 -1.00 40.00 -1.00 -1.00 0.40 -1.00 -1.00",
        "parts-5 60.00 14.14 20.00 60.00 14.14 20.00 0.60 0.14 0.20",
        "uniform-0 60.00 14.14 20.00 60.00 14.14 20.00 0.60 0.14 0.20",
    ]

    @Test func theTableHasMeanAndDeviationOverSeeds() throws {
        try train(plan)
        #expect(try table(plan) == Self.whole)
        let calls = try calls()
        #expect(calls.count == plan.stepsOfTeacher.count + 4 * plan.steps(plan.chains[0], round: 1).count)
        // The teacher looks twice where it labels and is calibrated, and once where it is measured.
        #expect(calls.count { $0.contains("--side 96,128") } == 2)
        #expect(calls.filter { $0.contains("--side 96,128") }.allSatisfy { $0.contains("--store") })
        let student = try #require(calls.first { $0.contains("--out \(plan.folder)/parts-5/seed-1") })
        #expect(student.contains("--init \(plan.folder)/teacher/densepose.safetensors"))
        #expect(student.contains("--source people=1") && student.contains("--target traps@self/parts-5/seed-1/round-1"))
    }

    @Test func whatIsDoneIsNotDoneAgain() throws {
        try train(plan)
        let before = try calls().count
        try train(plan)
        #expect(try calls().count == before)
        // Another seed is added to what is there.
        var more = plan
        more.seeds = [0, 1, 2]
        try train(more)
        #expect(try calls().count == before + 2 * plan.steps(plan.chains[0], round: 1).count)
        // Other conditions would need other samples and students under the names of these.
        more.keep = ["score>=0.5"]
        #expect(throws: OtherPlanError(folder: plan.folder)) { try train(more) }
    }

    @Test(arguments: [false, true]) func afterAnInterruptionAnywhereTheTableIsTheSame(isKilled: Bool) throws {
        if isKilled { try Data().write(to: URL(fileURLWithPath: folder + "/kill")) }
        for word in ["--out \(plan.folder)/teacher", "--store", "calibrate", "sample", "seed-1", "evaluate masks"] {
            try Data(word.utf8).write(to: URL(fileURLWithPath: folder + "/fail"))
            let error = #expect(throws: ProgramStepError.self) { try train(plan, jobs: 2) }
            #expect("\(try #require(error))".contains(isKilled ? "signal 9" : "told to fail"))
            #expect(throws: ProgramStepError.self) { try table(plan) }
        }
        try FileManager.default.removeItem(atPath: folder + "/fail")
        try train(plan, jobs: 2)
        #expect(try table(plan) == Self.whole)
    }

    @Test func studentsBecomeTeachers() throws {
        var plan = plan
        plan.rounds = 2
        try train(plan)
        let calls = try calls()
        let second = try #require(calls.first { $0.contains("--out \(plan.folder)/parts-5/seed-0/round-2 ") })
        #expect(second.contains("--init \(plan.folder)/parts-5/seed-0/round-1/densepose.safetensors"))
        #expect(
            calls.contains {
                $0.contains("pseudo sample self/parts-5/seed-0/round-1/store --as self/parts-5/seed-0/round-2")
            })
        #expect(try table(plan).map { String($0.prefix { $0 != "." }) }.count == 5)
    }

    @Test func aMissingProgramIsNamed() throws {
        try FileManager.default.removeItem(atPath: folder + "/programs/infer")
        let error = #expect(throws: ProgramStepError.self) { try train(plan) }
        #expect("\(try #require(error))".contains("there is no program \(folder)/programs/infer"))
    }
}
