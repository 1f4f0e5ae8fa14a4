import Foundation
import Hashing
import Testing

@Suite struct ContentHashTests {
    @Test func `the digest of abc is the one of FIPS 180-4`() {
        #expect(
            ContentHash.of(Array("abc".utf8)).description
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `a file hashes like its bytes`() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("hash-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try ContentHash.of(fileAt: path) == ContentHash.of(bytes))
    }
}
