import ArgumentParser
import Catalog
import Commands
import Evaluation
import Foundation
import Workflows

struct TrainSelfTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftrain",
        abstract: "Let a teacher label pictures of an animal that nobody annotated, and train students on them.",
        discussion: """
            The teacher looks at the target's pictures and keeps everything that it finds; labelled pictures that no training
            sees calibrate it. Labels are chosen in each of the named ways, and for each seed a student, which begins with the
            teacher's weights, learns from sources, support and these labels. With several rounds students are teachers in turn.
            At the end stands a table of all of them on the tests.

            Each step is a command of these programs, whose output and log lie in the folder. The same command goes on after an
            interruption.

            Example:
              train selftrain --out runs/self --teacher runs/teacher/densepose.safetensors --source people=1 --support animals=1 \\
                --target traps --calibrate people-test --test chimps-test --mesh human --symmetry human \\
                --points uniform,mask,parts,uv --per-object 5 --seeds 0,1,2 --steps 2000 --jobs 2
            """)

    @Option(help: ArgumentHelp("Folder of the work.", valueName: "folder"), completion: .directory)
    var out: String

    @Option(help: "Name of the runs in the catalog. Default: the folder's name.")
    var name: String?

    @Option(
        help: ArgumentHelp("The teacher's weights. Without, one is trained on sources and support.", valueName: "file"),
        completion: .file())
    var teacher: String?

    @Option(help: "Which network, where the teacher is trained; --init of a teacher's file needs the same.")
    var preset = "tiny"

    @Option(help: ArgumentHelp("A configuration in JSON in place of a preset.", valueName: "file"), completion: .file())
    var config: String?

    @Option(help: ArgumentHelp("Fully annotated pictures; may be given several times.", valueName: "part"))
    var source: [String] = []

    @Option(help: ArgumentHelp("Pictures of other classes, for boxes and masks.", valueName: "part"))
    var support: [String] = []

    @Option(help: ArgumentHelp("Pictures without labels: DATASET or DATASET/SPLIT.", valueName: "part"))
    var target: String

    @Option(help: "How often a chosen picture of the target is drawn; sources need ratios too then.")
    var targetRatio: Double?

    @Option(
        help: ArgumentHelp("Labelled pictures that no training sees, to calibrate the teacher on.", valueName: "part"))
    var calibrate: String?

    @Option(help: ArgumentHelp("Labelled pictures to measure on; may be given several times.", valueName: "part"))
    var test: [String] = []

    @Option(help: "The mesh of the tests' dense points, as `annotate evaluate densepose` takes it.")
    var mesh: String?

    @Option(help: "Least threshold of the AP of dense points: 0.2 as in the paper's table, 0.5 as elsewhere.")
    var minThreshold = 0.2

    @Option(help: "What mirrored (u, v) are, as `train densepose` takes it.")
    var symmetry: String?

    @Flag(help: "Teachers look at mirror images too, and average (needs --symmetry): better labels, at twice the time.")
    var mirror = false

    @Option(
        help: ArgumentHelp(
            "Shorter sides at which teachers look, and average, as `infer densepose` takes them.", valueName: "list"))
    var side: String?

    @Option(
        help:
            "Ways to choose points: uniform, mask, parts, uv, combined; none for a student without the target's pictures, which shows what more training alone does."
    )
    var points = "parts"

    @Option(help: "Points of an object, or several numbers to compare: 0,1,5.")
    var perObject = "5"

    @OptionGroup var conditions: SelfTrainConditions

    @Option(help: "The most points of an object that are stored.")
    var candidates = 200

    @Option(help: "Rounds.")
    var rounds = 1

    @Option(help: "Seeds, a student each: 0,1,2.")
    var seeds = "0"

    @Option(help: "Steps of a student. Default: the preset's.")
    var steps: Int?

    @Option(help: "Steps of the teacher. Default: the preset's.")
    var teacherSteps: Int?

    @Option(help: "Learning rate of students. Default: the preset's.")
    var rate: Double?

    @Option(help: "Students at a time, which share the cores.")
    var jobs = 1

    @Option(help: "cpu, cuda or cuda:1.")
    var device = "cpu"

    @Option(help: "float32, bfloat16, or float16 on CUDA, for trainings.")
    var precision = "float32"

    @Option(help: ArgumentHelp("Write the report as one web page.", valueName: "file"), completion: .file())
    var html: String?

    @Flag(help: "Print the steps, and do nothing else.")
    var dryRun = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard !source.isEmpty || !support.isEmpty else {
            throw ValidationError("name a --source, which students learn from too")
        }
        guard rounds >= 1, jobs >= 1 else { throw ValidationError("--rounds and --jobs are at least 1") }
        guard !mirror || symmetry != nil else { throw ValidationError("--mirror needs --symmetry") }
        guard !test.isEmpty else { throw ValidationError("name a --test: pictures with labels that no training sees") }
        _ = try plan()
    }

    private func plan() throws -> SelfTrainingPlan {
        let folder = URL(fileURLWithPath: out).standardizedFileURL
        var plan = SelfTrainingPlan(
            name: name ?? folder.lastPathComponent, folder: folder.path,
            catalog: URL(fileURLWithPath: catalog.path).standardizedFileURL.path, target: .init(target))
        plan.teacher = teacher.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        (plan.sources, plan.supports, plan.targetRatio) = (source, support, targetRatio)
        (plan.calibration, plan.tests, plan.mesh) = (calibrate.map { .init($0) }, test.map { .init($0) }, mesh)
        plan.leastThreshold = minThreshold
        plan.lookingArguments =
            (mirror ? ["--symmetry", symmetry!] : []) + (side.map { ["--side", $0] } ?? [])
        // Students at a time share the cores.
        let threads = jobs > 1 ? max(1, ProcessInfo.processInfo.activeProcessorCount / jobs) : nil
        let network =
            config.map { ["--config", URL(fileURLWithPath: $0).standardizedFileURL.path] } ?? ["--preset", preset]
        plan.trainingArguments =
            network + ["--precision", precision] + (symmetry.map { ["--symmetry", $0] } ?? [])
        (plan.teacherSteps, plan.studentSteps, plan.studentRate) = (teacherSteps, steps, rate)
        (plan.keep, plan.candidates, plan.rounds) = (conditions.keep, candidates, rounds)
        (plan.device, plan.threads, plan.lanes) = (device, threads, threads)
        plan.seeds = try seeds.split(separator: ",").map { word in
            guard let seed = UInt64(word) else { throw ValidationError("--seeds: \"\(word)\" is no number") }
            return seed
        }
        let counts = try perObject.split(separator: ",").map { word in
            guard let count = Int(word), count >= 0 else {
                throw ValidationError("--per-object: \"\(word)\" is no number")
            }
            return count
        }
        plan.arms = try points.split(separator: ",").flatMap { word -> [SelfTrainingPlan.Arm] in
            if word == "none" { return [.control] }
            guard let strategy = PointRecipe.Strategy(rawValue: String(word)) else {
                let known = PointRecipe.Strategy.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--points: \"\(word)\" is none of \(known), none")
            }
            return counts.map { .init(strategy, count: $0) }
        }
        guard !plan.seeds.isEmpty, !plan.arms.isEmpty else {
            throw ValidationError("--seeds, --points and --per-object name at least one each")
        }
        return plan
    }

    func run() throws {
        let plan = try plan()
        if dryRun { return show(plan) }
        let opened = try catalog.open()
        try opened.read { reader in
            for test in plan.tests + [plan.target] + [plan.calibration].compactMap({ $0 }) {
                _ = try reader.dataset(named: test.dataset)
            }
        }
        let runner = StepRunner(folder: plan.folder) { Terminal.error($0) }
        let training = SelfTraining(plan, runner: runner)
        try training.run(jobs: jobs)
        let report = try training.report()
        if let html { try EvaluationPage(report).write(to: html) }
        if json.json { return try Terminal.json(report) }
        for table in report.tables {
            print("\n\(table.title)")
            Terminal.table(
                [table.subject] + table.columns, table.rows.map { row in [row.name] + row.values.map(Self.text) })
        }
    }

    private static func text(_ value: Double) -> String { value == -1 ? "" : String(format: "%.2f", value) }

    private func show(_ plan: SelfTrainingPlan) {
        let steps =
            plan.stepsOfTeacher
            + plan.chains.flatMap { chain in
                (1...plan.rounds).flatMap { plan.steps(chain, round: $0) }
            }
        for step in steps { print("# \(step.title)\n\(step.program) \(step.arguments.joined(separator: " "))") }
    }
}

/// Which objects become labels.
struct SelfTrainConditions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A condition on objects, as `annotate pseudo sample` takes it; several count all.", valueName: "condition"))
    var keep: [String] = ["score>=0.8"]

    func validate() throws {
        do { _ = try keep.map { try ConfidenceCondition($0) } } catch let error as PseudoLabelError {
            throw ValidationError("--keep: \(error)")
        }
    }
}
