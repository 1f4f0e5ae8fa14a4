import Foundation
import Hashing
import Testing

@testable import Catalog

@Suite struct RunTests {
    private func start(
        _ catalog: CatalogFile, _ name: String, kind: RunKind = .training, configuration: String? = nil
    ) throws -> Int64 {
        var run = RunStart(name: name, kind: kind, configuration: configuration, seed: 7)
        run.libraries = ["libtorch": "1.13.1"]
        run.device = "cpu"
        return try catalog.record { try $0.start(run) }
    }

    /// As if the process had been killed.
    private func abandon(_ run: Int64, in catalog: CatalogFile, host: String, heartbeat: String) throws {
        try catalog.record { recorder in
            try recorder.db.execute(
                sql:
                    "UPDATE execution SET host = ?, process = 1, process_started = 1, heartbeat_at = ? WHERE run_id = ?",
                arguments: [host, heartbeat, run])
        }
    }

    private func samples(_ name: String, _ values: [Double], from step: Int = 0) -> [MetricSample] {
        values.enumerated().map { index, value in
            MetricSample(name: name, step: step + index, epoch: Double(index) / 2, value: value, time: 1e9)
        }
    }

    @Test func `a run is running until it ends, and keeps what it was started with`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        let id = try start(catalog, "first", configuration: #"{"rate":0.1}"#)
        let running = try catalog.read { try $0.run(named: "first") }
        #expect(running.id == id && running.kind == .training && running.configuration == #"{"rate":0.1}"#)
        let execution = try #require(running.execution)
        #expect(execution.state == .running && execution.seed == 7 && execution.device == "cpu")
        #expect(execution.libraries == ["libtorch": "1.13.1"])
        #expect(execution.process == .current && execution.finishedAt == nil)
        try catalog.record { try $0.end(id, as: .failed, problem: "loss is not a number") }
        let ended = try #require(try catalog.read { try $0.run(id).execution })
        #expect(ended.state == .failed && ended.problem == "loss is not a number" && ended.finishedAt != nil)
        #expect(throws: CatalogError.self) { try start(catalog, "first") }
        #expect(try catalog.read { try $0.freeRunName("first") } == "first-2")
    }

    @Test func `runs leave no line in the history, and the undo of labels leaves them`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        try temporary.fill()
        let fill = try #require(try catalog.read { try $0.latestUndoable() })
        let id = try start(catalog, "inference", kind: .inference)
        try catalog.write(command: "infer") { writer in
            let record = InstanceRecord(datasetID: 1, runID: id, mediumID: 1, categoryID: 1)
            _ = try InstanceInserter(writer).add(record, InstanceParts())
        }
        try catalog.record { try $0.append(samples("loss", [1, 2, 3]), to: id) }
        #expect(try catalog.read { try $0.history(limit: 9).map(\.command) } == ["infer", "fill"])
        let overview = try catalog.read { try $0.overview() }
        #expect(overview.datasets[0].instances == 2 && overview.datasets[0].predictions == 2)
        #expect(overview.runs.last?.state == .running && overview.runs.last?.instances == 1)
        for operation in [fill + 1, fill] { try catalog.write(command: "undo") { try $0.undo(operation) } }
        #expect(try catalog.read { try $0.runs().map(\.name) } == ["inference"])
        #expect(try catalog.read { try $0.metrics(of: id).map(\.count) } == [3])
        // The undo of the undo wants its own ids back.
        let again = try start(catalog, "training")
        #expect(again > id)
        try catalog.write(command: "redo") { try $0.undo(fill + 3) }
        #expect(try catalog.read { try $0.runs().count } == 4)
        #expect(try catalog.read { try $0.integrityDefects() } == [])
    }

    @Test func `a run whose process is gone reads as interrupted, and can be resumed`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        let here = ProcessIdentity.current.host
        let now = CatalogWriter.timestamp()
        let id = try start(catalog, "killed")
        try catalog.record { try $0.append(samples("loss", [5, 4, 3, 2, 1]), to: id) }
        try abandon(id, in: catalog, host: here, heartbeat: now)
        #expect(try catalog.read { try $0.runs(states: [.interrupted]).map(\.id) } == [id])
        #expect(try catalog.read { try $0.runs(states: [.running]).isEmpty })
        // Elsewhere only silence tells.
        try abandon(id, in: catalog, host: "elsewhere", heartbeat: now)
        #expect(try catalog.read { try $0.run(id).execution?.state } == .running)
        #expect(throws: CatalogError.self) { try catalog.record { try $0.resume(id, atStep: 2) } }
        try abandon(id, in: catalog, host: "elsewhere", heartbeat: "2020-01-01T00:00:00Z")
        #expect(try catalog.read { try $0.run(id).execution?.state } == .interrupted)

        try catalog.record { try $0.resume(id, atStep: 2, device: "cuda:0") }
        let execution = try #require(try catalog.read { try $0.run(id).execution })
        #expect(execution.state == .running && execution.device == "cuda:0" && execution.seed == 7)
        #expect(try catalog.read { try $0.series(of: "loss", run: id).points.map(\.value) } == [5, 4, 3])
    }

    @Test func `a run is running as long as its process, and interrupted once that was killed`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        let id = try start(catalog, "killed")
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sleep")
        child.arguments = ["60"]
        try child.run()
        let stat = try String(contentsOfFile: "/proc/\(child.processIdentifier)/stat", encoding: .utf8)
        try catalog.record { recorder in
            try recorder.db.execute(
                sql: "UPDATE execution SET process = ?, process_started = ?",
                arguments: [child.processIdentifier, Int64(stat.split(separator: " ")[21])])
        }
        #expect(try catalog.read { try $0.run(id).execution?.state } == .running)
        #expect(throws: CatalogError.self) { try catalog.record { try $0.resume(id, atStep: 0) } }
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        #expect(try catalog.read { try $0.run(id).execution?.state } == .interrupted)
        try catalog.record { try $0.resume(id, atStep: 0) }
        #expect(try catalog.read { try $0.run(id).execution?.process } == .current)
    }

    @Test func `a process is told from a later one that bears its number`() throws {
        let own = ProcessIdentity.current
        #expect(own.isAlive == true)
        let ticks = try #require(own.startTicks)
        #expect(ProcessIdentity(host: own.host, process: own.process, startTicks: ticks - 1).isAlive == false)
        #expect(ProcessIdentity(host: own.host, process: .max, startTicks: ticks).isAlive == false)
        #expect(ProcessIdentity(host: "elsewhere", process: own.process, startTicks: ticks).isAlive == nil)
    }

    @Test func `metrics are summed up, replaced at the same step, and keep what is no number`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        let id = try start(catalog, "run")
        try catalog.record { recorder in
            try recorder.append(samples("loss", [4, .nan, 1, .infinity]) + samples("val/ap", [0.5], from: 3), to: id)
            try recorder.append(samples("loss", [2], from: 0), to: id)
        }
        let metrics = try catalog.read { try $0.metrics(of: id) }
        #expect(metrics.map(\.name) == ["loss", "val/ap"])
        #expect(metrics[0].count == 4 && metrics[0].lastStep == 3 && metrics[0].last == .infinity)
        #expect(metrics[0].minimum == 1 && metrics[0].minimumStep == 2)
        #expect(metrics[0].maximum == .infinity && metrics[0].maximumStep == 3)
        let series = try catalog.read { try $0.series(of: "loss", run: id) }
        #expect(series.points.map(\.step) == [0, 1, 2, 3])
        #expect(series.points[0].value == 2 && series.points[1].value.isNaN && series.points[3].value == .infinity)
        #expect(series.points[2].epoch == 1)
        #expect(throws: CatalogError.self) { try catalog.read { try $0.series(of: "lost", run: id) } }
    }

    @Test func `a long series is thinned without losing its peaks`() throws {
        var points = (0..<50_000).map { MetricSeries.Point(step: $0, value: 1 + Double($0 % 10) / 100) }
        points[31_234] = MetricSeries.Point(step: 31_234, value: 99)
        points[77] = MetricSeries.Point(step: 77, value: -99)
        points[500] = MetricSeries.Point(step: 500, value: .nan)
        let thin = MetricSeries(name: "loss", points: points).downsampled(to: 1000)
        #expect(thin.points.count <= 1000 && thin.points.count > 900)
        #expect(thin.points.contains { $0.step == 31_234 && $0.value == 99 })
        #expect(thin.points.contains { $0.step == 77 && $0.value == -99 })
        #expect(thin.points.map(\.step) == thin.points.map(\.step).sorted())
        #expect(MetricSeries(name: "loss", points: Array(points[..<600])).downsampled(to: 1000).points.count == 599)
    }

    @Test func `inputs and checkpoints go by their content`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        let id = try start(catalog, "run")
        let (one, two) = (ContentHash.of([1]), ContentHash.of([2]))
        try catalog.record { recorder in
            try recorder.add(
                [
                    RunInput(role: "picture", path: "a.jpg", sha256: one, bytes: 10),
                    RunInput(role: "picture", path: "b.jpg", sha256: two, bytes: 20),
                    RunInput(role: "weights", path: "w.pt", sha256: two, bytes: 5),
                ], to: id)
            try recorder.add([RunInput(role: "picture", path: "a.jpg", sha256: two, bytes: 11)], to: id)
            try recorder.add(
                CheckpointRecord(path: "last.st", sha256: one, bytes: 8, kind: .last, step: 10), to: id)
            try recorder.add(
                CheckpointRecord(
                    path: "best.st", sha256: one, bytes: 8, kind: .best, step: 10, epoch: 0.5, metric: "val/ap",
                    value: 0.25), to: id)
            try recorder.add(
                CheckpointRecord(path: "last.st", sha256: two, bytes: 9, kind: .last, step: 20), to: id)
            try recorder.markDeleted(checkpoint: "best.st", of: id)
        }
        try catalog.read { reader throws in
            #expect(try reader.inputs(of: id, role: "picture").map(\.bytes) == [11, 20])
            #expect(try reader.inputs(of: id)[0].sha256 == two)
            #expect(
                try reader.inputSummary(of: id) == [
                    RunInputSummary(role: "picture", files: 2, bytes: 31),
                    RunInputSummary(role: "weights", files: 1, bytes: 5),
                ])
            let checkpoints = try reader.checkpoints(of: id)
            #expect(checkpoints.map(\.path) == ["best.st", "last.st"])
            #expect(checkpoints[0].deletedAt != nil && checkpoints[0].value == 0.25 && checkpoints[0].epoch == 0.5)
            #expect(checkpoints[1].deletedAt == nil && checkpoints[1].step == 20 && checkpoints[1].sha256 == two)
            #expect(try reader.runs(ofCheckpoint: two) == [id])
        }
        #expect(throws: CatalogError.self) { try catalog.record { try $0.markDeleted(checkpoint: "x", of: id) } }
    }

    @Test func `a comparison shows the settings that differ and every metric`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        let one = try start(catalog, "one", configuration: #"{"optimizer":{"rate":0.1,"name":"sgd"},"crop":[1,2]}"#)
        let two = try start(
            catalog, "two", configuration: #"{"optimizer":{"rate":0.01,"name":"sgd"},"crop":[1,3],"x":true}"#)
        try catalog.record { recorder in
            try recorder.append(samples("loss", [3, 1, 2]), to: one)
            try recorder.append(samples("loss", [4]) + samples("ap", [0.5]), to: two)
        }
        let comparison = try catalog.read { try $0.compare([$0.run(one), $0.run(two)]) }
        #expect(comparison.runs == ["one", "two"])
        #expect(comparison.differences.map(\.name) == ["crop", "optimizer.rate", "x"])
        #expect(comparison.differences.map(\.values) == [["[1, 2]", "[1, 3]"], ["0.1", "0.01"], [nil, "true"]])
        #expect(comparison.metrics.map(\.name) == ["ap", "loss"])
        #expect(comparison.metrics[0].summaries.map { $0?.last } == [nil, 0.5])
        #expect(comparison.metrics[1].summaries.map { $0?.minimum } == [1, 4])
    }

    @Test func `a merge brings runs with all that is known of them`() throws {
        let here = try TemporaryCatalog()
        let there = try TemporaryCatalog()
        try here.fill(dataset: "mine")
        _ = try start(here.catalog, "same name")
        let parent = try start(there.catalog, "parent")
        try there.fill(dataset: "theirs")
        var child = RunStart(name: "same name", kind: .evaluation, seed: 3)
        child.parentID = parent
        let id = try there.catalog.record { recorder in
            let id = try recorder.start(child)
            try recorder.append(samples("loss", [3, 2, 1]), to: id)
            try recorder.add([RunInput(role: "picture", path: "a", sha256: .of([1]), bytes: 1)], to: id)
            try recorder.add(
                CheckpointRecord(path: "c", sha256: .of([1]), bytes: 8, kind: .best, step: 2), to: id)
            try recorder.end(id, as: .finished)
            return id
        }
        // Its moment tells it from the run of the same name here.
        try there.catalog.record {
            try $0.db.execute(sql: "UPDATE run SET created_at = '2020-01-01T00:00:00Z' WHERE id = \(id)")
        }
        let report = try here.catalog.merge(there.catalog, command: "merge")
        #expect(report.renamed == ["same name": "same name (2)"])
        #expect(try here.catalog.merge(there.catalog, command: "merge").runs == [])
        try here.catalog.read { reader throws in
            let run = try reader.run(named: "same name (2)")
            #expect(run.kind == .evaluation && run.execution?.state == .finished && run.execution?.seed == 3)
            let parent = try reader.run(named: "parent")
            #expect(run.parentID == parent.id)
            #expect(try reader.series(of: "loss", run: run.id).points.map(\.value) == [3, 2, 1])
            #expect(try reader.inputs(of: run.id).count == 1)
            #expect(try reader.checkpoints(of: run.id).count == 1)
            #expect(try reader.integrityDefects() == [])
        }
        let merge = try #require(try here.catalog.read { try $0.latestUndoable() })
        try here.catalog.write(command: "undo") { try $0.undo(merge) }
        #expect(try here.catalog.read { try $0.runs().map(\.name).last } == "same name")
        #expect(try here.catalog.read { try $0.integrityDefects() } == [])
        let undo = try #require(try here.catalog.read { try $0.history(limit: 1).first?.id })
        #expect(throws: CatalogError.self) { try here.catalog.write(command: "redo") { try $0.undo(undo) } }
    }
}
