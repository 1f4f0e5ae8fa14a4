import Glibc

/// A colour of 8-bit red, green, blue and straight alpha.
public struct Color: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    public var alpha: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// From 0xRRGGBB.
    public init(hex: UInt32) {
        self.init(
            red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8),
            blue: UInt8(truncatingIfNeeded: hex))
    }

    public static let white = Color(hex: 0xFFFFFF)
    public static let black = Color(hex: 0x000000)
    public static let clear = Color(red: 0, green: 0, blue: 0, alpha: 0)

    public var rgba: [UInt8] { [red, green, blue, alpha] }

    /// The same colour, more or less opaque (0...1).
    public func opacity(_ value: Double) -> Color {
        Color(red: red, green: green, blue: blue, alpha: UInt8((min(1, max(0, value)) * 255).rounded()))
    }

    /// A step towards another colour: 0 is this one, 1 the other.
    public func mixed(with other: Color, _ amount: Double) -> Color {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8((Double(a) + (Double(b) - Double(a)) * min(1, max(0, amount))).rounded())
        }
        return Color(
            red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue),
            alpha: mix(alpha, other.alpha))
    }

    /// Relative luminance after WCAG 2.1, 0...1.
    public var luminance: Double {
        func linear(_ value: UInt8) -> Double {
            let v = Double(value) / 255
            return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Black or white, whichever reads better on this colour.
    public var legibleInk: Color { luminance > 0.35 ? Color(hex: 0x111111) : .white }
}
