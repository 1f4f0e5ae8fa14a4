import Foundation

extension Tensor: CustomStringConvertible {
    /// The elements, nested as the dimensions are, then shape, type and device; long dimensions show their ends.
    public var description: String {
        let facts = "\(shape) \(dtype) \(device)"
        guard let values = try? array(of: Double.self) else { return facts }
        let sizes = shape
        func text(_ dimension: Int, _ offset: Int) -> String {
            guard dimension < sizes.count else { return Self.text(values[offset], dtype) }
            let step = sizes[(dimension + 1)...].reduce(1, *)
            let size = sizes[dimension]
            let shown = size > 8 ? Array(0..<3) + Array(size - 3..<size) : Array(0..<size)
            let isInnermost = dimension == sizes.count - 1
            var parts = shown.map { text(dimension + 1, offset + $0 * step) }
            if size > 8 { parts.insert("…", at: 3) }
            let separator = isInnermost ? ", " : ",\n" + String(repeating: " ", count: dimension + 1)
            return "[" + parts.joined(separator: separator) + "]"
        }
        return text(0, 0) + "  \(facts)"
    }

    private static func text(_ value: Double, _ type: DType) -> String {
        switch type {
        case .bool: value != 0 ? "true" : "false"
        case _ where type.isFloatingPoint: String(format: "%.5g", value)
        default: String(format: "%.0f", value)
        }
    }
}
