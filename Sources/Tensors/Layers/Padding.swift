private let reflectionPadOf = Operator("aten::reflection_pad2d")
private let constantPadOf = Operator("aten::constant_pad_nd")

extension Tensor {
    /// Adds a border that mirrors the picture, its edge not repeated.
    public func reflectionPad2d(left: Int, right: Int, top: Int, bottom: Int) throws -> Tensor {
        try reflectionPadOf(self, [left, right, top, bottom])
    }

    /// Adds a border of one value; negative sizes crop.
    public func pad2d(left: Int, right: Int, top: Int, bottom: Int, value: Double = 0) throws -> Tensor {
        try constantPadOf(self, [left, right, top, bottom], value)
    }
}

public final class ReflectionPad2d: Layer {
    public let size: Int
    public init(_ size: Int) { self.size = size }
    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try x.reflectionPad2d(left: size, right: size, top: size, bottom: size)
    }
}

public final class ZeroPad2d: Layer {
    public let size: Int
    public init(_ size: Int) { self.size = size }
    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try x.pad2d(left: size, right: size, top: size, bottom: size)
    }
}
