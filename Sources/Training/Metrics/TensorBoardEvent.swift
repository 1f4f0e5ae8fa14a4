import Hashing
import Imaging

/// One entry of a TensorBoard log: the message `tensorflow.Event` (tensorflow/core/util/event.proto, summary.proto), as far
/// as TensorBoard's scalars, images and text pages need it.
struct TensorBoardEvent {
    enum Content {
        /// Opens every file.
        case version
        /// What earlier files say of this step and later ones does not count.
        case restart
        case scalars([(name: String, value: Double)])
        /// A PNG.
        case image(name: String, Image)
        /// Markdown.
        case text(name: String, String)
    }

    var content: Content
    var step: Int
    /// Seconds since 1970.
    var time: Double

    /// - Throws: `ImageError` when an image cannot be written as PNG.
    func message() throws -> ProtocolBuffer {
        var event = ProtocolBuffer()
        event.add(1, time)
        event.add(2, Int64(step))
        switch content {
        case .version: event.add(3, "brain.Event:2")
        case .restart:
            var session = ProtocolBuffer()
            session.add(1, Int64(1))
            event.add(7, session)
        case .scalars(let values):
            var summary = ProtocolBuffer()
            for (name, value) in values {
                var entry = ProtocolBuffer()
                entry.add(1, name)
                entry.add(2, Float(value))
                summary.add(1, entry)
            }
            event.add(5, summary)
        case .image(let name, let image):
            var picture = ProtocolBuffer()
            picture.add(1, Int64(image.height))
            picture.add(2, Int64(image.width))
            picture.add(3, Int64(image.channels))
            picture.add(4, try image.pngBytes())
            var entry = ProtocolBuffer()
            entry.add(1, name)
            entry.add(4, picture)
            event.add(5, summary(of: entry))
        case .text(let name, let text): event.add(5, summary(of: Self.textEntry(name, text)))
        }
        return event
    }

    private func summary(of entry: ProtocolBuffer) -> ProtocolBuffer {
        var summary = ProtocolBuffer()
        summary.add(1, entry)
        return summary
    }

    /// Text is a string tensor of one element for the plugin “text”.
    private static func textEntry(_ name: String, _ text: String) -> ProtocolBuffer {
        var plugin = ProtocolBuffer()
        plugin.add(1, "text")
        var metadata = ProtocolBuffer()
        metadata.add(1, plugin)
        var dimension = ProtocolBuffer()
        dimension.add(1, Int64(1))
        var shape = ProtocolBuffer()
        shape.add(2, dimension)
        var tensor = ProtocolBuffer()
        tensor.add(1, Int64(7))  // DT_STRING
        tensor.add(2, shape)
        tensor.add(8, text)
        var entry = ProtocolBuffer()
        entry.add(1, name + "/text_summary")
        entry.add(8, tensor)
        entry.add(9, metadata)
        return entry
    }
}

/// The framing of TFRecord files: length, its check, data, their check; little-endian.
enum TFRecord {
    static func framed(_ data: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt64(data.count).littleEndian) { Array($0) }
        return length + check(length) + data + check(data)
    }

    /// CRC-32C, turned and shifted, because a check of data that hold checks is weak.
    static func maskedCheck(_ bytes: [UInt8]) -> UInt32 {
        let check = CRC32C.of(bytes)
        return (check >> 15 | check << 17) &+ 0xA282_EAD8
    }

    private static func check(_ bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: maskedCheck(bytes).littleEndian) { Array($0) }
    }
}
