import Foundation
import Testing

/// Figures that the published implementations gave: from the folder that KINDRED_GOLDEN names, or those that lie here.
enum GoldenFiles {
    static func path(_ name: String) throws -> String {
        if let folder = ProcessInfo.processInfo.environment["KINDRED_GOLDEN"] { return folder + "/" + name }
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
        return folder.appendingPathComponent(name).path
    }

    static func json(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: try path(name)))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}
