import CCrypto
import Foundation

/// A SHA-256 digest (FIPS 180-4): the name of a file's content everywhere in the catalog.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    public static func of(_ bytes: some Sequence<UInt8>) -> ContentHash {
        var hasher = ContentHasher()
        let array = Array(bytes)
        array.withUnsafeBytes { hasher.update($0) }
        return hasher.finish()
    }

    /// Hashes a file in constant memory.
    /// - Throws: `CocoaError` when the file cannot be opened or read.
    public static func of(fileAt path: String) throws -> ContentHash {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hasher = ContentHasher()
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            chunk.withUnsafeBytes { hasher.update($0) }
        }
        return hasher.finish()
    }
}

/// Hashes bytes as they stream by.
public struct ContentHasher: ~Copyable {
    private let context: OpaquePointer

    public init() {
        // libcrypto returns nil only when memory is exhausted.
        context = EVP_MD_CTX_new()!
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    public consuming func finish() -> ContentHash {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return ContentHash(bytes: digest)!
    }

    deinit { EVP_MD_CTX_free(context) }
}
