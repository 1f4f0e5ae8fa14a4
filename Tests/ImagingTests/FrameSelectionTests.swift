import Imaging
import Testing

@Suite struct FrameSelectionTests {
    @Test func `texts are read exactly`() throws {
        let cases: [(String, FrameSelection)] = [
            ("all", .all), ("keyframes", .keyframes), ("10", .everyNth(10)),
            ("1s", .interval(seconds: Rational(1)!)), ("0.5s", .interval(seconds: Rational(1, 2)!)),
            ("500ms", .interval(seconds: Rational(1, 2)!)), ("2min", .interval(seconds: Rational(120)!)),
            ("0.04s", .interval(seconds: Rational(1, 25)!)), ("2fps", .rate(perSecond: Rational(2)!)),
            ("29.97fps", .rate(perSecond: Rational(2997, 100)!)), ("scene:0.3", .sceneChanges(threshold: 0.3)),
        ]
        for (text, expected) in cases {
            #expect(try FrameSelection(parsing: text) == expected)
        }
    }

    @Test(arguments: [
        "", "0", "-3", "0s", "-1s", "s", "1.2.3s", "1e3s", "10 frames", "scene:2", "scene:", "0fps", "ms",
    ])
    func `texts that select nothing are refused`(text: String) {
        #expect(throws: VideoError.badSelection(text: text)) { try FrameSelection(parsing: text) }
    }

    @Test func `fractions are kept in lowest terms`() {
        #expect(Rational(30000, -1001)?.description == "-30000/1001")
        #expect(Rational(6, 4) == Rational(3, 2))
        #expect(Rational(1, 0) == nil)
        #expect(Rational(ratio: "0/0") == nil)
        #expect(Rational(decimal: "23.976") == Rational(2997, 125))
        #expect(Rational(1, 90000)?.multiplied(by: 45000) == Rational(1, 2))
        #expect(Rational(3)?.multiplied(by: .max) == nil)
    }
}
