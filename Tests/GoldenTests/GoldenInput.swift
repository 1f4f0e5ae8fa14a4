import Foundation
import Tensors
import Testing

/// Inputs as the golden files write them: `tensor('pooled',(2,256,28,28),-1,1)`, and for several levels
/// `p{2..5}: tensor('p%d',(1,256,32>>i,48>>i),-1,1)`, where i counts from 0.
struct GoldenInput {
    private let name: String
    private let sizes: [String]
    private let low, high: Double
    private let levels: ClosedRange<Int>?

    init(_ text: Any?) throws {
        let text = try #require(text as? String)
        let pattern = /(?:\w+\{(\d+)\.\.(\d+)\}: )?tensor\('([^']+)',\(([^)]*)\),([-\d.]+),([-\d.]+)\)/
        let match = try #require(text.wholeMatch(of: pattern), "\(text)")
        name = String(match.3)
        sizes = match.4.split(separator: ",").map(String.init)
        low = try #require(Double(match.5))
        high = try #require(Double(match.6))
        if let first = match.1.flatMap({ Int($0) }), let last = match.2.flatMap({ Int($0) }) {
            levels = first...last
        } else {
            levels = nil
        }
    }

    /// One tensor, or one for each level.
    func tensors() throws -> [Tensor] {
        guard let levels else { return [try tensor(name, 0)] }
        return try levels.enumerated().map { index, level in
            try tensor(name.replacingOccurrences(of: "%d", with: "\(level)"), index)
        }
    }

    private func tensor(_ name: String, _ index: Int) throws -> Tensor {
        let shape = try sizes.map { size -> Int in
            let parts = size.components(separatedBy: ">>")
            return try #require(Int(parts[0])) >> (parts.count > 1 ? index : 0)
        }
        return try golden(name, shape, low, high)
    }
}
