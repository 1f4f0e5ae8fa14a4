import Annotations
import ArgumentParser
import Commands

struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Say which format a file or folder is in, and why the others are ruled out.",
        discussion: """
            Exit status 1 when it is none that can be imported.

            Example:
              annotate detect instances_val2017.json
            """)

    @Argument(help: "A file or folder.", completion: .file())
    var path: String

    @OptionGroup var json: JSONOption

    func run() throws {
        let detection = try FormatDetection.run(path)
        if json.json {
            try Terminal.json(detection)
        } else {
            if let format = detection.format {
                print("\(path): \(format.rawValue) (\(detection.evidence))")
                print("  \(format.importCommand)")
            } else {
                print("\(path): none of the formats that can be imported")
            }
            for format in DataFormat.allCases {
                if let reason = detection.rejected[format.rawValue] { print("  not \(format.rawValue): \(reason)") }
            }
        }
        if detection.format == nil { throw ExitCode(1) }
    }
}
