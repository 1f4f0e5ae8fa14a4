import Foundation
internal import GRDB

/// One value of a metric.
public struct MetricSample: Sendable, Equatable {
    public var name: String
    /// Steps of the optimiser since the run began.
    public var step: Int
    /// Passes over the data, in fractions.
    public var epoch: Double?
    /// May be NaN or infinite: that is what one looks for afterwards.
    public var value: Double
    /// Seconds since 1970.
    public var time: Double

    public init(name: String, step: Int, epoch: Double? = nil, value: Double, time: Double) {
        (self.name, self.step, self.epoch, self.value, self.time) = (name, step, epoch, value, time)
    }
}

/// What a metric of a run came to. Extremes are of the values that are numbers.
public struct MetricSummary: Sendable, Codable, Equatable {
    public let name: String
    public let count: Int
    public let lastStep: Int
    /// nil when it is no number.
    public let last: Double?
    public let minimum: Double?
    public let minimumStep: Int?
    public let maximum: Double?
    public let maximumStep: Int?
}

/// A metric over the steps of a run, in their order.
public struct MetricSeries: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public let step: Int
        public let epoch: Double?
        public let value: Double
        public let time: Double

        public init(step: Int, epoch: Double? = nil, value: Double, time: Double = 0) {
            (self.step, self.epoch, self.value, self.time) = (step, epoch, value, time)
        }
    }

    public var name: String
    public var points: [Point]

    public init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }

    /// At most about `count` points that look the same in a plot: of each stretch of steps the least and the greatest
    /// value, so that no peak is lost. Values that are no numbers are left out.
    public func downsampled(to count: Int) -> MetricSeries {
        let numbers = points.filter(\.value.isFinite)
        let stretches = max(1, count / 2)
        guard numbers.count > max(2, count), let first = numbers.first?.step, let last = numbers.last?.step else {
            return MetricSeries(name: name, points: numbers)
        }
        var kept: [Point] = []
        var start = 0
        while start < numbers.count {
            func stretch(_ index: Int) -> Int { (numbers[index].step - first) * stretches / (last - first + 1) }
            var (end, low, high) = (start, start, start)
            while end < numbers.count, stretch(end) == stretch(start) {
                if numbers[end].value < numbers[low].value { low = end }
                if numbers[end].value > numbers[high].value { high = end }
                end += 1
            }
            kept.append(numbers[min(low, high)])
            if low != high { kept.append(numbers[max(low, high)]) }
            start = end
        }
        return MetricSeries(name: name, points: kept)
    }
}

extension CatalogReader {
    /// Every metric of a run, by name.
    public func metrics(of run: Int64) throws -> [MetricSummary] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT m.name, count(*) AS n, max(v.step) AS last_step,
                    (SELECT value FROM metric_value WHERE metric_id = m.id ORDER BY step DESC LIMIT 1) AS last,
                    min(v.value) AS low, max(v.value) AS high,
                    (SELECT step FROM metric_value WHERE metric_id = m.id AND value IS NOT NULL ORDER BY value, step LIMIT 1)
                        AS low_step,
                    (SELECT step FROM metric_value WHERE metric_id = m.id AND value IS NOT NULL
                        ORDER BY value DESC, step LIMIT 1) AS high_step
                FROM metric m JOIN metric_value v ON v.metric_id = m.id WHERE m.run_id = ? GROUP BY m.id ORDER BY m.name
                """, arguments: [run]
        ).map { row in
            MetricSummary(
                name: row["name"], count: row["n"], lastStep: row["last_step"], last: row["last"], minimum: row["low"],
                minimumStep: row["low_step"], maximum: row["high"], maximumStep: row["high_step"])
        }
    }

    /// The last step at which a run measured anything.
    public func lastStep(of run: Int64) throws -> Int? {
        try Int.fetchOne(
            db,
            sql: """
                SELECT max((SELECT max(step) FROM metric_value WHERE metric_id = metric.id)) FROM metric WHERE run_id = ?
                """, arguments: [run])
    }

    /// - Throws: `CatalogError.unknown`, with the metrics that the run has.
    public func series(of metric: String, run: Int64) throws -> MetricSeries {
        guard
            let id = try Int64.fetchOne(
                db, sql: "SELECT id FROM metric WHERE run_id = ? AND name = ?", arguments: [run, metric])
        else {
            let known = try String.fetchAll(
                db, sql: "SELECT name FROM metric WHERE run_id = ? ORDER BY name", arguments: [run])
            throw CatalogError.unknown(kind: "metric", name: metric, known: known)
        }
        let rows = try statement("SELECT step, epoch, value, time FROM metric_value WHERE metric_id = ? ORDER BY step")
        rows.bind(1, id)
        var points: [MetricSeries.Point] = []
        while try rows.step() {
            points.append(
                MetricSeries.Point(
                    step: rows.int(0), epoch: rows.optionalDouble(1), value: rows.optionalDouble(2) ?? .nan,
                    time: rows.double(3)))
        }
        return MetricSeries(name: metric, points: points)
    }
}

extension RunRecorder {
    /// Adds values; a metric that has one at this step already takes the new one. Counts as a sign of life.
    public func append(_ samples: [MetricSample], to run: Int64) throws {
        let insert = try statement(
            """
            INSERT INTO metric_value VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET epoch = excluded.epoch, value = excluded.value, time = excluded.time
            """)
        var ids: [String: Int64] = [:]
        for sample in samples {
            if ids[sample.name] == nil { ids[sample.name] = try metricID(sample.name, of: run) }
            insert.bind(1, ids[sample.name])
            insert.bind(2, sample.step)
            insert.bind(3, sample.epoch)
            // SQLite has no NaN; it would store NULL itself.
            insert.bind(4, sample.value.isNaN ? nil : sample.value)
            insert.bind(5, sample.time)
            try insert.execute()
        }
        try heartbeat(run)
    }

    private func metricID(_ name: String, of run: Int64) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO metric (run_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [run, name])
        return try Int64.fetchOne(
            db, sql: "SELECT id FROM metric WHERE run_id = ? AND name = ?", arguments: [run, name])!
    }
}
