import Foundation
import Testing

@testable import Annotations

@Suite struct Base64TextTests {
    private func data(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBytes { Base64Text.data($0) }
    }

    @Test func `every length comes back, on one line and in lines`() {
        for length in 0..<200 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            for style in Base64Text.Style.allCases {
                let found = Base64Text.quoted(bytes, style: style).withUnsafeBytes { Base64Text.data($0) }
                #expect(found == bytes)
            }
        }
    }

    @Test func `escapes of JSON are read, and spaces passed over`() {
        #expect(data(#""Zm9v\/w=="#) == nil)
        #expect(data(#""\/\/\/\/""#) == [255, 255, 255])
        #expect(data(#""Zm 9v\r\n\tYg\u003d\u003D""#) == Array("foob".utf8))
        #expect(data(#""""#) == [])
    }

    @Test func `what is no base64 is refused`() {
        for text in [
            #""Zg""#, #""Zg=""#, #""Z===""#, #""Zg==Zg==""#, #""Zm9v!A==""#, #""Zm9v="#, "12", "", #"""#, #""\u12""#,
        ] {
            #expect(data(text) == nil, "\(text)")
        }
    }
}
