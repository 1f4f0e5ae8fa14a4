import Catalog
import Geometry

extension DensePoseEvaluation {
    /// Numbers; with outcomes also point errors by part and size, reliability and curves.
    /// - Parameter outcomes: those of `outcomes()`; nil for numbers alone.
    /// - Throws: `EvaluationError` or `ImageError` for a map that cannot be read.
    public func report(
        title: String, notes: [String], outcomes: [DetectionOutcome]? = nil
    ) throws -> EvaluationReport {
        var report = EvaluationReport(title: title, notes: notes + warnings, metrics: metrics)
        guard let outcomes else { return report }
        report.addCounts(outcomes)
        let errors = try PointErrors(similarity, table)
        report.metrics.append(NamedMetric(name: "truths", value: Double(errors.truthCount)))
        report.metrics.append(NamedMetric(name: "found", value: Double(errors.foundCount)))
        report.notes.append(
            "Errors of points are of truths whose box a detection overlaps by half: \(errors.foundCount) of "
                + "\(errors.truthCount). “error” is the mean distance along the surface where a body is predicted.")
        report.tables = [parts(errors), sizes(errors)]
        let limit = curves.grid.maximumDetections.count - 1
        let lines = [0.5, 0.75, 0.9].compactMap { threshold in
            curves.grid.place(ofThreshold: threshold).map {
                ReportPlot.Line("\(metric.rawValue) \(threshold)", curves.line(limit: limit, threshold: $0))
            }
        }
        report.plots = [.precisionRecall(lines), correctPoints(errors)]
        report.add(confidences(outcomes, errors))
        return report
    }

    private func parts(_ errors: PointErrors) -> ReportTable {
        var rows = [("all", PointStatistics(errors.points).values)]
        let ofPart = Dictionary(grouping: errors.points) { ChartLayout.partOfChart[min(24, Int($0.chart))] }
        for (place, name) in ChartLayout.partNames.enumerated() {
            if let points = ofPart[place + 1] { rows.append((name, PointStatistics(points).values)) }
        }
        let ofChart = Dictionary(grouping: errors.points, by: \.chart)
        for (place, name) in ChartLayout.chartNames.enumerated() {
            if let points = ofChart[UInt8(place + 1)] {
                rows.append(("\(place + 1) \(name)", PointStatistics(points).values))
            }
        }
        return ReportTable(
            "parts", title: "Points by part", subject: "part", columns: PointStatistics.columns, rows: rows)
    }

    private func sizes(_ errors: PointErrors) -> ReportTable {
        let limit = curves.grid.maximumDetections.count - 1
        let rows = ["all", "small", "medium", "large"].compactMap { name -> (String, [Double])? in
            guard let area = curves.grid.areas.firstIndex(where: { $0.name == name }) else { return nil }
            let range = curves.grid.areas[area]
            let points = errors.points.filter { range.contains(truths.areas[Int($0.truth)]) }
            let count = truths.index.categories.indices.reduce(0) {
                $0 + table.positives[$1 * table.areaCount + area]
            }
            let rates = [
                curves.averagePrecision(area: area, limit: limit), curves.averageRecall(area: area, limit: limit),
            ].map { $0 < 0 ? -1 : 100 * $0 }
            return (name, [Double(count)] + rates + PointStatistics(points).values)
        }
        return ReportTable(
            "sizes", title: "Sizes (small up to 32², large from 96² square pixels)", subject: "size",
            columns: ["truths", "AP", "AR"] + PointStatistics.columns, rows: rows)
    }

    /// The share of points within a distance (Güler et al. 2018).
    private func correctPoints(_ errors: PointErrors) -> ReportPlot {
        let sorted = errors.points.map(\.distance).sorted()
        var place = 0
        let points = (0...60).map { step in
            let bound = 0.3 * Double(step) / 60
            while place < sorted.count, sorted[place] <= bound { place += 1 }
            return SIMD2(bound, Double(place) / Double(max(1, sorted.count)))
        }
        let statistics = PointStatistics(errors.points)
        return ReportPlot(
            "correct-points", title: "Share of correct points",
            caption: "Area to 0.1: \(EvaluationReport.text(statistics.areaTo10)), to 0.3: "
                + EvaluationReport.text(statistics.areaTo30),
            xAxis: "distance along the surface", yAxis: "share of points", x: 0...0.3,
            lines: sorted.isEmpty ? [] : [.init("correct points", points)])
    }

    /// What results state: scores and the class against hits, parts against right parts, the foreground against points that a
    /// body is predicted at, 1/σ² of u and v against errors below the tolerance.
    private func confidences(_ outcomes: [DetectionOutcome], _ errors: PointErrors) -> ConfidenceSection {
        var section = ConfidenceSection()
        let perPoint = ["parts", "foreground", "uv"]
        let statements = detections.statements.mapValues { stated in
            var rest = stated
            for name in perPoint { rest.confidences[name] = nil }
            return rest
        }
        section.add(outcomes, statements: statements) { detections.scores[$0] }
        let claims = ["share of right parts", "share of points found", "share of points within the tolerance"]
        for (name, claim) in zip(perPoint, claims) {
            section.add(
                name, claim: claim,
                errors.points.compactMap { point in
                    guard let value = detections.statements[Int(point.detection)]?.confidences[name] else { return nil }
                    // exp(-1/2), where the distance is the tolerance.
                    let isRight =
                        name == "parts"
                        ? point.predictedChart == point.chart && point.chart > 0
                        : name == "foreground" ? point.distance.isFinite : point.similarity >= 0.606_530_659_7
                    return (value, isRight)
                })
        }
        var (u, v, deviations) = ([Double](), [Double](), [SIMD2<Double>]())
        for point in errors.points {
            guard let error = point.uvError, let stated = detections.statements[Int(point.detection)]?.deviations else {
                continue
            }
            u.append(error.x)
            v.append(error.y)
            deviations.append(stated)
        }
        section.addCoverage("u", errors: u, deviations: deviations.map(\.x))
        section.addCoverage("v", errors: v, deviations: deviations.map(\.y))
        return section
    }
}
