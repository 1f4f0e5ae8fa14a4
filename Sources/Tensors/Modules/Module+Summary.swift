extension Module {
    /// A table of the state dictionary: names, shapes, element counts, what is frozen or a buffer, and totals.
    public var summary: String {
        var seen: Set<OpaquePointer> = []
        var rows: [(name: String, shape: String, count: Int, note: String)] = []
        let parameterHandles = Set(namedParameters.map(\.tensor.handle))
        for (name, tensor) in stateDictionary {
            let isParameter = parameterHandles.contains(tensor.handle)
            let isRepeated = !seen.insert(tensor.handle).inserted
            let note = !isParameter ? "buffer" : isRepeated ? "shared" : tensor.requiresGrad ? "" : "frozen"
            rows.append((name, tensor.shape.map(String.init).joined(separator: "×"), tensor.count, note))
        }
        let nameWidth = rows.map(\.name.count).max() ?? 0
        let shapeWidth = rows.map(\.shape.count).max() ?? 0
        let countWidth = rows.map { grouped($0.count).count }.max() ?? 0
        let lines = rows.map { row in
            let count = grouped(row.count)
            let line =
                row.name.padded(to: nameWidth) + "  " + row.shape.padded(to: shapeWidth) + "  "
                + String(repeating: " ", count: countWidth - count.count) + count
            return row.note.isEmpty ? line : line + "  " + row.note
        }
        let total = parameterCount
        let trainable = parameters.reduce(0) { $0 + ($1.requiresGrad ? $1.count : 0) }
        return (lines + ["\(grouped(total)) parameters, \(grouped(trainable)) of them trained"]).joined(separator: "\n")
    }
}

/// 1234567 as 1,234,567.
private func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.indices.reduce(into: "") { text, i in
        if i > 0, (digits.count - i) % 3 == 0 { text.append(",") }
        text.append(digits[i])
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
