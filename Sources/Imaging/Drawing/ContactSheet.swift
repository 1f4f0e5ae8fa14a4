/// A grid of pictures with captions.
public struct ContactSheet: Sendable {
    public struct Cell: Sendable {
        public var image: Image
        public var caption: String

        public init(image: Image, caption: String = "") {
            self.image = image
            self.caption = caption
        }
    }

    public var title: String
    public var cells: [Cell]
    public var columns: Int
    /// The most room for each picture, in pixels; pictures keep their shape and grow by `maximumScale` at most.
    public var cellWidth: Int
    public var cellHeight: Int
    public var maximumScale: Double = 4
    public var background = Color(hex: 0xF4F4F2)
    public var ink = Color(hex: 0x2B2B2B)

    public init(
        title: String = "", cells: [Cell], columns: Int = 4, cellWidth: Int = 320, cellHeight: Int = 240
    ) {
        self.title = title
        self.cells = cells
        self.columns = max(1, columns)
        self.cellWidth = max(1, cellWidth)
        self.cellHeight = max(1, cellHeight)
    }

    /// - Throws: `ImageError` when the font is missing.
    public func render() throws -> Image {
        let gap = 14
        let captionHeight = cells.contains { !$0.caption.isEmpty } ? 24 : 0
        let titleHeight = title.isEmpty ? 0 : 38
        let across = max(1, min(columns, cells.count))
        let pictures = cells.map { fitted($0.image.eightBit()) }
        let starts = Array(stride(from: 0, to: cells.count, by: across))
        // A row is as tall as its tallest picture.
        let rowHeights = starts.map { start in
            pictures[start..<min(start + across, pictures.count)].map(\.height).max() ?? 0
        }
        var canvas = Canvas(
            width: across * (cellWidth + gap) + gap,
            height: rowHeights.reduce(gap + titleHeight) { $0 + $1 + captionHeight + gap }, background: background)
        if !title.isEmpty {
            let line = try canvas.shortened(title, toFit: Double(canvas.width - 2 * gap), size: 19)
            try canvas.text(line, at: PixelPoint(Double(gap), 34), size: 19, color: ink)
        }
        var top = titleHeight + gap
        for (start, rowHeight) in zip(starts, rowHeights) {
            for index in start..<min(start + across, cells.count) {
                let left = gap + (index - start) * (cellWidth + gap)
                let picture = pictures[index]
                canvas.image.composite(
                    picture, x: left + (cellWidth - picture.width) / 2, y: top + (rowHeight - picture.height) / 2)
                let line = try canvas.shortened(cells[index].caption, toFit: Double(cellWidth), size: 13)
                try canvas.text(
                    line, at: PixelPoint(Double(left) + Double(cellWidth) / 2, Double(top + rowHeight + 17)), size: 13,
                    color: ink, anchor: .center)
            }
            top += rowHeight + captionHeight + gap
        }
        return canvas.image
    }

    private func fitted(_ image: Image) -> Image {
        let scale = min(
            Double(cellWidth) / Double(image.width), Double(cellHeight) / Double(image.height), maximumScale)
        let width = max(1, Int((Double(image.width) * scale).rounded()))
        let height = max(1, Int((Double(image.height) * scale).rounded()))
        // Small pictures, such as label maps, are shown as pixels.
        return image.resized(width: width, height: height, filter: scale > 1.5 ? .nearestPillow : .lanczosPillow)
    }
}
