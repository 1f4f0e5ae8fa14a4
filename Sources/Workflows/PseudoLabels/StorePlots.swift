public import Catalog
import Foundation
import Imaging

/// Charts of what a run has stored, as PNG files.
public enum StorePlots {
    /// Writes a histogram of each confidence, and with a calibration how far each is to be trusted.
    /// - Returns: paths of the files.
    /// - Throws: `PseudoLabelError`, `CatalogError`, `ImageError`, `OutputFolderError`.
    public static func write(ofRun name: String, into folder: String, _ reader: CatalogReader) throws -> [String] {
        let run = try reader.run(named: name)
        let histograms = try StoreHistograms(ofRun: run.id, reader)
        guard histograms.stored.pictures > 0 else { throw PseudoLabelError.notStored(run: name) }
        try OutputFolder.prepare(folder, apartFrom: [])
        var paths: [String] = []
        func write(_ image: Image, _ file: String) throws {
            try image.write(toFileAt: "\(folder)/\(file).png", compression: .small)
            paths.append("\(folder)/\(file).png")
        }
        for key in ConfidenceKey.allCases where histograms.states(key) {
            try write(histogram(key, histograms, run: name), key.rawValue)
        }
        guard let text = try reader.calibration(ofRun: run.id) else { return paths }
        let calibration = try JSONDecoder().decode(StoreCalibration.self, from: Data(text.utf8))
        for key in ConfidenceKey.allCases {
            guard case .probability(let its)? = calibration.heads[key] else { continue }
            try write(reliability(key, its, calibration), "reliability-\(key.rawValue)")
        }
        return paths
    }

    private static func histogram(_ key: ConfidenceKey, _ histograms: StoreHistograms, run: String) throws -> Image {
        let values = histograms.counts[key]!.enumerated().dropFirst().flatMap { sureness, count in
            Array(repeating: key.value(sureness)!, count: count)
        }
        return try Histogram(
            title: title(key), subtitle: "\(run): \(values.count) objects", values: values,
            range: key.isDeviation ? nil : 0...1,
            axis: key.isDeviation ? "σ (logarithmic; to the left is sure)" : "probability", countAxis: "objects",
            valueScale: key.isDeviation ? .logarithmic : .linear
        ).render()
    }

    private static func reliability(
        _ key: ConfidenceKey, _ its: ProbabilityCalibration, _ calibration: StoreCalibration
    ) throws -> Image {
        func line(_ name: String, temperature: Double, _ color: Color) -> LineChart.Series {
            let points = its.bins(temperature: temperature).filter { $0.count > 0 }.map {
                PixelPoint($0.stated, $0.right)
            }
            return LineChart.Series(name: name, points: points, color: color)
        }
        let truth = LineChart.Series(
            name: "as stated", points: [PixelPoint(0, 0), PixelPoint(1, 1)], color: Color(hex: 0xA9A9A4), lineWidth: 1)
        let number = FloatingPointFormatStyle<Double>.number.precision(.fractionLength(3)).locale(
            Locale(identifier: "en"))
        var chart = LineChart(
            title: "Reliability: \(title(key))",
            subtitle: "\(calibration.dataset): ECE \(its.errorBefore.formatted(number)), with temperature "
                + "\(its.temperature.formatted(number)) \(its.errorAfter.formatted(number))",
            series: [
                truth, line("by the network", temperature: 1, Palette.instance(0)),
                line("with the temperature", temperature: its.temperature, Palette.instance(1)),
            ], axis: "probability", valueAxis: "share that is right")
        (chart.width, chart.height) = (640, 560)
        return try chart.render()
    }

    private static func title(_ key: ConfidenceKey) -> String {
        switch key {
        case .score: "Class"
        case .box: "Box"
        case .mask: "Mask"
        case .foreground: "Foreground"
        case .parts: "Charts"
        case .uv: "(u, v)"
        }
    }
}
