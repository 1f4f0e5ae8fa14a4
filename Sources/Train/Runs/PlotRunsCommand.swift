import ArgumentParser
import Catalog
import Commands
import Imaging
import Training

struct PlotRunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "A metric of one run or several as curves, in a PNG.",
        discussion: """
            Long series are thinned so that no peak is lost. With --smooth, the values themselves stand faintly behind.

            Example:
              train runs plot baseline second --metric loss/total --out loss.png --log --smooth 0.9
            """)

    enum Axis: String, CaseIterable, ExpressibleByArgument { case step, epoch, time }

    @Argument(help: "The runs, by name or number.")
    var names: [String]

    @Option(help: "The metric (`train runs show` lists them).")
    var metric: String

    @Option(help: ArgumentHelp("The file, a PNG or JPEG.", valueName: "file"), completion: .file())
    var out: String

    @Flag(name: .customLong("log"), help: "A logarithmic axis of values.")
    var isLogarithmic = false

    @Option(help: "Exponential smoothing: the share of the mean that stays at each value, 0 to 1.")
    var smooth = 0.0

    @Option(help: "What the curves are over: step, epoch, or hours since the run's first value.")
    var over = Axis.step

    @Option(help: "Pixels.")
    var width = 960

    @Option(help: "Pixels.")
    var height = 540

    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard (0..<1).contains(smooth) else { throw ValidationError("--smooth is 0 or more, and less than 1") }
        guard (240...8192).contains(width), (160...8192).contains(height) else {
            throw ValidationError("--width is 240 to 8192, --height 160 to 8192")
        }
        guard Set(names).count <= Palette.instances.count else {
            throw ValidationError("at most \(Palette.instances.count) runs have colours of their own")
        }
    }

    func run() throws {
        let file = try catalog.open()
        var faint: [LineChart.Series] = []
        var lines: [LineChart.Series] = []
        var left = 0
        for (index, name) in names.enumerated() {
            let (title, series) = try file.read { reader in
                let run = try reader.run(called: name)
                return (run.name, try reader.series(of: metric, run: run.id))
            }
            let color = Palette.instance(index)
            let finite = series.points.filter { $0.value.isFinite && (!isLogarithmic || $0.value > 0) }
            left += series.points.count - finite.count
            if smooth > 0 {
                faint.append(
                    LineChart.Series(
                        name: "", points: points(finite), color: color.mixed(with: .white, 0.72), lineWidth: 1))
            }
            lines.append(LineChart.Series(name: title, points: points(smoothed(finite)), color: color))
        }
        guard lines.contains(where: { !$0.points.isEmpty }) else {
            throw CatalogError.failed(
                path: catalog.path,
                reason: "“\(metric)” has no value that this plot can show\(over == .epoch ? " by epoch" : "")")
        }
        var chart = LineChart(
            title: metric, subtitle: smooth > 0 ? "smoothed by \(smooth)" : "", series: faint + lines,
            axis: over == .time ? "hours" : over.rawValue, valueScale: isLogarithmic ? .logarithmic : .linear)
        (chart.width, chart.height) = (width, height)
        try chart.render().write(toFileAt: out)
        print(out)
        if left > 0 {
            Terminal.error("\(left) values are left out: not finite\(isLogarithmic ? ", or not positive" : "")")
        }
    }

    /// Smoothed at full length, before thinning.
    private func smoothed(_ series: [MetricSeries.Point]) -> [MetricSeries.Point] {
        guard smooth > 0 else { return series }
        var mean = SmoothedMetric(decay: smooth, window: 1)
        return series.map { point in
            mean.add(point.value)
            return MetricSeries.Point(
                step: point.step, epoch: point.epoch, value: mean.exponentialMean ?? point.value, time: point.time)
        }
    }

    private func points(_ series: [MetricSeries.Point]) -> [PixelPoint] {
        let start = series.first?.time ?? 0
        return MetricSeries(name: metric, points: series).downsampled(to: 2 * width).points.compactMap { point in
            switch over {
            case .step: PixelPoint(Double(point.step), point.value)
            case .epoch: point.epoch.map { PixelPoint($0, point.value) }
            case .time: PixelPoint((point.time - start) / 3600, point.value)
            }
        }
    }
}
