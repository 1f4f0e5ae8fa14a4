import Catalog
import Testing

@testable import Workflows

@Suite struct SplitMakerTests {
    private func candidates(_ count: Int, _ change: (Int, inout Fields) -> Void) -> [SplitCandidate] {
        (0..<count).map { index in
            var fields = Fields()
            change(index, &fields)
            return SplitCandidate(
                mediumID: Int64(index + 1), path: fields.path, videoID: fields.video, siteID: fields.site,
                sha256: fields.digest, categories: fields.categories)
        }
    }

    private struct Fields {
        var path = "a.jpg"
        var video: Int64?
        var site: Int64?
        var digest: [UInt8]?
        var categories: Set<Int64> = []
    }

    private static func recipe(
        _ text: String = "train=0.7,val=0.15,test=0.15", _ change: (inout SplitMaker.Recipe) -> Void = { _ in }
    ) -> SplitMaker.Recipe {
        var recipe = SplitMaker.Recipe(parsing: text)!
        change(&recipe)
        return recipe
    }

    private func counts(_ parts: [Int], of total: Int) -> [Int] {
        (0..<total).map { part in parts.count { $0 == part } }
    }

    @Test func `shares are met`() {
        let (parts, groups) = SplitMaker.assign(candidates(200) { _, _ in }, Self.recipe())
        #expect(counts(parts, of: 3) == [140, 30, 30])
        #expect(groups == 200)
    }

    @Test func `frames of one clip never straddle parts`() {
        let media = candidates(120) { index, fields in fields.video = Int64(index / 10) }
        let (parts, groups) = SplitMaker.assign(media, Self.recipe("train=0.5,test=0.5"))
        #expect(groups == 12)
        for clip in 0..<12 { #expect(Set(parts[(clip * 10)..<(clip * 10 + 10)]).count == 1) }
        #expect(counts(parts, of: 2) == [60, 60])
    }

    @Test func `twins share a part, and chains of them too`() {
        // 0 and 1 are the same file; 1 and 2 come from one clip.
        let media = candidates(30) { index, fields in
            if index < 2 { fields.digest = [7] }
            if index == 1 || index == 2 { fields.video = 1 }
        }
        for seed in 0..<20 {
            let (parts, _) = SplitMaker.assign(media, Self.recipe("a=0.5,b=0.5") { $0.seed = UInt64(seed) })
            #expect(Set(parts[0...2]).count == 1)
        }
    }

    @Test func `sites stay together on request`() {
        let media = candidates(100) { index, fields in fields.site = Int64(index % 5) }
        let (parts, groups) = SplitMaker.assign(media, Self.recipe("a=0.6,b=0.4") { $0.grouping = .site })
        #expect(groups == 5)
        for site in 0..<5 {
            #expect(Set(stride(from: site, to: 100, by: 5).map { parts[$0] }).count == 1)
        }
        #expect(counts(parts, of: 2) == [60, 40])
    }

    @Test func `categories are spread alike when stratified`() {
        let media = candidates(300) { index, fields in
            fields.categories = index % 30 == 0 ? [1] : index % 3 == 0 ? [2] : [3]
        }
        let (parts, _) = SplitMaker.assign(media, Self.recipe("train=0.5,test=0.5") { $0.isStratified = true })
        for category in [1, 2, 3] as [Int64] {
            let held = media.indices.filter { media[$0].categories.contains(category) }
            #expect(held.count { parts[$0] == 0 } * 2 == held.count)
        }
    }

    @Test func `the same seed gives the same split, another seed another`() {
        let media = candidates(50) { _, _ in }
        func parts(_ seed: UInt64) -> [Int] { SplitMaker.assign(media, Self.recipe { $0.seed = seed }).parts }
        #expect(parts(1) == parts(1))
        #expect(parts(1) != parts(2))
    }

    @Test(arguments: ["", "train", "train=0.8", "train=0.8,val=0.3", "a=0.5,a=0.5", "a=1.5,b=-0.5", "a=x,b=1"])
    func `recipes that are none are refused`(_ text: String) {
        #expect(SplitMaker.Recipe(parsing: text) == nil)
    }

    @Test func `near duplicates are found within three bits, wherever these are`() {
        let hashes: [UInt64] = [0, 0b111, 1 << 63 | 1 << 31 | 1, 0b1111, .max]
        let pairs = NearDuplicates.pairs(hashes, distance: 3).map { [$0.0, $0.1] }
        #expect(pairs == [[0, 1], [0, 2], [1, 3]])
    }
}
