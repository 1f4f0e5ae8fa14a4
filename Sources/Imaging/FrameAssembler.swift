import Subprocess

/// What the log says of a selected frame whose pixels are on their way.
struct SelectedFrame: Sendable {
    let ordinal: Int
    let tick: Int?
    let timeBase: Rational
    let isKeyframe: Bool
    let width: Int
    let height: Int
}

/// Reads ffmpeg's log: counts decoded frames, and pairs each selected one with its number.
struct VideoLog: Sendable {
    private let path: String
    private var timeBase: Rational
    private var line: [UInt8] = []
    /// Decoded frames that came after the last selected one, with their numbers; the select filter drops nearly all.
    private var pending: [(ordinal: Int, tick: Int?)] = []
    private(set) var decoded = 0
    private(set) var selected = 0
    /// The first few.
    private(set) var complaints: [String] = []

    init(path: String, timeBase: Rational) {
        self.path = path
        self.timeBase = timeBase
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer, _ deliver: (SelectedFrame) -> Void) {
        for byte in bytes {
            if byte == 0x0a || byte == 0x0d {
                if !line.isEmpty { read(String(decoding: line, as: UTF8.self), deliver) }
                line.removeAll(keepingCapacity: true)
            } else if line.count < 4096 {
                // Longer lines are metadata of the file, of no use here.
                line.append(byte)
            }
        }
    }

    private mutating func read(_ text: String, _ deliver: (SelectedFrame) -> Void) {
        switch VideoLogLine(text, path: path) {
        case .decoded(let frame):
            // Filters work through a frame before the next comes; a few are kept in case one looks ahead.
            if pending.count >= 64 { pending.removeFirst(32) }
            pending.append((decoded, frame.tick))
            decoded += 1
        case .selected(let frame):
            let place = pending.firstIndex { $0.tick == frame.tick } ?? pending.indices.last
            let ordinal = place.map { pending[$0].ordinal } ?? max(decoded - 1, 0)
            if let place { pending.removeFirst(place + 1) }
            selected += 1
            deliver(
                SelectedFrame(
                    ordinal: ordinal, tick: frame.tick, timeBase: timeBase, isKeyframe: frame.isKeyframe,
                    width: frame.width, height: frame.height))
        case .timeBase(let base):
            timeBase = base
        case .complaint(let text):
            if complaints.count < 20 { complaints.append(text) }
        case nil:
            break
        }
    }
}

/// Cuts the stream of pixels into frames.
struct FrameAssembler {
    private var notes: AsyncStream<SelectedFrame>.Iterator
    private var note: SelectedFrame?
    private var pixels: [UInt8] = []
    private(set) var delivered = 0

    init(notes: AsyncStream<SelectedFrame>.Iterator) { self.notes = notes }

    mutating func append(
        _ chunk: SubprocessOutputSequence.Buffer, _ body: (VideoFrame) async throws -> Void
    ) async throws {
        var offset = 0
        while offset < chunk.count {
            if note == nil {
                // The log's line is written before the pixels, so that this waits for no more than the reader.
                note = await notes.next()
                pixels.reserveCapacity(note.map { 3 * $0.width * $0.height } ?? 0)
            }
            guard let frame = note else { return }
            let size = 3 * frame.width * frame.height
            let end = min(chunk.count, offset + size - pixels.count)
            chunk.withUnsafeBytes { pixels.append(contentsOf: $0[offset..<end]) }
            offset = end
            guard pixels.count == size else { continue }
            let whole = pixels
            pixels = []
            note = nil
            delivered += 1
            try await body(
                VideoFrame(
                    width: frame.width, height: frame.height, pixels: whole, ordinal: frame.ordinal, tick: frame.tick,
                    timeBase: frame.timeBase, isKeyframe: frame.isKeyframe))
        }
    }
}
