import Foundation
import Testing

@testable import Annotations

@Suite struct CSVReaderTests {
    let folder: TextFolder

    init() throws { folder = try TextFolder() }

    private func rows(_ text: String) throws -> (header: [String], rows: [CSVReader.Row]) {
        let reader = try CSVReader(path: try folder.write(text, as: "a.csv"))
        var rows: [CSVReader.Row] = []
        while let row = try reader.next() { rows.append(row) }
        return (reader.header, rows)
    }

    private func complaint(_ bytes: [UInt8]) throws -> String {
        let path = try folder.write(bytes: bytes, as: "a.csv")
        do {
            let reader = try CSVReader(path: path)
            while try reader.next() != nil {}
            return "none"
        } catch let error as FormatError {
            return error.description.replacing(path + ": ", with: "")
        }
    }

    @Test func `quotes, commas, line breaks in cells and empty cells are read`() throws {
        let (header, rows) = try rows("a,b,c\n\"x, y\",\"say \"\"no\"\"\",\n\"two\nlines\",,3\n")
        #expect(header == ["a", "b", "c"])
        #expect(rows.map(\.cells) == [["x, y", "say \"no\"", ""], ["two\nlines", "", "3"]])
        #expect(rows.map(\.line) == [2, 3])
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func `line ends of all systems are read`(end: String) throws {
        let (header, rows) = try rows("a,b\(end)1,\"2\"\(end)\(end)3,é\(end)")
        #expect(header == ["a", "b"])
        #expect(rows.map(\.cells) == [["1", "2"], ["3", "é"]])
        #expect(rows.map(\.line) == [2, 4])
    }

    @Test func `a byte-order mark is passed over, and the last line needs no end`() throws {
        let (header, rows) = try rows("\u{feff}a,b\n1,2")
        #expect(header == ["a", "b"] && rows.map(\.cells) == [["1", "2"]])
    }

    @Test func `a file larger than the buffer is read whole`() throws {
        let line = String(repeating: "x", count: 97) + ",\"a\"\"\nb\"\n"
        let (_, rows) = try rows("h,i\n" + String(repeating: line, count: 30_000))
        #expect(rows.count == 30_000)
        #expect(rows.allSatisfy { $0.cells[1] == "a\"\nb" && $0.cells[0].utf8.count == 97 })
        #expect(rows.last?.line == 59_999 + 1)
    }

    @Test func `broken files say the line`() throws {
        #expect(try complaint([]) == "the file is empty, expected a row of column names")
        #expect(try complaint(Array("a,a\n".utf8)) == "line 1: the column “a” comes twice")
        #expect(
            try complaint(Array("a\n1\n\"2\n3\n".utf8)) == "line 3: a quoted cell starts here and never ends")
        #expect(
            try complaint(Array("a\n\"1\"2\n".utf8))
                == "line 2: there is text after the closing quote of a cell; expected a comma")
        #expect(
            try complaint(Array("a\n1\"2\n".utf8))
                == "line 2: there is a quote inside a cell that does not start with one")
        #expect(try complaint(Array("a\n".utf8) + [0xff, 0x0a]) == "line 2: the text is not UTF-8")
    }

    @Test func `what is written reads back`() throws {
        let cells = ["plain", "", "a,b", "q\"q", "two\r\nlines", " space "]
        var text: [UInt8] = []
        CSVText.append(cells.indices.map { "c\($0)" }, to: &text)
        CSVText.append(cells, to: &text)
        #expect(try rows(String(decoding: text, as: UTF8.self)).rows.map(\.cells) == [cells])
    }
}
