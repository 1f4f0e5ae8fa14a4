import Annotations
import Catalog
import Foundation
import Imaging
import Testing

@testable import Workflows

struct DatasetStatisticsTests {
    private func catalog() throws -> HandMadeCatalog {
        let catalog = try HandMadeCatalog()
        for name in ["a.png", "b.png", "c.png"] { try catalog.add(name) }
        var parts = InstanceParts()
        parts.points = densePoints(x: [1, 2, 3], y: [1, 2, 3], charts: [1, 2, 24])
        parts.mask = MaskRecord(polygons: [[0, 0, 20, 0, 20, 20]])
        try catalog.label(
            "a.png", box: Box(x: 0, y: 0, width: 20, height: 20), area: 400, parts: parts, points: 3)
        try catalog.label("a.png", box: Box(x: 0, y: 0, width: 40, height: 50))
        try catalog.label("b.png", category: "bonobo", box: Box(x: 0, y: 0, width: 200, height: 100))
        try catalog.label("b.png", box: Box(x: 0, y: 0, width: 9, height: 9), score: 0.5, run: "model")
        return catalog
    }

    @Test func `counts leave predictions out unless their run is named`() throws {
        let catalog = try catalog()
        let statistics = try DatasetStatistics.run(over: catalog.file, dataset: "apes").statistics
        #expect((statistics.pictures, statistics.picturesWithoutLabels, statistics.instances) == (3, 1, 3))
        #expect((statistics.withMask, statistics.withPoints, statistics.densePoints) == (1, 1, 3))
        #expect(statistics.categories.map(\.name) == ["chimpanzee", "bonobo"])
        #expect(statistics.categories.map(\.instances) == [2, 1])
        #expect(statistics.categories.map(\.pictures) == [1, 1])
        #expect(statistics.sizes == ["small": 1, "medium": 1, "large": 1])
        #expect((statistics.boxWidth.minimum, statistics.boxWidth.median, statistics.boxWidth.maximum) == (20, 40, 200))
        #expect(statistics.pointsPerPart == ["torso": 2, "head": 1])
        #expect(statistics.pointsPerChart[23] == 1)
        let model = try DatasetStatistics.run(over: catalog.file, dataset: "apes", run: "model").statistics
        #expect((model.instances, model.boxWidth.mean) == (1, 9))
    }

    @Test func `charts are written where there is something to show`() throws {
        let catalog = try catalog()
        let all = try DatasetStatistics.run(over: catalog.file, dataset: "apes")
        let paths = try StatisticsPlots.write(all.statistics, all.samples, into: catalog.folder + "/plots")
        #expect(
            paths.map { ($0 as NSString).lastPathComponent } == [
                "categories.png", "object-sizes.png", "instances-per-picture.png", "points-per-part.png",
                "points-per-instance.png",
            ])
        for path in paths { #expect(try Image(fileAt: path).width == 760) }
        let model = try DatasetStatistics.run(over: catalog.file, dataset: "apes", run: "model")
        #expect(
            try StatisticsPlots.charts(model.statistics, model.samples).map(\.name) == [
                "categories.png", "object-sizes.png", "instances-per-picture.png",
            ])
        let none = try DatasetStatistics.run(over: catalog.file, dataset: "apes", filter: "width > 9999")
        #expect(try StatisticsPlots.charts(none.statistics, none.samples).isEmpty)
    }

    @Test func `bars of parts have the colours of the rendered parts`() throws {
        let statistics = try DatasetStatistics.run(over: try catalog().file, dataset: "apes").statistics
        let bars = StatisticsPlots.partBars(statistics)
        #expect(bars.map(\.label) == ["torso", "head"])
        #expect(bars.map(\.value) == [2, 1])
        #expect(bars.map(\.color) == [Palette.parts[0], Palette.parts[22]])
    }

    @Test func `bins of whole numbers hold as many numbers each`() {
        func histogram(_ values: [Double]) -> Histogram {
            StatisticsPlots.wholeNumbers(values, title: "", subtitle: "", axis: "", countAxis: "")
        }
        let single = histogram([110, 110])
        #expect(single.counts == [0, 0, 0, 0, 0, 0, 0, 0, 2])
        #expect((single.edges.first, single.edges.last) == (101.5, 110.5))
        let wide = histogram((0..<100).map(Double.init))
        #expect(wide.counts == [Int](repeating: 3, count: 33) + [1])
    }
}
