import Foundation

/// Reads comma-separated values as RFC 4180 has them, a row at a time: quoted cells with commas, doubled quotes and line
/// breaks; lines that end in LF, CRLF or CR; a byte-order mark at the start. Memory does not grow with the file.
public final class CSVReader {
    public struct Row: Sendable, Equatable {
        /// Of the row's first character, from 1.
        public let line: Int
        public let cells: [String]
    }

    public let path: String
    /// Cells of the first row.
    public private(set) var header: [String] = []

    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    private var line = 1
    /// A longer cell is taken for a quote that nobody closed.
    private static let cellLimit = 16 << 20

    /// Opens a file and reads its first row.
    /// - Throws: `FormatError` when there is no file, no row, or a column's name comes twice.
    public init(path: String) throws {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let file = FileHandle(forReadingAtPath: path)
        else { throw FormatError(file: path, reason: "there is no such file, or it cannot be read") }
        self.file = file
        try fill()
        if buffer.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
        guard let first = try next() else {
            throw FormatError(file: path, reason: "the file is empty, expected a row of column names")
        }
        header = first.cells
        for (index, name) in header.enumerated() where header[..<index].contains(name) {
            throw FormatError(file: path, place: "line \(first.line)", reason: "the column “\(name)” comes twice")
        }
    }

    deinit { try? file.close() }

    /// The next row; nil at the end. Empty lines are passed over.
    /// - Throws: `FormatError` for broken quoting or text that is not UTF-8: rows after it cannot be trusted.
    public func next() throws -> Row? {
        while let byte = try peek(), byte == 0x0a || byte == 0x0d { try endLine() }
        guard try peek() != nil else { return nil }
        let start = line
        var cells: [String] = []
        while true {
            cells.append(try cell())
            guard let byte = try peek() else { break }
            if byte == UInt8(ascii: ",") {
                position += 1
            } else {
                try endLine()
                break
            }
        }
        return Row(line: start, cells: cells)
    }

    /// Reads a cell up to, not over, the comma or line break after it.
    private func cell() throws -> String {
        let start = line
        var text: [UInt8] = []
        let isQuoted = try peek() == UInt8(ascii: "\"")
        if isQuoted {
            position += 1
            while true {
                guard let byte = try peek() else {
                    throw error(start, "a quoted cell starts here and never ends")
                }
                guard text.count < Self.cellLimit else {
                    throw error(start, "a quoted cell starts here and is longer than \(Self.cellLimit >> 20) MiB")
                }
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard try peek() == UInt8(ascii: "\"") else { break }
                    position += 1
                }
                if byte == 0x0a { line += 1 }
                text.append(byte)
            }
            if let byte = try peek(), byte != UInt8(ascii: ","), byte != 0x0a, byte != 0x0d {
                throw error(line, "there is text after the closing quote of a cell; expected a comma")
            }
        } else {
            while let byte = try peek(), byte != UInt8(ascii: ","), byte != 0x0a, byte != 0x0d {
                guard byte != UInt8(ascii: "\"") else {
                    throw error(line, "there is a quote inside a cell that does not start with one")
                }
                guard text.count < Self.cellLimit else { throw error(start, "a cell is longer than any text") }
                text.append(byte)
                position += 1
            }
        }
        guard let string = String(validating: text, as: UTF8.self) else {
            throw error(start, "the text is not UTF-8")
        }
        return string
    }

    private func endLine() throws {
        let byte = try peek()
        position += 1
        if byte == 0x0d, try peek() == 0x0a { position += 1 }
        line += 1
    }

    private func peek() throws -> UInt8? {
        if position == buffer.count, !isAtEnd { try fill() }
        return position < buffer.count ? buffer[position] : nil
    }

    private func fill() throws {
        do {
            buffer = [UInt8](try file.read(upToCount: 1 << 20) ?? Data())
        } catch {
            throw FormatError(file: path, reason: "reading failed (\((error as NSError).localizedDescription))")
        }
        position = 0
        isAtEnd = buffer.isEmpty
    }

    private func error(_ line: Int, _ reason: String) -> FormatError {
        FormatError(file: path, place: "line \(line)", reason: reason)
    }
}

/// Writes comma-separated values as RFC 4180 has them; quotes only where they are needed, lines end in LF.
enum CSVText {
    static func append(_ cells: [String], to text: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            let isPlain = !cell.utf8.contains { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }
            // A row of one empty cell would be an empty line, which readers pass over.
            if isPlain, !cell.isEmpty || cells.count > 1 {
                text += cell.utf8
            } else {
                text.append(0x22)
                for byte in cell.utf8 {
                    if byte == 0x22 { text.append(0x22) }
                    text.append(byte)
                }
                text.append(0x22)
            }
        }
        text.append(0x0a)
    }
}
