// Functions of every element.

private let expOf = Operator("aten::exp")
private let logOf = Operator("aten::log")
private let sqrtOf = Operator("aten::sqrt")
private let rsqrtOf = Operator("aten::rsqrt")
private let squareOf = Operator("aten::square")
private let absOf = Operator("aten::abs")
private let signOf = Operator("aten::sign")
private let sinOf = Operator("aten::sin")
private let cosOf = Operator("aten::cos")
private let floorOf = Operator("aten::floor")
private let ceilOf = Operator("aten::ceil")
private let roundOf = Operator("aten::round")
private let powOf = Operator("aten::pow", "Tensor_Scalar")
private let clampOf = Operator("aten::clamp")
private let maximumOf = Operator("aten::maximum")
private let minimumOf = Operator("aten::minimum")
private let whereOf = Operator("aten::where", "self")
private let isNaNOf = Operator("aten::isnan")
private let isFiniteOf = Operator("aten::isfinite")
private let lerpOf = Operator("aten::lerp", "Scalar")
private let reluOf = Operator("aten::relu")
private let leakyReLUOf = Operator("aten::leaky_relu")
private let eluOf = Operator("aten::elu")
private let sigmoidOf = Operator("aten::sigmoid")
private let tanhOf = Operator("aten::tanh")
private let softplusOf = Operator("aten::softplus")
private let softmaxOf = Operator("aten::softmax", "int")
private let logSoftmaxOf = Operator("aten::log_softmax", "int")

extension Tensor {
    public func exp() throws -> Tensor { try expOf(self) }
    public func log() throws -> Tensor { try logOf(self) }
    public func sqrt() throws -> Tensor { try sqrtOf(self) }
    public func rsqrt() throws -> Tensor { try rsqrtOf(self) }
    public func square() throws -> Tensor { try squareOf(self) }
    public func abs() throws -> Tensor { try absOf(self) }
    public func sign() throws -> Tensor { try signOf(self) }
    public func sin() throws -> Tensor { try sinOf(self) }
    public func cos() throws -> Tensor { try cosOf(self) }
    public func floor() throws -> Tensor { try floorOf(self) }
    public func ceil() throws -> Tensor { try ceilOf(self) }
    public func round() throws -> Tensor { try roundOf(self) }
    public func pow(_ exponent: some TensorScalar) throws -> Tensor { try powOf(self, exponent) }
    public func clamp(min: Double? = nil, max: Double? = nil) throws -> Tensor { try clampOf(self, min, max) }
    public func maximum(_ other: Tensor) throws -> Tensor { try maximumOf(self, other) }
    public func minimum(_ other: Tensor) throws -> Tensor { try minimumOf(self, other) }
    public func isNaN() throws -> Tensor { try isNaNOf(self) }
    public func isFinite() throws -> Tensor { try isFiniteOf(self) }
    /// `self + weight · (end − self)`.
    public func lerp(_ end: Tensor, _ weight: Double) throws -> Tensor { try lerpOf(self, end, weight) }

    public func relu() throws -> Tensor { try reluOf(self) }
    public func leakyReLU(_ negativeSlope: Double = 0.01) throws -> Tensor { try leakyReLUOf(self, negativeSlope) }
    public func elu(_ alpha: Double = 1) throws -> Tensor { try eluOf(self, alpha) }
    public func sigmoid() throws -> Tensor { try sigmoidOf(self) }
    public func tanh() throws -> Tensor { try tanhOf(self) }
    public func softplus() throws -> Tensor { try softplusOf(self) }
    public func softmax(_ dimension: Int) throws -> Tensor { try softmaxOf(self, dimension) }
    public func logSoftmax(_ dimension: Int) throws -> Tensor { try logSoftmaxOf(self, dimension) }

    /// `self` where `condition` (boolean) holds, else `other`.
    public func `where`(_ condition: Tensor, else other: Tensor) throws -> Tensor {
        try whereOf(condition, self, other)
    }
}
