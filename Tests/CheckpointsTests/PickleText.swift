/// Assembles pickles instruction by instruction, so that tests can say what Python would never write.
struct PickleText {
    var bytes: [UInt8] = [0x80, 2]
    /// Whether texts are the byte strings of Python 2.
    private let isPython2: Bool

    init(python2: Bool = false, _ body: (inout PickleText) -> Void) {
        isPython2 = python2
        body(&self)
        bytes.append(UInt8(ascii: "."))
    }

    mutating func op(_ characters: String) { bytes += Array(characters.utf8) }

    mutating func raw(_ values: UInt8...) { bytes += values }

    mutating func global(_ module: String, _ name: String) { op("c\(module)\n\(name)\n") }

    mutating func text(_ value: String) {
        if isPython2 {
            raw(0x55, UInt8(value.utf8.count))
            return op(value)
        }
        op("X")
        little(UInt32(value.utf8.count))
        op(value)
    }

    mutating func int(_ value: Int32) {
        op("J")
        little(value)
    }

    mutating func tuple(_ values: Int32...) {
        op("(")
        for value in values { int(value) }
        op("t")
    }

    mutating func little<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes += Array($0) }
    }
}
