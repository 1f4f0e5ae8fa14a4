import Foundation
import Testing

@testable import Imaging

/// The files of Fixtures/images and what they must decode to (made by make_image_fixtures.py).
struct ImageFixture: Decodable {
    let width: Int
    let height: Int
    let channels: Int
    let bits: Int
    let samples: String

    static func all() throws -> [String: ImageFixture] {
        let url = try #require(
            Bundle.module.url(forResource: "images", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode([String: ImageFixture].self, from: Data(contentsOf: url))
    }

    static func named(_ name: String) throws -> ImageFixture { try #require(all()[name]) }

    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/images/\(name)").path
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    var values: [UInt16] {
        let digits = Array(samples.utf8).map { UInt16($0) }.map { $0 > 96 ? $0 - 87 : $0 - 48 }
        let width = bits / 4
        return stride(from: 0, to: digits.count, by: width).map { i in
            digits[i..<i + width].reduce(0) { $0 << 4 | $1 }
        }
    }
}

/// A folder that is removed after the test.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("imaging-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}
