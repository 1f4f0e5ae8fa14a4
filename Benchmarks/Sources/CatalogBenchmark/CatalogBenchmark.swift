import Catalog
import Foundation

/// Times what a review page asks of a catalog: catalog-benchmark FILE RUN
@main
enum CatalogBenchmark {
    static func main() throws {
        let catalog = try CatalogFile.open(at: CommandLine.arguments[1])
        let run = try catalog.read { try $0.run(named: CommandLine.arguments[2]).id }
        let middle = try catalog.read { try $0.overview().instances / 2 }
        try report("review-queue page, first") { try $0.reviewQueue(run: run).count }
        try report("review-queue page, middle") {
            try $0.reviewQueue(run: run, after: (priority: nil, id: Int64(middle))).count
        }
        try report("facet counts") { try $0.facets().count }
        try report("overview (annotate info)") { try $0.overview().datasets.count }

        func report(_ name: String, _ body: (CatalogReader) throws -> Int) throws {
            let clock = ContinuousClock()
            var times: [Duration] = []
            var rows = 0
            for _ in 0..<50 { times.append(try clock.measure { rows = try catalog.read(body) }) }
            let milliseconds = times.sorted()[25] / .milliseconds(1)
            print("\(name)\t\(rows) rows\t\(String(format: "%.3f", milliseconds)) ms")
        }
    }
}
