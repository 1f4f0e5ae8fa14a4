import Catalog
import Testing

@Suite struct FilterTests {
    private func instances(_ filter: String, _ temporary: TemporaryCatalog) throws -> [Int64] {
        try temporary.catalog.read { reader in
            try reader.listInstances(filter: try Filter(filter)).map(\.id)
        }
    }

    private func media(_ filter: String, _ temporary: TemporaryCatalog) throws -> [String] {
        try temporary.catalog.read { reader in try reader.listMedia(filter: try Filter(filter)).map(\.path) }
    }

    @Test(
        arguments: [
            ("category = dog", [1, 3]), ("category != dog", [2]), ("category in (dog, cat)", [1, 2, 3]),
            ("category = \"dog\" and score >= 0.2", [3]), ("has points", [1]), ("not has points", [2, 3]),
            ("crowd = yes", [2]), ("size = large or size = small", [2]), ("size != medium", [2]),
            ("site = north and not crowd = true", [1, 3]), ("time < 2020-05-31", [1, 3]), ("path ~ b.j", [2]),
            ("run ~ baseline", [3]), ("review = unreviewed", [1, 2, 3]), ("width = 30 and height > 39.5", [1, 2, 3]),
            ("(category = dog or category = cat) and not (score < 1)", [1, 2]), ("score < 0.3", [3]),
            ("id in (2, 3)", [2, 3]),
            ("dataset = pets and imagewidth = 640", [1, 2, 3]), ("path ~ \"%\"", []),
        ] as [(String, [Int64])])
    func `a filter finds the instances that it describes`(_ filter: String, _ expected: [Int64]) throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        #expect(try instances(filter, temporary) == expected)
    }

    @Test func `of pictures, a filter on labels asks for one that fulfils it`() throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        #expect(try media("category = dog", temporary) == ["a.jpg"])
        #expect(try media("not category = dog", temporary) == ["b.jpg", "c.jpg"])
        #expect(try media("not has labels", temporary) == ["c.jpg"])
        #expect(try media("site = south or crowd = yes", temporary) == ["b.jpg", "c.jpg"])
    }

    @Test func `a split is asked by part, or by name and part`() throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        try temporary.catalog.write(command: "split") { writer in
            try writer.addSplit(named: "main", recipe: "{}", members: [(1, "train"), (2, "train"), (3, "test")])
        }
        #expect(try media("split = train", temporary) == ["a.jpg", "b.jpg"])
        #expect(try media("split = main/test", temporary) == ["c.jpg"])
        #expect(try instances("split = test", temporary) == [])
    }

    @Test(arguments: [
        ("", 0), ("foo = 1", 0), ("category =", 10), ("category = dog and", 18), ("(category = dog", 15),
        ("score = high", 8), ("crowd = maybe", 8), ("category = dog category = cat", 15), ("has wings", 4),
        ("category = \"dog", 11), ("score ~ 1", 6), ("size < large", 5), ("category = and", 11),
    ])
    func `a mistake is pointed at`(_ filter: String, _ position: Int) throws {
        do {
            _ = try Filter(filter)
            Issue.record("\(filter) was taken")
        } catch CatalogError.filter(_, let found, let reason) {
            #expect(found == position)
            #expect(!reason.isEmpty)
        }
    }

    @Test func `values are bound, never part of the statement`() throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        #expect(try instances("path = \"dog' OR '1'='1\"", temporary) == [])
        #expect(try instances(String(repeating: "not ", count: 10) + "category = dog", temporary) == [1, 3])
        let long = [String](repeating: "category = dog", count: 300).joined(separator: " or ")
        #expect(try instances(long, temporary) == [1, 3])
        #expect(throws: CatalogError.self) { try Filter(String(repeating: "(", count: 5000) + "category = dog") }
    }

    @Test(arguments: ["category = persn", "dataset in (pets, none)", "review = acepted", "site = nowhere", "run = x"])
    func `a name that nothing has is an error, not an empty answer`(_ filter: String) throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        #expect(throws: CatalogError.self) { try instances(filter, temporary) }
    }

    @Test func `a part that several splits have must be named in full`() throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        try temporary.catalog.write(command: "split") { writer in
            try writer.addSplit(named: "one", recipe: "{}", members: [(1, "train"), (2, "test")])
            try writer.addSplit(named: "two", recipe: "{}", members: [(2, "train"), (3, "val")])
        }
        #expect(throws: CatalogError.self) { try media("split = train", temporary) }
        #expect(throws: CatalogError.self) { try media("split = trian", temporary) }
        #expect(try media("split = two/train", temporary) == ["b.jpg"])
        #expect(try media("split = val", temporary) == ["c.jpg"])
    }
}
