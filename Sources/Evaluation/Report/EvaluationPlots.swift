import Foundation
import Imaging

/// The plots of a report as PNG files.
public enum EvaluationPlots {
    /// Writes `NAME.png` for each plot that has a line; the folder is made if it is new.
    /// - Returns: their paths.
    /// - Throws: `CocoaError` for a folder that cannot be made; `ImageError` where the font is missing or a file cannot be
    ///   written.
    @discardableResult
    public static func write(_ report: EvaluationReport, into folder: String) throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try report.plots.map { plot in
            let path = "\(folder)/\(plot.name).png"
            try image(of: plot).write(toFileAt: path, compression: .small)
            return path
        }
    }

    static func image(of plot: ReportPlot) throws -> Image {
        var colors = 0
        let lines = plot.lines.map { line in
            defer { colors += line.isReference ? 0 : 1 }
            return LineChart.Series(
                name: line.name, points: line.points.map { PixelPoint($0.x, $0.y) },
                color: line.isReference ? Color(hex: 0xA9A9A4) : Palette.instance(colors),
                lineWidth: line.isReference ? 1 : 2)
        }
        // Corners that are not seen hold the axes to their ranges.
        let corners = [
            PixelPoint(plot.x.lowerBound, plot.y.lowerBound), PixelPoint(plot.x.upperBound, plot.y.upperBound),
        ]
        let frame = corners.map { LineChart.Series(name: "", points: [$0], color: .white, lineWidth: 0) }
        var chart = LineChart(
            title: plot.title, subtitle: plot.caption, series: frame + lines, axis: plot.xAxis, valueAxis: plot.yAxis)
        (chart.width, chart.height) = (720, 560)
        return try chart.render()
    }
}
