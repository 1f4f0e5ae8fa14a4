/// What a network shall find in a picture of a batch, in that picture's pixels.
public struct PictureTruth: Sendable {
    public var objects: [TrueObject]

    public init(_ objects: [TrueObject] = []) { self.objects = objects }
}

/// One object and what may be learnt from it.
public struct TrueObject: Sendable {
    public var box: BoxCorners
    /// 0-based among the network's classes.
    public var category: Int
    public var mask: ObjectMask?
    public var points: DensePoints?
    /// DensePose's coarse parts, 0...14, over the box as 256 × 256 pixels in rows.
    public var parts: [UInt8]?
    public var supervision: Supervision

    public init(
        box: BoxCorners, category: Int = 0, mask: ObjectMask? = nil, points: DensePoints? = nil, parts: [UInt8]? = nil,
        supervision: Supervision = .all
    ) {
        (self.box, self.category, self.mask, self.points, self.parts) = (box, category, mask, points, parts)
        self.supervision = supervision
    }
}

/// Which heads learn from an object. Boxes and classes are always learnt.
public struct Supervision: OptionSet, Sendable, Hashable, Codable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The generic mask head.
    public static let mask = Supervision(rawValue: 1)
    /// The foreground of the DensePose head.
    public static let foreground = Supervision(rawValue: 2)
    /// Charts and coordinates.
    public static let points = Supervision(rawValue: 4)

    public static let all: Supervision = [.mask, .foreground, .points]
    /// Objects of other classes that lend their outlines only (Sanakoyeu et al. 2020, section 3.4).
    public static let support: Supervision = [.mask]
}

/// The pixels of an object, in the rectangle that holds them all.
public struct ObjectMask: Sendable, Hashable {
    public let x, y, width, height: Int
    /// 0 or 1, in rows.
    public let pixels: [UInt8]

    /// - Precondition: as many pixels as the rectangle has.
    public init(x: Int, y: Int, width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height && width >= 0 && height >= 0, "pixels fill the rectangle")
        (self.x, self.y, self.width, self.height, self.pixels) = (x, y, width, height, pixels)
    }
}
