/// Where a tensor's elements lie and its operations run: `cpu`, or `cuda:0` and so on.
public struct Device: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The number that libtorch has for the kind of device.
    let type: Int32
    /// -1: the current one of its kind.
    let index: Int32

    public static let cpu = Device(type: 0, index: -1)
    public static func cuda(_ index: Int = 0) -> Device { Device(type: 1, index: Int32(index)) }

    init(type: Int32, index: Int32) { (self.type, self.index) = (type, index) }

    init(code: Int32) { self.init(type: code >> 8, index: code & 255 == 255 ? -1 : code & 255) }

    var code: Int32 { type * 256 + (index < 0 ? 255 : index) }

    /// Reads `cpu`, `cuda` or `cuda:1`.
    public init?(_ name: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("cpu", 1): self = .cpu
        case ("cuda", 1): self = .cuda(0)
        case ("cuda", 2):
            guard let index = Int(parts[1]), (0..<255).contains(index) else { return nil }
            self = .cuda(index)
        default: return nil
        }
    }

    public var isCUDA: Bool { type == 1 }
    public var description: String {
        type == 0 ? "cpu" : type == 1 ? "cuda:\(max(0, index))" : "device \(type):\(index)"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let device = Device(name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(name)' is not a device")
        }
        self = device
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
