import Foundation
import Geometry

/// Every method on bodies whose true correspondence is known: `correspondence-benchmark SOURCE TARGET [SEED]`.
@main
struct Correspondence {
    struct Setting {
        var method: MatchMethod
        var landmarks = 0
        var borderNoise = 0.0
        var landmarkNoise = 0.0
        var hasParts = true
    }

    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 4, arguments[1] == "time" { return try time(arguments[2], arguments[3]) }
        guard arguments.count >= 3 else {
            print("usage: correspondence-benchmark SOURCE TARGET [SEED [short]] | time SOURCE.obj TARGET.obj")
            exit(2)
        }
        let source = try TemplateBody.named(arguments[1])
        let target = try TemplateBody.named(arguments[2])
        let seed = arguments.count > 3 ? UInt64(arguments[3]) ?? 1 : 1
        print("\(source.name) to \(target.name), seed \(seed); errors in % of the root of the target's area")
        print(
            "method              borders  landmarks  noise    mean  median    p95   <5%   hands   feet  swapped  cycle"
                + "  cover  smooth  CPU s")
        for setting in arguments.count > 4 ? short : settings { try run(setting, source, target, seed) }
    }

    /// CPU seconds of the functional map alone: eigenfunctions of both bodies, refinement in both directions, points in triangles.
    /// First with pyFM's steps at all vertices, then as `meshmap match` does it.
    static func time(_ first: String, _ second: String) throws {
        let (a, b) = (try LabelledMesh.read(first), try LabelledMesh.read(second))
        var same = SpectralRefinement()
        same.sizes = Array(stride(from: 20, through: 200, by: 20))
        same.samples = .max
        func seconds(_ method: MatchMethod, _ refinement: SpectralRefinement = .init()) throws -> Double {
            var matcher = Matcher(method: method)
            matcher.refinement = refinement
            let start = cpuSeconds()
            _ = try matcher.match(a, b)
            return cpuSeconds() - start
        }
        let start = try seconds(.borders)
        print(String(format: "%.3f %.3f", try seconds(.functional, same) - start, try seconds(.functional) - start))
    }

    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    static let short: [Setting] = [
        Setting(method: .semantic), Setting(method: .borders, borderNoise: 0.01),
        Setting(method: .functional, borderNoise: 0.01), Setting(method: .functional, landmarks: 20),
    ]

    static let settings: [Setting] = [
        Setting(method: .semantic), Setting(method: .semanticInParts), Setting(method: .borders),
        Setting(method: .borders, borderNoise: 0.01), Setting(method: .functional),
        Setting(method: .functional, borderNoise: 0.01), Setting(method: .functional, borderNoise: 0.02),
        Setting(method: .landmarks, landmarks: 20, hasParts: false),
        Setting(method: .functional, landmarks: 20, hasParts: false),
        Setting(method: .functional, landmarks: 20), Setting(method: .functional, landmarks: 20, landmarkNoise: 0.01),
        Setting(method: .functional, landmarks: 20, landmarkNoise: 0.02),
        Setting(method: .functional, landmarks: 20, borderNoise: 0.01, landmarkNoise: 0.01),
        Setting(method: .functional, landmarks: 40), Setting(method: .functional, landmarks: 40, landmarkNoise: 0.01),
        Setting(method: .functional, landmarks: 1000),
    ]

    static func run(_ setting: Setting, _ source: TemplateBody, _ target: TemplateBody, _ seed: UInt64) throws {
        var difficulty = BodyPair.Difficulty()
        difficulty.borderNoise = setting.borderNoise
        difficulty.landmarkNoise = setting.landmarkNoise
        let pair = try BodyPair(source, target, difficulty: difficulty, seed: seed)
        var (a, b) = (pair.source, pair.target)
        let names = a.spreadLandmarks(setting.landmarks, common: b)
        a = a.keeping(landmarks: names)
        let labels = (a.parts, b.parts)
        if !setting.hasParts { (a.parts, b.parts) = (nil, nil) }
        let start = cpuSeconds()
        let result = try Matcher(method: setting.method).match(a, b)
        let seconds = cpuSeconds() - start
        (a.parts, b.parts) = labels
        let quality = try MapQuality(result.forward, result.backward, source: a, target: b)
        let evaluation = try MapEvaluation(result.forward, truth: pair.truth, target: b.mesh, parts: a.parts)
        func mean(_ words: [String]) -> Double {
            let parts = a.parts!
            let vertices = parts.names.indices.filter { part in words.contains { parts.names[part].hasSuffix($0) } }
                .flatMap { parts.vertices(of: $0) }
            let errors = vertices.map { evaluation.errors[$0] }.filter(\.isFinite)
            return errors.isEmpty ? .nan : errors.reduce(0, +) / Double(errors.count)
        }
        func pad(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        print(
            pad(setting.method.rawValue, 20)
                + String(
                    format:
                        "%4.0f cm  %9d  %2.0f cm %7.2f %7.2f %6.2f %5.2f %7.2f %6.2f  %7.4f %6.2f %6.2f %7.2f %8.1f",
                    setting.borderNoise * 100, names.count, setting.landmarkNoise * 100, evaluation.meanErrorPercent,
                    evaluation.medianErrorPercent, evaluation.percentile95ErrorPercent, evaluation.within5,
                    mean(["hand", "fingers"]), mean(["foot", "toes"]), quality.swapped ?? .nan, quality.cycleError,
                    quality.coverage, quality.smoothness, seconds) + (setting.hasParts ? "" : "  no parts"))
    }
}
