private let maxPoolOf = Operator("aten::max_pool2d")
private let avgPoolOf = Operator("aten::avg_pool2d")
private let adaptiveAvgPoolOf = Operator("aten::adaptive_avg_pool2d")

extension Tensor {
    public func maxPool2d(kernel: Int, stride: Int? = nil, padding: Int = 0, ceilMode: Bool = false) throws -> Tensor {
        let stride = stride ?? kernel
        return try maxPoolOf(self, [kernel, kernel], [stride, stride], [padding, padding], [1, 1], ceilMode)
    }

    /// - Parameter countIncludePad: whether the border counts in the mean; pix2pixHD's pyramid leaves it out.
    public func avgPool2d(
        kernel: Int, stride: Int? = nil, padding: Int = 0, ceilMode: Bool = false, countIncludePad: Bool = true
    ) throws -> Tensor {
        let stride = stride ?? kernel
        return try avgPoolOf(self, [kernel, kernel], [stride, stride], [padding, padding], ceilMode, countIncludePad)
    }

    /// Means over a grid of `height` × `width` cells.
    public func adaptiveAvgPool2d(_ height: Int, _ width: Int) throws -> Tensor {
        try adaptiveAvgPoolOf(self, [height, width])
    }
}

public final class MaxPool2d: Layer {
    public let kernel, stride, padding: Int
    public let ceilMode: Bool

    public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0, ceilMode: Bool = false) {
        (self.kernel, self.stride, self.padding, self.ceilMode) = (kernel, stride ?? kernel, padding, ceilMode)
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try x.maxPool2d(kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode)
    }
}

public final class AvgPool2d: Layer {
    public let kernel, stride, padding: Int
    public let countIncludePad: Bool

    public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0, countIncludePad: Bool = true) {
        (self.kernel, self.stride, self.padding) = (kernel, stride ?? kernel, padding)
        self.countIncludePad = countIncludePad
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try x.avgPool2d(kernel: kernel, stride: stride, padding: padding, countIncludePad: countIncludePad)
    }
}

public final class AdaptiveAvgPool2d: Layer {
    public let height, width: Int
    public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.adaptiveAvgPool2d(height, width) }
}
