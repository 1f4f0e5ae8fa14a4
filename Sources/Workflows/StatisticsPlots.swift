import Annotations
import Foundation
import Imaging

/// Charts of a dataset's statistics, as PNG files.
public enum StatisticsPlots {
    /// Bars of one chart; categories beyond it are gathered in a last one.
    static let maximumBars = 30

    /// Writes the charts that have something to show.
    /// - Returns: paths of the files, in order.
    /// - Throws: `OutputFolderError`, or `ImageError` when the font is missing or a file cannot be written.
    @discardableResult
    public static func write(
        _ statistics: DatasetStatistics, _ samples: DatasetStatistics.Samples, into folder: String
    ) throws -> [String] {
        try OutputFolder.prepare(folder, apartFrom: [])
        var paths: [String] = []
        for (name, image) in try charts(statistics, samples) {
            let path = folder + "/" + name
            try image.write(toFileAt: path, compression: .small)
            paths.append(path)
        }
        return paths
    }

    static func charts(
        _ statistics: DatasetStatistics, _ samples: DatasetStatistics.Samples
    ) throws -> [(name: String, image: Image)] {
        var charts: [(String, Image)] = []
        let dataset = statistics.dataset
        if !statistics.categories.isEmpty {
            let chart = BarChart(
                title: "Instances of each category", subtitle: dataset, bars: categoryBars(statistics),
                axis: "instances")
            charts.append(("categories.png", try chart.render()))
        }
        if !samples.objectSizes.isEmpty {
            var chart = Histogram(
                title: "Size of the objects", subtitle: "\(dataset): \(samples.objectSizes.count) instances",
                values: samples.objectSizes, axis: "square root of the area, pixels (logarithmic)",
                countAxis: "instances", valueScale: .logarithmic)
            chart.marks = [(32, "medium from 32"), (96, "large above 96")]
            charts.append(("object-sizes.png", try chart.render()))
        }
        if statistics.instances > 0 {
            charts.append(
                (
                    "instances-per-picture.png",
                    try wholeNumbers(
                        samples.instancesPerPicture, title: "Instances in a picture", subtitle: dataset,
                        axis: "instances", countAxis: "pictures"
                    ).render()
                ))
        }
        let parts = partBars(statistics)
        if !parts.isEmpty {
            let chart = BarChart(
                title: "Dense points on each part", subtitle: dataset, bars: parts, axis: "points")
            charts.append(("points-per-part.png", try chart.render()))
        }
        if !samples.pointsPerInstance.isEmpty {
            charts.append(
                (
                    "points-per-instance.png",
                    try wholeNumbers(
                        samples.pointsPerInstance, title: "Dense points of an instance",
                        subtitle: "\(dataset): \(samples.pointsPerInstance.count) instances with points",
                        axis: "points", countAxis: "instances"
                    ).render()
                ))
        }
        return charts
    }

    static func categoryBars(_ statistics: DatasetStatistics) -> [BarChart.Bar] {
        let (shown, rest) = (
            statistics.categories.prefix(maximumBars), statistics.categories.dropFirst(maximumBars)
        )
        var bars = shown.map { BarChart.Bar($0.name, Double($0.instances)) }
        if !rest.isEmpty {
            let sum = rest.reduce(0) { $0 + $1.instances }
            bars.append(.init("\(rest.count) others", Double(sum), color: Color(hex: 0xA9A9A4)))
        }
        return bars
    }

    /// In the order of the parts' numbers, in their colours.
    static func partBars(_ statistics: DatasetStatistics) -> [BarChart.Bar] {
        PartMasks.names.enumerated().compactMap { index, name in
            statistics.pointsPerPart[name].map {
                BarChart.Bar(name, Double($0), color: LabelPainter.color(ofCoarsePart: index + 1))
            }
        }
    }

    /// A histogram whose bins hold whole numbers each, so that none is empty for want of a number.
    static func wholeNumbers(
        _ values: [Double], title: String, subtitle: String, axis: String, countAxis: String
    ) -> Histogram {
        var (low, high) = (values.min() ?? 0, values.max() ?? 0)
        // A single value would be one bar as wide as the chart.
        low = max(0, min(low, high - 8))
        high = max(high, low + 8)
        let step = max(1, ((high - low + 1) / 40).rounded(.up))
        let bins = Int(((high - low + 1) / step).rounded(.up))
        return Histogram(
            title: title, subtitle: subtitle, values: values, range: (low - 0.5)...(low - 0.5 + Double(bins) * step),
            bins: bins, axis: axis, countAxis: countAxis)
    }
}
