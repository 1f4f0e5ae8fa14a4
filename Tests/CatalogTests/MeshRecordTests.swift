import Hashing
import Testing

@testable import Catalog

@Suite struct MeshRecordTests {
    private func mesh(_ name: String, vertices: Int = 4) -> MeshRecord {
        MeshRecord(
            name: name, path: "/meshes/\(name).obj", sha256: ContentHash.of([UInt8](name.utf8)), vertices: vertices,
            triangles: 4, area: 1.5, labels: "{\"symmetry\":[0,1,2,3]}")
    }

    private func fill(_ catalog: CatalogFile) throws {
        try catalog.write(command: "store") { writer in
            try writer.setMesh(mesh("human"))
            try writer.setMesh(mesh("ape"))
            try writer.setDescriptor(
                .init(kind: "semantic", parameters: "{}", columns: 1, data: [0, 0, 128, 63]), of: "human")
            var map = MeshMapRecord(
                source: "human", target: "ape", method: "functional", parameters: "{}", data: [1, 2, 3])
            (map.cycleError, map.swapped) = (0.75, 0)
            try writer.addMap(map)
        }
    }

    @Test func `what is stored of meshes and maps is read again, and undone`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = try CatalogFile.create(at: temporary.folder + "/m.sqlite")
        try fill(catalog)
        try catalog.read { reader throws in
            #expect(try reader.meshes() == [mesh("human"), mesh("ape")])
            #expect(try reader.descriptors(of: "human").map(\.data) == [[0, 0, 128, 63]])
            let map = try #require(try reader.meshMaps().first?.map)
            #expect(map.source == "human" && map.target == "ape" && map.cycleError == 0.75 && map.coverage == nil)
            #expect(map.data == [1, 2, 3])
        }
        let operation = try #require(try catalog.read { try $0.latestUndoable() })
        try catalog.write(command: "undo") { try $0.undo(operation) }
        #expect(try catalog.read { try $0.meshes().isEmpty && $0.meshMaps().isEmpty })
    }

    @Test func `a mesh of the same name is brought up to date, one of another size refused`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = try CatalogFile.create(at: temporary.folder + "/m.sqlite")
        try fill(catalog)
        var moved = mesh("human")
        moved.path = "/elsewhere/human.obj"
        try catalog.write(command: "store") { try $0.setMesh(moved) }
        #expect(try catalog.read { try $0.meshes() } == [moved, mesh("ape")])
        #expect(throws: CatalogError.self) {
            try catalog.write(command: "store") { try $0.setMesh(mesh("human", vertices: 5)) }
        }
        #expect(throws: CatalogError.self) {
            try catalog.write(command: "store") {
                try $0.addMap(.init(source: "human", target: "dog", method: "m", parameters: "{}", data: []))
            }
        }
    }

    @Test func `meshes and maps come over in a merge, once`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = try CatalogFile.create(at: temporary.folder + "/m.sqlite")
        let other = try CatalogFile.create(at: temporary.folder + "/o.sqlite")
        try fill(other)
        var namesake = mesh("human")
        namesake.sha256 = ContentHash.of([1])
        try catalog.write(command: "store") { try $0.setMesh(namesake) }
        for _ in 0..<2 { _ = try catalog.merge(other, command: "merge") }
        try catalog.read { reader throws in
            let names = try reader.meshes().map(\.name)
            #expect(names.count == 3 && names[0] == "human" && names[1].hasPrefix("human (") && names[2] == "ape")
            let maps = try reader.meshMaps()
            #expect(maps.count == 1)
            #expect(maps[0].map.source == names[1] && maps[0].map.target == "ape")
            #expect(try reader.descriptors(of: names[1]).count == 1)
        }
    }
}
