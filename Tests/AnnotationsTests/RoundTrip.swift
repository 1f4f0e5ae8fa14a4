import Annotations
import Catalog
import Foundation

/// Takes a text into a new catalog and writes it out again.
final class RoundTrip {
    let folder: String
    let catalog: CatalogFile
    private(set) var report: COCOImport.Report

    init(_ text: String, dataset: String = "d", strict: Bool = false) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("round-\(UUID())").path
        // A class whose initialiser throws is not deinitialised.
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/in.json"))
            catalog = try CatalogFile.create(at: folder + "/c.sqlite")
            var options = COCOImport.Options(dataset: dataset)
            options.isStrict = strict
            report = try COCOImport.run(folder + "/in.json", into: catalog, options: options, command: "import")
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Imports another text, for instance results over the dataset.
    func add(_ text: String, run: String) throws -> COCOImport.Report {
        let path = folder + "/\(run).json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        var options = COCOImport.Options(dataset: "d")
        options.run = run
        return try COCOImport.run(path, into: catalog, options: options, command: "import")
    }

    func export(_ change: (inout COCOExport.Options) -> Void = { _ in }) throws -> (String, COCOExport.Report) {
        var options = COCOExport.Options(dataset: "d")
        change(&options)
        let path = folder + "/out.json"
        let report = try COCOExport.run(path, from: catalog, options: options)
        return (String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self), report)
    }

    func verify() throws -> ExportVerification {
        _ = try export()
        return try COCOExport.verify(
            folder + "/out.json", against: catalog, options: COCOExport.Options(dataset: "d"))
    }
}

extension RoundTrip {
    /// Removes the folder when the import itself fails.
    static func error(_ text: String, strict: Bool = false) -> String? {
        do {
            _ = try RoundTrip(text, strict: strict)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
