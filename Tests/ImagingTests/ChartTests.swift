import Testing

@testable import Imaging

@Suite struct ChartTests {
    @Test func `ticks are round numbers with just the decimals they need`() {
        #expect(AxisTicks(linear: 0...1, count: 5).labels == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(AxisTicks(linear: 0...12_480, count: 4).labels == ["0", "5,000", "10,000"])
        #expect(AxisTicks(linear: -0.03...0.05, count: 4).labels == ["−0.02", "0.00", "0.02", "0.04"])
        #expect(AxisTicks(logarithmic: 1...1500).labels == ["1", "10", "100", "1,000"])
        #expect(AxisTicks(logarithmic: 0.5...6).labels == ["0.5", "1", "2", "5"])
        #expect(AxisTicks(linear: 1e20...1.000000000000001e20).labels.count == 1)
    }

    @Test func `numbers are written as people write them`() {
        #expect(AxisTicks.text(1_234_567) == "1,234,567")
        #expect(AxisTicks.text(0.0312) == "0.0312" && AxisTicks.text(-2.5) == "−2.5" && AxisTicks.text(0) == "0")
        #expect(AxisTicks.text(3e9) == "3e9" && AxisTicks.text(.nan) == "nan")
    }

    @Test func `a histogram counts each value once, its ends included`() {
        let histogram = Histogram(values: [0, 0.1, 0.25, 0.5, 0.99, 1, 2, .nan], range: 0...1, bins: 4)
        #expect(histogram.counts == [2, 1, 1, 2])
        #expect(histogram.edges == [0, 0.25, 0.5, 0.75, 1])
        let decades = Histogram(values: [1, 5, 50, 500, 1000, -3, 0], bins: 3, valueScale: .logarithmic)
        #expect(decades.counts == [2, 1, 2])
        #expect(Histogram(values: []).counts.reduce(0, +) == 0)
        #expect(Histogram(values: [3, 3, 3], bins: 2).counts == [3, 0])
    }

    @Test func `bars are as long as their values`() throws {
        let chart = BarChart(title: "Bars", bars: [.init("a", 10), .init("b", 5), .init("c", 0)], axis: "images")
        let image = try chart.render()
        #expect(image.width == 760)
        let fill = chart.style.fill
        // Count the fill's pixels along the middle of each bar.
        var lengths: [Int] = []
        for y in 0..<image.height {
            lengths.append(
                (0..<image.width).count { x in
                    image[x, y, 0] == UInt16(fill.red) && image[x, y, 1] == UInt16(fill.green)
                        && image[x, y, 2] == UInt16(fill.blue)
                })
        }
        let longest = try #require(lengths.max())
        #expect(longest > 400)
        #expect(lengths.contains { abs($0 * 2 - longest) <= 4 })
        #expect(lengths.allSatisfy { $0 == 0 || abs($0 - longest) <= 2 || abs($0 * 2 - longest) <= 4 })
    }

    @Test func `charts of odd data still render`() throws {
        #expect(try BarChart(bars: []).render().height > 20)
        #expect(
            try BarChart(bars: [.init("x", .nan), .init("y", -3), .init("", .infinity)], width: 10).render().width
                == 240)
        #expect(try Histogram(values: []).render().width == 760)
        var histogram = Histogram(
            title: "t", subtitle: "s", values: [1, 10, 100], axis: "area", valueScale: .logarithmic,
            countScale: .logarithmic)
        histogram.marks = [(10, "ten"), (1e9, "outside")]
        let image = try histogram.render()
        #expect(image.width == 760 && image.height == 420)
        #expect(try histogram.render() == image)
    }

    @Test func `lines go where their values are, and each has its colour`() throws {
        let (red, blue) = (Color(hex: 0xC00000), Color(hex: 0x0000C0))
        var chart = LineChart(
            title: "loss",
            series: [
                LineChart.Series(
                    name: "falls", points: (0...10).map { PixelPoint(Double($0), Double(10 - $0)) }, color: red),
                LineChart.Series(name: "", points: [PixelPoint(0, 2), PixelPoint(10, 2)], color: blue),
            ], axis: "step")
        (chart.width, chart.height) = (640, 360)
        let image = try chart.render()
        func rows(_ color: Color, _ columns: Range<Int>) -> [Int] {
            // Below the legend.
            (70..<360).filter { y in
                columns.contains { x in
                    image[x, y, 0] == UInt16(color.red) && image[x, y, 1] == UInt16(color.green)
                        && image[x, y, 2] == UInt16(color.blue)
                }
            }
        }
        let (early, late) = (rows(red, 100..<140), rows(red, 560..<600))
        #expect(try #require(early.max()) < #require(late.min()))
        // The level line is level, and meets the falling one at 8 of 10.
        let level = rows(blue, 100..<300)
        #expect((1...3).contains(level.count))
        let crossing = try #require(
            (50..<640).first { !rows(red, $0..<$0 + 1).filter { abs($0 - level[0]) < 4 }.isEmpty })
        let start = try #require((50..<640).first { !rows(red, $0..<$0 + 1).isEmpty })
        let end = try #require((50..<640).last { !rows(red, $0..<$0 + 1).isEmpty })
        #expect(abs(Double(crossing - start) / Double(end - start) - 0.8) < 0.02)
    }

    @Test func `a line chart of odd data still renders`() throws {
        let color = Color.black
        #expect(try LineChart(series: []).render().width == 960)
        let points = [
            PixelPoint(1, .nan), PixelPoint(2, -1), PixelPoint(3, 0), PixelPoint(4, .infinity), PixelPoint(5, 7),
        ]
        for scale in [AxisScale.linear, .logarithmic] {
            let chart = LineChart(
                series: [LineChart.Series(name: String(repeating: "long ", count: 99), points: points, color: color)],
                valueScale: scale)
            #expect(try chart.render() == chart.render())
        }
        #expect(
            try LineChart(series: [.init(name: "one", points: [PixelPoint(1e300, 1e-300)], color: color)]).render()
                .height
                == 540)
    }
}
