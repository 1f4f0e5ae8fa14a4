/// The 32-bit cyclic redundancy check of Castagnoli (RFC 3720, appendix B.4): polynomial 0x1EDC6F41, reflected.
public enum CRC32C {
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { check, byte in table[Int(UInt8(truncatingIfNeeded: check) ^ byte)] ^ check >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { check, _ in check >> 1 ^ (check & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
}
