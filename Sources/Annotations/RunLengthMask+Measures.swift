import Catalog

extension RunLengthMask {
    /// Foreground pixels.
    public var area: Int {
        var sum = 0
        var index = 1
        runs.withUnsafeBufferPointer { runs in
            while index < runs.count {
                sum &+= Int(runs[index])
                index &+= 2
            }
        }
        return sum
    }

    /// The smallest box of whole pixels around the foreground (pycocotools' `toBbox`); all zero for an empty mask.
    public var box: Box {
        let bounds = bounds
        guard bounds.right > bounds.left else { return Box(x: 0, y: 0, width: 0, height: 0) }
        return Box(
            x: Double(bounds.left), y: Double(bounds.top), width: Double(bounds.right - bounds.left),
            height: Double(bounds.bottom - bounds.top))
    }

    /// Columns left..<right and rows top..<bottom of the foreground; `right` is not beyond `left` where there is none.
    var bounds: (left: Int, top: Int, right: Int, bottom: Int) {
        var left = Int.max
        var right = 0
        var top = height
        var bottom = 0
        var start = 0
        // Pixels start at column `column`, which begins at pixel `base`.
        var column = 0
        var base = 0
        var index = 1
        runs.withUnsafeBufferPointer { runs in
            while index < runs.count {
                start &+= Int(runs[index &- 1])
                let length = Int(runs[index])
                index &+= 2
                guard length > 0 else { continue }
                if start &- base >= height {
                    // Neighbouring columns are the rule: step, and divide only for a leap.
                    if start &- base < 2 &* height {
                        column &+= 1
                    } else {
                        column = Int(UInt32(truncatingIfNeeded: start) / UInt32(truncatingIfNeeded: height))
                    }
                    base = column &* height
                }
                left = min(left, column)
                let row = start &- base
                let end = row &+ length
                start &+= length
                if end <= height {
                    right = column &+ 1
                    top = min(top, row)
                    bottom = max(bottom, end)
                } else {
                    right = (start &- 1) / height &+ 1
                    top = 0
                    bottom = height
                }
            }
        }
        return (left, top, right, bottom)
    }
}
