import Catalog
import Foundation
import Testing

@testable import Annotations

@Suite struct CamtrapDPTests {
    let folder: TextFolder

    init() throws {
        folder = try TextFolder()
        for name in ["a.jpg", "b.jpg"] { try folder.picture("pictures/\(name)") }
    }

    private static let deployments = #"""
        deploymentID,locationID,locationName,latitude,longitude,deploymentStart,deploymentEnd,baitUse,deploymentComments,ours
        d1,l1,"Creek, upper",50.0,5.10,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,false,"two
        lines and a ""quote""",x
        d2,l2,,51.0,6.0,2020-01-01T00:00:00+01:00,2020-12-31T23:59:59Z,,,

        """#
    private static let media = #"""
        mediaID,deploymentID,captureMethod,timestamp,filePath,filePublic,fileName,fileMediatype,exifData,favorite,mediaComments
        m1,d1,activityDetection,2020-01-02T04:57:37Z,a.jpg,true,IMG_1.JPG,image/jpeg,"{""ISO"":200}",true,
        v1,d1,activityDetection,2020-01-02T05:00:00Z,clips/c.mp4,false,c.mp4,video/mp4,,,
        m2,d2,timeLapse,2020-01-03T04:57:37+02:00,b.jpg,true,b.jpg,image/jpeg,,,
        m3,d2,,2020-01-03T04:57:37Z,https://example.com/r.jpg,true,r.jpg,image/jpeg,,,

        """#
    private static let observations = """
        observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,observationType,cameraSetupType,\
        scientificName,count,lifeStage,sex,behavior,individualID,individualPositionRadius,individualPositionAngle,\
        individualSpeed,bboxX,bboxY,bboxWidth,bboxHeight,classificationMethod,classifiedBy,classificationTimestamp,\
        classificationProbability,observationTags,observationComments
        o1,d1,m1,e1,2020-01-02T04:57:37Z,2020-01-02T04:57:37Z,media,animal,,Pan troglodytes,1,adult,female,,kiki,,,,\
        0.10,0.2,0.3,0.4,machine,MegaDetector,2020-05-05T00:00:00Z,0.90,,
        o2,d1,,e1,2020-01-02T04:57:37Z,2020-01-02T04:58:00Z,event,animal,,Pan troglodytes,2,,,,,,,,,,,,human,Jane,,,,
        o3,d1,m1,,2020-01-02T04:57:37Z,2020-01-02T04:57:37Z,media,human,,,,,,,,,,,,,,,human,,,,,"a, b"
        o4,d1,v1,e2,2020-01-02T05:00:00Z,2020-01-02T05:00:10Z,media,vehicle,,,1,,,,,,,,0.1,0.1,0.2,0.2,,,,,,
        o5,d2,m2,e3,2020-01-03T04:57:37+02:00,2020-01-03T04:57:37+02:00,media,blank,,,,,,,,,,,,,,,,,,,,
        o6,d2,m3,e4,2020-01-03T04:57:37Z,2020-01-03T04:57:37Z,media,animal,,Bos,1,,,,,,,,0.0,0,0.5,0.5,human,,,,,

        """

    private func package(
        _ name: String = "package", deployments: String = deployments, media: String = media,
        observations: String = observations
    ) throws -> String {
        try folder.write(deployments, as: "\(name)/deployments.csv")
        try folder.write(media, as: "\(name)/media.csv")
        try folder.write(observations, as: "\(name)/observations.csv")
        return "\(folder.path)/\(name)"
    }

    private func take(
        _ package: String, dataset: String = "traps", media: String? = "pictures", strict: Bool = false
    ) throws -> CamtrapDPImport.Report {
        var options = CamtrapDPImport.Options(dataset: dataset)
        (options.media, options.isStrict) = (media.map { "\(folder.path)/\($0)" }, strict)
        return try CamtrapDPImport.run(package, into: folder.catalog, options: options, command: "import")
    }

    private func export(
        _ name: String, dataset: String = "traps", _ change: (inout CamtrapDPExport.Options) -> Void = { _ in }
    ) throws -> CamtrapDPExport.Report {
        var options = CamtrapDPExport.Options(dataset: dataset)
        change(&options)
        return try CamtrapDPExport.run("\(folder.path)/\(name)", from: folder.catalog, options: options)
    }

    private func rows(_ file: String) throws -> [[String: String]] {
        let reader = try CSVReader(path: "\(folder.path)/\(file)")
        var rows: [[String: String]] = []
        while let row = try reader.next() {
            rows.append(Dictionary(uniqueKeysWithValues: zip(reader.header, row.cells)))
        }
        return rows
    }

    @Test func `deployments, media and observations find their tables`() throws {
        let report = try take(package())
        #expect((report.deployments, report.media, report.clips) == (2, 3, 1))
        #expect((report.instances, report.withBox, report.observations, report.remote) == (4, 1, 2, 1))
        // The size of what is on the network is unknown, so that its box stays text.
        #expect(report.problems.map(\.kind) == ["box"])
        let instances = try folder.instances()
        #expect(instances[0].box == Box(x: 4, y: 4, width: 12, height: 8))
        #expect(instances.map(\.score) == [0.9, nil, nil, nil])
        try folder.catalog.read { reader in
            let dataset = try reader.dataset(named: "traps").id
            let categories = try reader.categories(of: dataset)
            #expect(categories.map(\.name) == ["Pan troglodytes", "human", "vehicle", "blank", "Bos"])
            #expect(categories.map(\.supercategory) == ["animal", nil, nil, nil, "animal"])
            #expect(try reader.sites().map(\.name) == ["Creek, upper", "l2"])
            #expect(try reader.sites().map(\.longitude) == [5.1, 6])
            let deployment = try reader.deployments(of: dataset)[1]
            #expect(deployment.startedAt == "2020-01-01T00:00:00+01:00")
            let run = try reader.run(named: "Camtrap DP of traps").id
            let others = try reader.observations(of: dataset, runs: [run])
            #expect(others.map { $0.videoID != nil } == [false, true])
            #expect(try reader.medium(1)?.capturedAt == "2020-01-02T04:57:37Z")
            #expect(try reader.integrityDefects() == [])
        }
    }

    @Test func `an export gives every cell again, and so does an import of it`() throws {
        _ = try take(package())
        let report = try export("out")
        #expect((report.deployments, report.media, report.observations) == (2, 4, 6))
        for table in CamtrapDPTable.allCases {
            let before = try rows("package/\(table.fileName)")
            let after = try rows("out/\(table.fileName)")
            #expect(before.count == after.count)
            for (old, new) in zip(before, after) {
                for (column, cell) in old { #expect(new[column] == cell, "\(table) \(column)") }
            }
            let header = try CSVReader(path: "\(folder.path)/out/\(table.fileName)").header
            #expect(Array(header.prefix(table.columns.count)) == table.columns)
        }
        _ = try take("\(folder.path)/out", dataset: "again")
        _ = try export("out2", dataset: "again")
        for table in CamtrapDPTable.allCases {
            #expect(try folder.read("out/\(table.fileName)") == folder.read("out2/\(table.fileName)"))
        }
    }

    @Test func `the same package again changes nothing, another in the same dataset is refused`() throws {
        let path = try package()
        _ = try take(path)
        #expect(try take(path).wasPresent)
        let other = try package("other", observations: String(Self.observations.split(separator: "\n")[0]) + "\n")
        #expect(throws: CatalogError.self) { try take(other) }
        try folder.catalog.write(command: "undo") { try $0.undo(1) }
        #expect(try folder.catalog.read { try $0.overview().media } == 0)
        #expect(try take(other).instances == 0)
    }

    @Test func `an edited label is written as it is now`() throws {
        _ = try take(package())
        try folder.catalog.write(command: "edit") { writer in
            var record = try #require(try writer.instance(1)).record
            record.box = Box(x: 20, y: 10, width: 20, height: 10)
            record.categoryID = try writer.category(named: "human", in: record.datasetID)
            record.score = 0.5
            try writer.update(record)
            var other = try #require(try writer.instance(2)).record
            other.review = .rejected
            try writer.update(other)
        }
        let report = try export("out")
        #expect((report.observations, report.rejected) == (5, 1))
        let row = try rows("out/observations.csv")[0]
        #expect(["bboxX", "bboxY", "bboxWidth", "bboxHeight"].map { row[$0] } == ["0.5", "0.5", "0.5", "0.5"])
        #expect(row["observationType"] == "human" && row["scientificName"] == "")
        #expect(row["classificationProbability"] == "0.5" && row["lifeStage"] == "adult")
    }

    @Test func `unsound rows are reported with their line and the others taken`() throws {
        let broken = try package(
            deployments: "deploymentID,latitude,longitude,deploymentStart,deploymentEnd\nd1,95,5,a,b\nd1,1,1,a,b\n"
                + "d2,1,1\n,1,1,a,b\n",
            media:
                "mediaID,deploymentID,filePath,timestamp,filePublic,fileMediatype\nm1,dx,../a.jpg,t,true,image/jpeg\n"
                + "m2,d1,a.jpg,t,true,image/jpeg,surplus\nm3,d1,a.jpg,t,true,image/jpeg\n",
            observations:
                "observationID,deploymentID,mediaID,eventStart,eventEnd,observationLevel,observationType,bboxX\n"
                + "o1,d1,m9,t,t,media,bird,\no2,d1,m3,t,t,media,animal,0.5\n")
        let report = try take(broken)
        #expect((report.deployments, report.media, report.instances, report.observations) == (2, 2, 1, 1))
        #expect(
            report.problems.map { "\($0.kind): \($0.place)" } == [
                "position: deployments.csv: line 2 (d1)", "duplicate-id: deployments.csv: line 3",
                "row: deployments.csv: line 4", "required: deployments.csv: line 4 (d2)",
                "id: deployments.csv: line 5", "deployment: media.csv: line 2 (m1)", "path: media.csv: line 2 (m1)",
                "row: media.csv: line 3", "observation-type: observations.csv: line 2 (o1)",
                "media: observations.csv: line 2 (o1)", "box: observations.csv: line 3 (o2)",
            ])
        _ = try export("out")
        let written = try rows("out/observations.csv")
        #expect(written.map { $0["observationType"] } == ["bird", "animal"])
        #expect(written.map { $0["mediaID"] } == ["m9", "m3"])
        #expect(throws: FormatError.self) { try take(broken, dataset: "strict", strict: true) }
        #expect(try folder.catalog.read { try $0.datasets().map(\.name) } == ["traps"])
    }

    @Test func `a broken table stops the import and leaves nothing`() throws {
        let path = try package(observations: "observationID\n\"o1\n")
        #expect(throws: FormatError.self) { try take(path) }
        #expect(try folder.catalog.read { try $0.overview().media } == 0)
        try folder.write(
            "{\"resources\": [{\"name\": \"media\", \"path\": \"../../etc/passwd\"}]}", as: "package/datapackage.json")
        #expect(throws: FormatError.self) { try take(path) }
    }

    @Test func `the descriptor keeps what the package said of itself`() throws {
        let path = try package()
        try folder.write(
            #"{"title": "Apes", "project": {"title": "P"}, "resources": [{"name": "own", "data": [1]}]}"#,
            as: "package/datapackage.json")
        _ = try take(path)
        _ = try export("out")
        let text = try folder.read("out/datapackage.json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["title"] as? String == "Apes")
        #expect((object["project"] as? [String: Any])?["title"] as? String == "P")
        let resources = try #require(object["resources"] as? [[String: Any]])
        #expect(resources.map { $0["name"] as? String } == ["deployments", "media", "observations", "own"])
        #expect((object["temporal"] as? [String: String]) == ["start": "2020-01-01", "end": "2020-12-31"])
        for key in ["profile", "created", "contributors", "spatial", "taxonomic"] { #expect(object[key] != nil) }
    }

    @Test func `a scrubbed export tells no place`() throws {
        _ = try take(package())
        _ = try export("out") { $0.scrubsLocation = true }
        let rows = try rows("out/deployments.csv")
        #expect(rows.map { $0["deploymentID"] } == ["deployment-1", "deployment-2"])
        #expect(rows.map { $0["latitude"] } == ["50", "51"])
        #expect(rows.map { $0["coordinateUncertainty"] } == ["7872", "7872"])
        let all = try CamtrapDPTable.allCases.map { try folder.read("out/\($0.fileName)") }.joined()
        for word in ["Creek", "l1,", "5.10", "quote", "ISO", "a, b"] { #expect(!all.contains(word), "\(word)") }
        #expect(try self.rows("out/media.csv").map { $0["deploymentID"] }.first == "deployment-1")
        #expect(try self.rows("out/observations.csv").count == 6)
    }

    @Test func `pictures and predictions of other origin are written with all that is required`() throws {
        try folder.catalog.write(command: "fill") { writer in
            let dataset = try writer.addDataset(named: "plain", format: "images")
            let run = try writer.addRun(named: "detector", kind: .predictions)
            let media = try MediumInserter(writer)
            let instances = try InstanceInserter(writer)
            let animal = try writer.category(named: "chimpanzee", in: dataset)
            let person = try writer.category(named: "person", in: dataset)
            for (name, site, time) in [("a.jpg", "north", "2020-01-01T10:00:00"), ("b.jpg", nil, nil)] {
                var medium = MediumRecord(
                    rootID: try writer.root(folder: folder.path), path: name, width: 40, height: 20)
                medium.siteID = try site.map { try writer.site(named: $0, latitude: 1.25, longitude: 2) }
                medium.capturedAt = time
                let id = try media.add(medium).id
                try media.link(id, to: dataset, sourceID: nil)
                var record = InstanceRecord(
                    datasetID: dataset, runID: run, mediumID: id, categoryID: site == nil ? person : animal)
                (record.box, record.score) = (Box(x: 30, y: -1, width: 20, height: 11), 0.75)
                try instances.add(record, InstanceParts())
            }
        }
        let report = try export("out", dataset: "plain") { $0.run = "detector" }
        #expect((report.deployments, report.media, report.observations, report.notes.count) == (2, 2, 2, 3))
        for table in CamtrapDPTable.allCases {
            for row in try rows("out/\(table.fileName)") {
                for column in table.required { #expect(row[column]?.isEmpty == false, "\(table) \(column)") }
            }
        }
        let deployments = try rows("out/deployments.csv")
        #expect(deployments.map { $0["deploymentID"] } == ["north", "unknown"])
        #expect(deployments.map { $0["latitude"] } == ["1.25", "0"])
        #expect(deployments.map { $0["timestampIssues"] } == ["true", "true"])
        let observations = try rows("out/observations.csv")
        #expect(observations.map { $0["classificationMethod"] } == ["machine", "machine"])
        #expect(observations.map { $0["classificationProbability"] } == ["0.75", "0.75"])
        #expect(observations.map { $0["scientificName"] } == ["chimpanzee", ""])
        #expect(observations.map { $0["observationType"] } == ["animal", "human"])
        #expect(
            ["bboxX", "bboxY", "bboxWidth", "bboxHeight"].map { observations[0][$0] } == ["0.75", "0", "0.25", "0.5"])
        #expect(try take("\(folder.path)/out", dataset: "back", media: nil).problems.map(\.kind) == ["box", "box"])
    }
}
