import Testing
import Training

@Suite struct SmoothedMetricTests {
    @Test func `the first value is the mean, and a constant stays what it is`() throws {
        var metric = SmoothedMetric(decay: 0.9, window: 3)
        #expect(metric.exponentialMean == nil && metric.median == nil && metric.mean == nil)
        metric.add(4)
        #expect(abs(try #require(metric.exponentialMean) - 4) < 1e-12)
        for _ in 0..<50 { metric.add(4) }
        #expect(abs(try #require(metric.exponentialMean) - 4) < 1e-12)
    }

    @Test func `means and medians are of the window, weights fall off`() throws {
        var metric = SmoothedMetric(decay: 0.5, window: 3)
        for value in [100, 1, 2, 6] { metric.add(Double(value)) }
        #expect(metric.mean == 3 && metric.median == 2 && metric.last == 6)
        // (100/8 + 1/4 + 2/2 + 6) / 2 / (1 - 1/16)
        let expected = (100.0 / 16 + 1.0 / 8 + 2.0 / 4 + 6.0 / 2) / (15.0 / 16)
        #expect(abs(try #require(metric.exponentialMean) - expected) < 1e-12)
        var even = SmoothedMetric(window: 2)
        for value in [9.0, 1, 2] { even.add(value) }
        #expect(even.median == 1.5)
    }

    @Test func `what is no number is shown and counted, and spoils no average`() {
        var metric = SmoothedMetric(window: 4)
        metric.add(2)
        metric.add(.nan)
        metric.add(.infinity)
        #expect(metric.last == .infinity && metric.notFinite == 2)
        #expect(metric.mean == 2 && metric.median == 2)
    }
}
