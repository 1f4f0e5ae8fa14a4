/// A scale of colours for numbers between 0 and 1.
public struct ColorMap: Sendable {
    /// 256 colours from 0 to 1.
    public let table: [Color]

    /// Dark violet to yellow, even in lightness and safe for colour-blind readers: van der Walt and Smith's viridis (CC0),
    /// through its published eleven-step control points.
    public static let viridis = ColorMap(stops: [
        0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C, 0x22A884, 0x44BF70, 0x7AD151, 0xBDDF26, 0xFDE725,
    ])

    /// Blue through white to red, for values on both sides of a middle at 0.5.
    public static let diverging = ColorMap(stops: [
        0x12356B, 0x2F6AB0, 0x7FB2D9, 0xD3E5F0, 0xF7F7F7, 0xFADCCB, 0xE9987A, 0xC04A45, 0x761420,
    ])

    /// Colours at equal distances, interpolated linearly.
    /// - Precondition: at least two stops.
    public init(stops: [UInt32]) {
        precondition(stops.count > 1, "a colour map has at least two stops")
        let colors = stops.map { Color(hex: $0) }
        table = (0..<256).map { i in
            let position = Double(i) / 255 * Double(colors.count - 1)
            let index = min(colors.count - 2, Int(position))
            return colors[index].mixed(with: colors[index + 1], position - Double(index))
        }
    }

    /// The colour of a value, which is clamped to 0...1; not-a-number is grey.
    public subscript(value: Double) -> Color {
        value.isNaN ? Color(hex: 0x808080) : table[Int((min(1, max(0, value)) * 255).rounded())]
    }
}
