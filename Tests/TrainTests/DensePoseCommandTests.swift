import Catalog
import Checkpoints
import CommandLineTesting
import Foundation
import Imaging
import Testing

/// A DensePose R-CNN from drawn pictures to labels in the catalog, with the programs as people run them.
@Suite(.serialized) struct DensePoseCommandTests {
    private let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        tool.environment["OMP_NUM_THREADS"] = "1"
        tool.environment["XDG_CACHE_HOME"] = tool.folder + "/kept"
        try succeed("annotate init")
        try succeed("annotate synth bodies --species human --pictures 8 --size 96x96 --animals 1 --dataset people")
        // A network so narrow that a step takes a moment.
        var configuration =
            try JSONSerialization.jsonObject(
                with: Data(succeed("train densepose --show-config").utf8)) as! [String: Any]
        var trunk = configuration["trunk"] as! [String: Any]
        (trunk["widths"], trunk["stemWidth"]) = ([16, 16, 16, 16], 16)
        configuration["trunk"] = trunk
        configuration["pyramidWidth"] = 16
        var dense = configuration["dense"] as! [String: Any]
        (dense["width"], dense["decoderWidth"]) = (16, 16)
        configuration["dense"] = dense
        try JSONSerialization.data(withJSONObject: configuration).write(
            to: URL(fileURLWithPath: tool.folder + "/narrow.json"))
    }

    @discardableResult
    private func succeed(_ line: String) throws -> String {
        let words = line.split(separator: " ").map(String.init)
        let outcome = try tool.run(CommandLineTool.products + "/" + words[0], Array(words.dropFirst()))
        try #require(outcome.status == 0, "\(line): \(outcome.error)")
        return outcome.output
    }

    private func fail(_ line: String, with status: Int32, saying text: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let outcome = try tool.run(CommandLineTool.products + "/" + words[0], Array(words.dropFirst()))
        #expect(outcome.status == status, "\(line)")
        #expect(outcome.error.contains(text), "\(line): \(outcome.error)")
    }

    private static let training =
        "train densepose --config narrow.json --source people --symmetry human --batch 2 --threads 1 --workers 0"

    private func tensors(_ path: String) throws -> [String: [Float]] {
        let checkpoint = try Checkpoint.read(tool.folder + "/" + path)
        return Dictionary(uniqueKeysWithValues: try checkpoint.tensors.map { ($0.name, try $0.tensor.floats()) })
    }

    @Test func aTrainingGoesOnAndItsNetworkFindsThings() throws {
        // A training that was cut in two ends with the same weights.
        try succeed(Self.training + " --steps 4 --out whole")
        try succeed(Self.training + " --steps 4 --out cut --checkpoint-every 2 --name first")
        for lost in ["checkpoints/step-00000004.safetensors", "densepose.safetensors"] {
            try FileManager.default.removeItem(atPath: tool.folder + "/cut/" + lost)
        }
        try succeed(Self.training + " --steps 4 --out cut --checkpoint-every 2 --name first")
        let whole = try tensors("whole/densepose.safetensors")
        #expect(try tensors("cut/densepose.safetensors") == whole)
        #expect(whole.values.allSatisfy { $0.allSatisfy(\.isFinite) })

        // Files: pictures, maps and results.
        let found = try succeed(
            "infer densepose catalog.synth/people/images --weights whole/densepose.safetensors --min-score 0 --per-picture 2 --out drawn --draw masks,parts,u,certainty,boxes --iuv maps --results found.json --threads 1"
        )
        #expect(found.hasPrefix("8 pictures, 16 objects"), "\(found)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: tool.folder + "/drawn").count == 8)
        let results = try #require(
            try JSONSerialization.jsonObject(with: tool.contents("found.json")) as? [[String: Any]])
        #expect(results.count == 16)
        for result in results {
            let box = try #require(result["bbox"] as? [Double])
            let deviation = try #require(result["bbox_sigma"] as? [Double])
            #expect(deviation.count == 4 && deviation.allSatisfy { $0 > 0 })
            #expect(
                (result["confidences"] as? [String: Double])?.keys.sorted() == [
                    "box", "class", "foreground", "parts", "uv",
                ])
            let shape = try #require(result["uv_shape"] as? [Int])
            #expect(shape == [3, max(1, Int(box[3])), max(1, Int(box[2]))])
            let png = try #require((result["uv_data"] as? String).flatMap { Data(base64Encoded: $0) })
            let map = try Image(decoding: [UInt8](png))
            #expect([map.channels, map.height, map.width] == shape)
        }

        // A clip: as many frames drawn as it has, at its rate, with objects that keep their numbers.
        try succeed("annotate synth clips --species human --clips 1 --frames 6 --rate 10 --size 96x64 --dataset walk")
        let clip =
            "catalog.synth/walk/clips/"
            + (try FileManager.default.contentsOfDirectory(
                atPath: tool.folder + "/catalog.synth/walk/clips")[0])
        let frames = try succeed(
            "infer densepose \(clip) --weights whole/densepose.safetensors --min-score 0 --per-picture 1 --out clips --smooth 0.5 --side 64,96 --symmetry human --results frames.json --threads 1"
        )
        #expect(frames.hasPrefix("6 pictures, 6 objects"), "\(frames)")
        let drawn = try tool.contents("clips/" + URL(fileURLWithPath: clip).lastPathComponent)
        #expect(drawn.count > 1000)
        let listed = try #require(
            try JSONSerialization.jsonObject(with: tool.contents("frames.json")) as? [[String: Any]])
        #expect(listed.compactMap { $0["image_id"] as? Int } == [1, 2, 3, 4, 5, 6])

        // The catalog: labels of a run, once however often the command is given.
        let command =
            "infer densepose --dataset people --weights whole/densepose.safetensors --min-score 0 --per-picture 2 --run found --threads 1"
        try succeed(command)
        #expect(try succeed(command).hasPrefix("0 pictures"))
        let catalog = try CatalogFile.open(at: tool.folder + "/catalog.sqlite")
        try catalog.read { reader in
            let run = try reader.run(named: "found")
            var labels = 0
            try reader.forEachInstance(InstanceQuery(runIDs: [run.id])) { record, parts in
                labels += 1
                #expect(record.score != nil && parts.denseMap != nil)
                #expect(record.extra?.contains("confidences") == true && record.extra?.contains("bbox_sigma") == true)
            }
            #expect(labels == 16)
        }
        // Frames of clips: objects keep their numbers, also after an interruption.
        let walking =
            "infer densepose --dataset walk --weights whole/densepose.safetensors --min-score 0 --per-picture 1 --run walked --batch 2 --threads 1"
        try succeed(walking)
        try catalog.read { reader in
            var tracks: [Int64?] = []
            let run = try reader.run(named: "walked")
            try reader.forEachInstance(InstanceQuery(runIDs: [run.id])) { record, _ in tracks.append(record.track) }
            #expect(tracks.count == 6 && tracks.allSatisfy { $0 != nil })
        }
        #expect(try succeed(walking).hasPrefix("0 pictures"))
    }

    @Test func processesShareAStep() throws {
        // The same first weights and the same pictures; which regions are drawn differs, and so does rounding.
        try succeed(Self.training + " --steps 1 --rate 1e-9 --out one")
        try succeed(Self.training + " --steps 1 --rate 1e-9 --out two --processes 2")
        let (one, two) = try (tensors("one/densepose.safetensors"), tensors("two/densepose.safetensors"))
        #expect(one.keys == two.keys)
        for (name, values) in one {
            #expect(zip(values, try #require(two[name])).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
        }
        try fail(Self.training + " --steps 1 --out three --processes 3", with: 2, saying: "shared by 3 processes")
        try fail(
            "train densepose --config narrow.json --source nobody --batch 2 --out four --processes 2", with: 1,
            saying: "nobody")
    }

    @Test func aNetworkWithEmbeddingsGivesVerticesAndCharts() throws {
        try succeed(
            "train densepose --config narrow.json --source people --embedding human --batch 2 --threads 1 --workers 0 --steps 2 --out vertices"
        )
        let weights = "--weights vertices/densepose.safetensors --min-score 0 --per-picture 2 --threads 1"
        try succeed(
            "infer densepose catalog.synth/people/images \(weights) --out drawn --draw vertices,parts --results found.json"
        )
        let results = try #require(
            try JSONSerialization.jsonObject(with: tool.contents("found.json")) as? [[String: Any]])
        #expect(results.count == 16)
        for result in results {
            #expect(result["ref_model"] as? String == "human" && result["uv_data"] == nil)
            let png = try #require((result["vertex_data"] as? String).flatMap { Data(base64Encoded: $0) })
            let box = try #require(result["bbox"] as? [Double])
            let map = try Image(decoding: [UInt8](png))
            #expect(map.width == max(1, Int(box[2])) && map.height == max(1, Int(box[3])))
        }
        try succeed("annotate export densepose truth.json --dataset people")
        let measured = try succeed(
            "annotate evaluate densepose --truth truth.json --predictions found.json --mesh human --json")
        #expect(measured.contains("\"AP\""))
        // The charts of a template body are known: labels of the catalog have maps.
        try succeed("infer densepose --dataset people \(weights) --run found")
        let catalog = try CatalogFile.open(at: tool.folder + "/catalog.sqlite")
        try catalog.read { reader in
            let run = try reader.run(named: "found")
            try reader.forEachInstance(InstanceQuery(runIDs: [run.id])) { #expect($1.denseMap != nil) }
        }
        try fail("infer densepose a.png \(weights) --out o --mesh cat", with: 2, saying: "the network embeds human")
        try fail("infer densepose a.png \(weights) --out o --symmetry human", with: 1, saying: "mirrored")
        // A training goes on with what its configuration names; other meshes need a file.
        try fail("train densepose --preset r50-cse --source people --out x", with: 2, saying: "smpl_27554=FILE")
        try fail("train densepose --embedding nobody --source people --out x", with: 1, saying: "nobody")
        try fail("train densepose --embedding a=none.obj --source people --out x", with: 1, saying: "none.obj")
    }

    @Test func labelsAreChosenFromAStoreAndAStudentLearnsFromThem() throws {
        try succeed(Self.training + " --steps 2 --out teacher")
        try succeed(
            "annotate synth clips --species chimpanzee --clips 2 --frames 2 --size 96x96 --animals 1 --dataset traps")
        let look = "infer densepose --dataset traps --weights teacher/densepose.safetensors --threads 1"
        let storing = look + " --min-score 0 --per-picture 3 --candidates 40 --store t"
        // Workers of two copies of the catalog, and one that does all.
        try FileManager.default.copyItem(
            atPath: tool.folder + "/catalog.sqlite", toPath: tool.folder + "/second.sqlite")
        #expect(try succeed(storing + " --shard 1/2").hasPrefix("2 pictures, 6 objects"))
        #expect(try succeed(storing + " --shard 2/2 --catalog second.sqlite").hasPrefix("2 pictures, 6 objects"))
        try succeed("annotate merge second.sqlite")
        #expect(try succeed(storing).hasPrefix("0 pictures"))
        let stats = try #require(
            try JSONSerialization.jsonObject(with: Data(succeed("annotate pseudo stats t --json").utf8))
                as? [String: Any])
        let stored = try #require(stats["stored"] as? [String: Int])
        #expect(stored["pictures"] == 4 && stored["detections"] == 12)
        try fail(look + " --store t --min-score 0.5", with: 1, saying: "t")

        // Of the pictures that are labelled, how far to trust it; then a sample, a student, and the sample as a file.
        try succeed(
            "infer densepose --dataset people --weights teacher/densepose.safetensors --threads 1 --min-score 0 --per-picture 3 --candidates 40 --store p"
        )
        #expect(
            try succeed("annotate pseudo calibrate t --with p --dataset people").contains("24 objects of “p” compared"))
        try succeed("annotate pseudo plot t --out plots")
        #expect(FileManager.default.fileExists(atPath: tool.folder + "/plots/reliability-score.png"))
        let chosen = try succeed("annotate pseudo sample t --as one --points uniform --per-object 2 --distinct 0")
        #expect(chosen.contains("chose 12 objects"))
        try fail("annotate pseudo sample t --as one", with: 1, saying: "--replace puts the new sample")
        try fail("annotate pseudo sample t --as two --keep score<=1", with: 2, saying: "score is a probability")
        try fail("annotate pseudo stats one", with: 1, saying: "has stored no candidates")
        try succeed("annotate pseudo export one one.json")
        let file = try #require(try JSONSerialization.jsonObject(with: tool.contents("one.json")) as? [String: Any])
        #expect((file["images"] as? [Any])?.count == 4 && (file["annotations"] as? [Any])?.count == 12)
        try succeed(
            Self.training + " --init teacher/densepose.safetensors --target traps@one=1 --steps 2 --out student")
        try succeed(
            "infer densepose --dataset traps --weights student/densepose.safetensors --threads 1 --min-score 0 --per-picture 3 --candidates 40 --store s"
        )
        #expect(
            try succeed("annotate pseudo compare t s --min-score 0").contains("4 pictures that both have looked at"))
        #expect(
            try succeed("annotate pseudo reject t --keep score>=0").contains("12 objects are rejected, 12 of them anew")
        )
        #expect(try succeed("annotate pseudo sample t --as none").contains("chose 0 objects"))
        try succeed("annotate pseudo drop one")
        try succeed("annotate pseudo drop t --for-good")
        try fail("annotate pseudo sample t --as three", with: 1, saying: "has stored no candidates")
        try succeed("annotate check")
    }

    @Test func selfTrainingComesToTheSameTableAfterAKill() throws {
        try succeed(Self.training + " --steps 2 --out teacher")
        try succeed("annotate synth bodies --species chimpanzee --pictures 4 --size 96x96 --animals 1 --dataset traps")
        let line =
            "train selftrain --config narrow.json --teacher teacher/densepose.safetensors --source people=1 --target traps --target-ratio 1 --test people --mesh human --symmetry human --points none,parts --per-object 2 --steps 2 --keep score>=0 --candidates 40 --json --out "
        let whole = try succeed(line + "whole")
        #expect(whole.contains("\"parts-2\"") && whole.contains("\"without\""))
        let words = (line + "cut").split(separator: " ").map(String.init)
        let process = tool.process(CommandLineTool.products + "/" + words[0], Array(words.dropFirst()))
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        let deadline = Date() + 60
        while !FileManager.default.fileExists(atPath: tool.folder + "/cut/parts-2/seed-0/round-1/train.out.part"),
            Date() < deadline, process.isRunning
        {
            usleep(20_000)
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(try succeed(line + "cut") == whole)
        try fail(line + "cut --keep score>=0.9", with: 1, saying: "holds work of another plan")
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        try fail("train densepose --out x", with: 2, saying: "name a --source")
        try fail("train densepose --source people", with: 2, saying: "--out is missing")
        try fail("train densepose --preset giant --source people --out x", with: 2, saying: "there is no preset")
        try fail(
            "train densepose --calibration uv=round --source people --out x", with: 2, saying: "uv=diagonal")
        try fail("train densepose --source nobody --out x", with: 1, saying: "nobody")
        try fail("train densepose --source people=-1 --out x", with: 2, saying: "ratio")
        try fail(
            "train densepose --source people --symmetry none.mat --out x", with: 1, saying: "none.mat")
        try tool.write("{}", to: "empty.json")
        try fail(
            "train densepose --config empty.json --source people --out x", with: 2, saying: "no configuration")
        try tool.write("no weights", to: "w.pth")
        try fail("infer densepose a.png --weights w.pth --out o", with: 1, saying: "w.pth")
        try fail("infer densepose a.png --weights none.pth --out o", with: 1, saying: "none.pth")
        try fail("infer densepose --weights w.pth", with: 2, saying: "name either")
        try fail("infer densepose a.png --weights w.pth --out o --view v", with: 2, saying: "--dataset")
        try fail("infer densepose a.png --weights w.pth", with: 2, saying: "nothing would be kept")
        try fail("infer densepose a.png --weights w.pth --out o --draw parts,stars", with: 2, saying: "stars")
        try fail("infer densepose a.png --weights w.pth --out o --draw texture", with: 2, saying: "--texture")
        try fail("infer densepose a.png --weights w.pth --out o --side 96,x", with: 2, saying: "--side")
        try fail("infer densepose a.png --weights w.pth --out o --smooth 0.5", with: 2, saying: "for clips")
    }
}
