/// Self-training on pictures of an animal that nobody has annotated (Sanakoyeu et al. 2020, section 3.5): a teacher
/// labels them, a student begins with the teacher's weights and learns from what was chosen, and is the next teacher.
public struct SelfTrainingPlan: Sendable, Codable, Equatable {
    /// One way to choose points.
    public struct Arm: Sendable, Codable, Hashable {
        /// nil for a student that goes on without the target's pictures: what more training alone does.
        public var strategy: PointRecipe.Strategy?
        /// Points of an object.
        public var count: Int

        public init(_ strategy: PointRecipe.Strategy, count: Int) { (self.strategy, self.count) = (strategy, count) }

        private init() { (strategy, count) = (nil, 0) }

        public static let control = Arm()

        /// In the names of runs.
        public var name: String { strategy.map { "\($0.rawValue)-\(count)" } ?? "without" }
    }

    /// Labelled pictures to measure on.
    public struct Test: Sendable, Codable, Hashable {
        public var dataset: String
        public var split: String?

        public var name: String { split.map { "\(dataset)-\($0)" } ?? dataset }

        var arguments: [String] { ["--dataset", dataset] + (split.map { ["--split", $0] } ?? []) }

        /// - Parameter text: `DATASET` or `DATASET/SPLIT`.
        public init(_ text: String) {
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            (dataset, split) = (parts.first ?? "", parts.count > 1 ? parts[1] : nil)
        }
    }

    /// Of the runs.
    public var name: String
    public var folder: String
    public var catalog: String
    /// The teacher's weights; nil trains one.
    public var teacher: String?
    /// As `train densepose` takes them.
    public var sources: [String]
    public var supports: [String]
    /// Pictures without labels.
    public var target: Test
    /// How often a pseudo-labelled picture is drawn, beside the sources.
    public var targetRatio: Double?
    /// Labelled pictures that no training sees, to calibrate on.
    public var calibration: Test?
    public var tests: [Test]
    /// The mesh of the tests' dense points; nil leaves them unmeasured.
    public var mesh: String?
    /// The least threshold of their AP; the paper's table has 0.2.
    public var leastThreshold: Double
    /// Beside sources, what every training takes, such as `--preset tiny --symmetry human`.
    public var trainingArguments: [String]
    public var teacherSteps: Int?
    public var studentSteps: Int?
    public var studentRate: Double?
    /// Conditions on objects.
    public var keep: [String]
    public var candidates: Int
    /// How teachers look at the target's pictures: several sides and mirror images give better labels than one look.
    public var lookingArguments: [String]
    public var arms: [Arm]
    public var rounds: Int
    public var seeds: [UInt64]
    /// For every program.
    public var device: String
    public var threads: Int?
    /// Of trainings.
    public var lanes: Int?

    /// A student's training, and what comes before and after it.
    public struct Chain: Sendable, Hashable {
        public let arm: Arm
        public let seed: UInt64
    }

    /// One for each way to choose points and seed; they do not need each other.
    public var chains: [Chain] { arms.flatMap { arm in seeds.map { Chain(arm: arm, seed: $0) } } }

    public init(name: String, folder: String, catalog: String, target: Test) {
        (self.name, self.folder, self.catalog, self.target) = (name, folder, catalog, target)
        (teacher, sources, supports, targetRatio, calibration, tests, mesh) = (nil, [], [], nil, nil, [], nil)
        leastThreshold = 0.2
        (trainingArguments, teacherSteps, studentSteps, studentRate) = ([], nil, nil, nil)
        (keep, candidates, arms, rounds, seeds) = (["score>=0.8"], 200, [Arm(.parts, count: 5)], 1, [0])
        lookingArguments = []
        (device, threads, lanes) = ("cpu", nil, nil)
    }
}

extension SelfTrainingPlan {
    /// The plan without what may be added to later.
    var essence: SelfTrainingPlan {
        var essence = self
        (essence.arms, essence.seeds, essence.rounds, essence.tests) = ([], [], 0, [])
        (essence.threads, essence.lanes) = (nil, nil)
        return essence
    }

    private var catalogArguments: [String] { ["--catalog", catalog] }
    private var deviceArguments: [String] { ["--device", device] + (threads.map { ["--threads", "\($0)"] } ?? []) }

    public var teacherWeights: String { teacher ?? "\(folder)/teacher/densepose.safetensors" }

    func weights(_ chain: Chain, round: Int) -> String {
        "\(folder)/\(path(chain, round: round))/densepose.safetensors"
    }

    private func path(_ chain: Chain, round: Int) -> String {
        "\(chain.arm.name)/seed-\(chain.seed)/round-\(round)"
    }

    /// The teacher, what it finds in the target's pictures, how far it is to be trusted, and how good it is.
    public var stepsOfTeacher: [ProgramStep] {
        var steps: [ProgramStep] = []
        if teacher == nil {
            var options: [String] = []
            if let teacherSteps { options += ["--steps", "\(teacherSteps)"] }
            steps.append(
                training("teacher", folder: "teacher", name: "\(name)/teacher", seed: seeds[0], options))
        }
        return steps + looking("teacher", weights: teacherWeights) + measuring("teacher", weights: teacherWeights)
    }

    /// All that a chain does in a round, from 1.
    public func steps(_ chain: Chain, round: Int) -> [ProgramStep] {
        let id = path(chain, round: round)
        let own = "\(name)/\(id)"
        var steps: [ProgramStep] = []
        let teacherID = round == 1 ? "teacher" : path(chain, round: round - 1)
        let teacherWeights = round == 1 ? self.teacherWeights : weights(chain, round: round - 1)
        var options = ["--init", teacherWeights]
        if let strategy = chain.arm.strategy {
            if round > 1 { steps += looking(teacherID, weights: teacherWeights) }
            var choice = ["pseudo", "sample", "\(name)/\(teacherID)/store", "--as", own, "--replace", "--json"]
            choice += ["--points", strategy.rawValue, "--per-object", "\(chain.arm.count)"]
            choice += ["--seed", "\(chain.seed)"] + keep.flatMap { ["--keep", $0] }
            steps.append(
                ProgramStep("\(id): choosing labels", file: "\(id)/sample", "annotate", choice + catalogArguments))
            let ratio = targetRatio.map { "=\($0)" } ?? ""
            options += ["--target", "\(target.dataset)@\(own)\(ratio)"]
        }
        if let studentSteps { options += ["--steps", "\(studentSteps)"] }
        if let studentRate { options += ["--rate", "\(studentRate)"] }
        steps.append(training("student", folder: id, name: "\(own)/student", seed: chain.seed, options))
        return steps + measuring(id, weights: weights(chain, round: round))
    }

    private func training(
        _ what: String, folder place: String, name: String, seed: UInt64, _ options: [String]
    ) -> ProgramStep {
        var arguments = ["densepose"] + trainingArguments
        arguments += sources.flatMap { ["--source", $0] } + supports.flatMap { ["--support", $0] }
        arguments += options + ["--out", "\(folder)/\(place)", "--name", name, "--seed", "\(seed)"]
        if let lanes { arguments += ["--lanes", "\(lanes)"] }
        return ProgramStep(
            "\(place): training the \(what)", file: "\(place)/train", "train",
            arguments + deviceArguments + catalogArguments)
    }

    /// Finds everything in the target's pictures, and calibrates.
    private func looking(_ id: String, weights: String) -> [ProgramStep] {
        func store(_ place: Test, _ run: String, _ title: String, _ file: String) -> ProgramStep {
            var arguments = ["densepose"] + place.arguments + ["--weights", weights, "--store", run]
            arguments += ["--candidates", "\(candidates)"] + lookingArguments + deviceArguments + catalogArguments
            return ProgramStep("\(id): \(title)", file: file, "infer", arguments)
        }
        var steps = [store(target, "\(name)/\(id)/store", "looking at the target's pictures", "\(id)/store")]
        if let calibration {
            let run = "\(name)/\(id)/labelled"
            steps.append(store(calibration, run, "looking at labelled pictures", "\(id)/labelled"))
            let arguments = [
                "pseudo", "calibrate", "\(name)/\(id)/store", "--with", run, "--dataset", calibration.dataset,
                "--class-agnostic", "--json",
            ]
            steps.append(
                ProgramStep(
                    "\(id): calibrating", file: "\(id)/calibration", "annotate", arguments + catalogArguments))
        }
        return steps
    }

    /// What is measured, in the order of the table.
    public var measures: [String] { ["boxes", "masks"] + (mesh == nil ? [] : ["densepose"]) }

    func measureStep(_ id: String, _ test: Test, _ measure: String) -> ProgramStep {
        var arguments = ["evaluate", measure] + test.arguments
        arguments += ["--run", "\(name)/\(id) on \(test.name)", "--class-agnostic", "--json"]
        if measure == "densepose" { arguments += ["--mesh", mesh!, "--min-threshold", "\(leastThreshold)"] }
        return ProgramStep(
            "\(id): measuring \(measure) on \(test.name)", file: "\(id)/\(test.name)-\(measure)", "annotate",
            arguments + catalogArguments)
    }

    private func measuring(_ id: String, weights: String) -> [ProgramStep] {
        tests.flatMap { test in
            var arguments = ["densepose"] + test.arguments + ["--weights", weights, "--min-score", "0.05"]
            arguments += ["--run", "\(name)/\(id) on \(test.name)"] + deviceArguments + catalogArguments
            let look = ProgramStep(
                "\(id): looking at \(test.name)", file: "\(id)/\(test.name)", "infer", arguments)
            return [look] + measures.map { measureStep(id, test, $0) }
        }
    }

    func identifier(_ chain: Chain, round: Int) -> String { path(chain, round: round) }
}
