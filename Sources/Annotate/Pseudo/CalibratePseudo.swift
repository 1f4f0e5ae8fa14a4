import ArgumentParser
import Catalog
import Commands
import Foundation
import Workflows

struct CalibratePseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measure on labelled pictures how far a run's confidences are to be trusted.",
        discussion: """
            The same weights look at labelled pictures that they were not trained on (source or support, not the target) with
            `infer densepose --store`. What they say there is compared with the labels: a temperature for each probability, a
            scale for each variance, and the error of calibration (ECE) before and after. Conditions such as
            score:precision=90% use it; the stored numbers stay as the network gave them.

            Example:
              infer densepose --dataset people-test --weights runs/teacher/densepose.safetensors --store teacher-people
              annotate pseudo calibrate teacher --with teacher-people --dataset people-test
            """)

    @Argument(help: ArgumentHelp("The run that the calibration is for.", valueName: "run"))
    var runName: String

    @Option(help: "The run over labelled pictures. Default: the same.")
    var with: String?

    @Option(help: "The dataset whose labels are the truth.")
    var dataset: String

    @Flag(help: "Take all categories for one.")
    var classAgnostic = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let file = try catalog.open()
        let calibration = try file.read { reader in
            let (own, other) = (try reader.run(named: runName), try reader.run(named: with ?? runName))
            if weights(own) != weights(other) {
                Terminal.error("note: “\(runName)” and “\(other.name)” are not of the same weights")
            }
            return try Calibrator.calibration(of: other.name, on: dataset, isAgnostic: classAgnostic, reader)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(calibration), as: UTF8.self)
        try file.record { recorder in
            for name in Set([runName, with ?? runName]) {
                try recorder.setCalibration(text, ofRun: recorder.run(named: name).id)
            }
        }
        if json.json { return try Terminal.json(calibration) }
        print("\(calibration.detections) objects of “\(calibration.run)” compared with “\(dataset)”")
        func number(_ value: Double) -> String { String(format: "%.4f", value) }
        let heads = ConfidenceKey.allCases.compactMap { key in calibration.heads[key].map { (key, $0) } }
        Terminal.table(
            ["probability", "count", "temperature", "ECE", "ECE after"],
            heads.compactMap { key, head in
                guard case .probability(let its) = head else { return nil }
                return [
                    key.rawValue, "\(Int(its.total))", number(its.temperature), number(its.errorBefore),
                    number(its.errorAfter),
                ]
            })
        print("")
        Terminal.table(
            [
                "deviation", "count", "scale of variance", "1 sigma", "2 sigma", "3 sigma", "1 after", "2 after",
                "3 after",
            ],
            heads.compactMap { key, head in
                guard case .deviation(let its) = head else { return nil }
                return [key.rawValue, "\(its.count)", number(its.varianceScale)] + its.within.map(number)
                    + its.withinScaled.map(number)
            })
    }

    private func weights(_ run: RunRecord) -> JSONValue? {
        guard case .object(let settings)? = run.configuration.flatMap({ JSONValue(text: $0) }) else { return nil }
        return settings["weights"]
    }
}
