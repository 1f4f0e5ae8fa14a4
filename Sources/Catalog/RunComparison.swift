import Foundation

/// How runs differ: what was set differently, and what came of it.
public struct RunComparison: Sendable, Codable, Equatable {
    public struct Setting: Sendable, Codable, Equatable {
        /// Path in the configuration, with dots: `optimizer.learningRate`.
        public let name: String
        /// One text a run, JSON; nil where the run does not have it.
        public let values: [String?]
    }

    public struct Metric: Sendable, Codable, Equatable {
        public let name: String
        /// One summary a run; nil where the run did not measure it.
        public let summaries: [MetricSummary?]
    }

    public let runs: [String]
    /// Settings that are not the same in all runs, by name. Seed, version, device and libraries are among them.
    public let differences: [Setting]
    /// Every metric that any of the runs has, by name.
    public let metrics: [Metric]
}

extension CatalogReader {
    public func compare(_ runs: [RunRecord]) throws -> RunComparison {
        let configurations = runs.map(Self.settings)
        let differences = Set(configurations.flatMap(\.keys)).sorted().compactMap { name -> RunComparison.Setting? in
            let values = configurations.map { $0[name] }
            return Set(values).count > 1 ? RunComparison.Setting(name: name, values: values) : nil
        }
        let summaries = try runs.map { run in
            try metrics(of: run.id).reduce(into: [String: MetricSummary]()) { $0[$1.name] = $1 }
        }
        let measured = Set(summaries.flatMap(\.keys)).sorted().map { name in
            RunComparison.Metric(name: name, summaries: summaries.map { $0[name] })
        }
        return RunComparison(runs: runs.map(\.name), differences: differences, metrics: measured)
    }

    private static func settings(of run: RunRecord) -> [String: String] {
        var result = ["version": run.version]
        result["seed"] = run.execution?.seed.map(String.init)
        result["device"] = run.execution?.device
        for (library, version) in run.execution?.libraries ?? [:] { result["libraries.\(library)"] = version }
        run.configuration.flatMap(JSONValue.init(text:))?.flatten(into: &result, path: "")
        return result
    }
}

extension JSONValue {
    /// Objects open up; lists are compared as a whole.
    fileprivate func flatten(into result: inout [String: String], path: String) {
        guard case .object(let members) = self else {
            result[path.isEmpty ? "configuration" : path] = description
            return
        }
        for (key, value) in members { value.flatten(into: &result, path: path.isEmpty ? key : "\(path).\(key)") }
    }
}
