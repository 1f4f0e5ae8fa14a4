import Catalog
import Testing

@Suite struct VideoRecordTests {
    /// A clip with one frame, a deployment, and an observation of the clip.
    private func fill(_ temporary: TemporaryCatalog) throws {
        try temporary.catalog.write(command: "clip") { writer in
            let dataset = try writer.addDataset(named: "traps", format: "frames")
            let root = try writer.root(folder: temporary.folder)
            var deployment = DeploymentRecord(datasetID: dataset, name: "d1")
            deployment.siteID = try writer.site(named: "north", latitude: 1, longitude: 2)
            deployment.id = try writer.add(deployment)
            var video = VideoRecord(rootID: root, path: "a.avi")
            (video.codec, video.timeBase, video.deploymentID) = ("h264", "1/25", deployment.id)
            video.id = try writer.add(video)
            try writer.link(video: video.id, to: dataset, sourceID: 1, selection: "1s", extra: "{}")
            var frame = MediumRecord(rootID: root, path: "ab/c.png", width: 4, height: 4)
            (frame.videoID, frame.frameIndex, frame.pts) = (video.id, 25, 25)
            let media = try MediumInserter(writer)
            try media.link(media.add(frame).id, to: dataset, sourceID: nil)
            let run = try writer.addRun(named: "import", kind: .import)
            var observation = ObservationRecord(
                datasetID: dataset, runID: run, categoryID: try writer.category(named: "animal", in: dataset))
            (observation.videoID, observation.deploymentID) = (video.id, deployment.id)
            (observation.sourceID, observation.extra) = (7, "{\"a\": \"b\"}")
            try writer.add(observation)
        }
    }

    @Test func `what is added is read back`() throws {
        let temporary = try TemporaryCatalog()
        try fill(temporary)
        try temporary.catalog.read { reader in
            let member = try #require(try reader.videoMembers(of: 1).first)
            #expect(member.video.codec == "h264" && member.video.timeBase == "1/25")
            #expect(member.selection == "1s" && member.sourceID == 1 && member.extra == "{}")
            #expect(try reader.frames(of: 1).map(\.frameIndex) == [25])
            #expect(try reader.frames(of: 1, in: 1) == [1])
            #expect(try reader.deployments(of: 1).map(\.name) == ["d1"])
            #expect(try reader.observations(of: 1, runs: [1]).map(\.extra) == ["{\"a\": \"b\"}"])
            #expect(try reader.observations(of: 1, runs: [2]).isEmpty)
        }
    }

    @Test func `a further selection is added to those taken, once`() throws {
        let temporary = try TemporaryCatalog()
        try fill(temporary)
        try temporary.catalog.write(command: "more") { writer in
            for selection in ["2fps", "1s", "2fps"] { try writer.link(video: 1, to: 1, selection: selection) }
        }
        let member = try temporary.catalog.read { try $0.videoMembers(of: 1) }
        #expect(member.map(\.selection) == ["1s,2fps"])
        #expect(member.map(\.extra) == ["{}"])
    }

    @Test func `a merge brings clips and their observations once, and undo takes them back`() throws {
        let here = try TemporaryCatalog()
        let there = try TemporaryCatalog()
        try here.fill()
        try fill(there)
        for _ in 0..<2 { _ = try here.catalog.merge(there.catalog, command: "merge") }
        try here.catalog.read { reader in
            let dataset = try reader.dataset(named: "traps").id
            let member = try #require(try reader.videoMembers(of: dataset).first)
            #expect(member.selection == "1s")
            let run = try reader.run(named: "import").id
            let observations = try reader.observations(of: dataset, runs: [run])
            #expect(observations.count == 1)
            #expect(observations.first?.videoID == member.video.id)
            #expect(try reader.deployments(of: dataset).map(\.id) == [try #require(observations.first?.deploymentID)])
            #expect(try reader.integrityDefects() == [])
        }
        try here.catalog.write(command: "undo") { try $0.undo(2) }
        #expect(try here.catalog.read { try $0.videos().isEmpty })
        #expect(try here.catalog.read { try $0.integrityDefects() } == [])
    }
}
