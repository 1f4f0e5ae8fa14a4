import Hashing
import Imaging

/// What is done to a picture before a network sees it: steps in order, a value that is saved with the run.
///
/// The same generator gives the same picture. Every step draws the same count of numbers whatever the picture, so that
/// one step's chance never depends on another's.
public struct Augmentation: Sendable, Codable, Equatable {
    public var steps: [AugmentationStep]

    public init(_ steps: [AugmentationStep]) { self.steps = steps }

    public func apply(to picture: inout Picture, using generator: inout SeededGenerator) {
        for step in steps { step.apply(to: &picture, using: &generator) }
    }

    /// The least size at which a decoder may hand over a picture of `width` x `height` pixels so that the first step
    /// still makes it smaller; nil where the steps need the whole.
    public func smallestUsefulSize(width: Int, height: Int) -> (width: Int, height: Int)? {
        switch steps.first {
        case .resize(let newWidth, let newHeight, _): (newWidth, newHeight)
        case .resizeWidth(let newWidth, let filter):
            AugmentationStep.resizeWidth(newWidth, filter).size(of: (width, height), choice: 0)
        case .resizeShorterSide(let lengths, let longest, let filter):
            // Any of them may be drawn.
            lengths.max().map { longestChoice in
                AugmentationStep.resizeShorterSide([longestChoice], longest: longest, filter)
                    .size(of: (width, height), choice: 0)
            }
        default: nil
        }
    }
}

/// One step. Names in brackets are those of torchvision 0.2x and detectron2 0.6.
public enum AugmentationStep: Sendable, Codable, Equatable {
    /// To one size, whatever the shape (`torchvision.transforms.Resize((height, width))`).
    case resize(width: Int, height: Int, ResizeFilter)
    /// To a width; the height follows (pix2pixHD's `scale_width`: `int(width' * height / width)`).
    case resizeWidth(Int, ResizeFilter)
    /// The shorter side to one of several lengths, drawn evenly; smaller where the longer side would pass `longest`
    /// (`detectron2.data.transforms.ResizeShortestEdge(lengths, longest, "choice")`).
    case resizeShorterSide([Int], longest: Int?, ResizeFilter)
    /// A part of this size, anywhere; where a side is too short, all of it (`RandomCrop`, which pads there).
    case randomCrop(width: Int, height: Int)
    /// Left becomes right with a probability (`RandomHorizontalFlip`, `RandomFlip`).
    case randomFlip(probability: Double)
    /// Factors drawn from [1 - x, 1 + x] (at least 0), applied in an order of chance, with Pillow's arithmetic
    /// (`ColorJitter(brightness, contrast, saturation)` on Pillow images).
    case colorJitter(brightness: Double, contrast: Double, saturation: Double)

    func apply(to picture: inout Picture, using generator: inout SeededGenerator) {
        switch self {
        case .resize(_, _, let filter), .resizeWidth(_, let filter):
            picture.resize(to: size(of: picture.size, choice: 0), filter)
        case .resizeShorterSide(let lengths, _, let filter):
            let choice = generator.index(below: max(1, lengths.count))
            picture.resize(to: size(of: picture.size, choice: choice), filter)
        case .randomCrop(let width, let height):
            let (across, down) = (generator.unit(), generator.unit())
            let size = picture.size
            let (cropWidth, cropHeight) = (min(width, size.width), min(height, size.height))
            picture.crop(
                x: Int(across * Double(size.width - cropWidth + 1)),
                y: Int(down * Double(size.height - cropHeight + 1)),
                width: cropWidth, height: cropHeight)
        case .randomFlip(let probability):
            if generator.unit() < probability { picture.mirror() }
        case .colorJitter(let brightness, let contrast, let saturation):
            let jitter = ColorJitter(
                brightness: brightness, contrast: contrast, saturation: saturation, using: &generator)
            jitter.apply(to: &picture.image)
        }
    }

    /// The size that a resizing step without choice gives to a picture.
    public func inputSize(width: Int, height: Int) -> (width: Int, height: Int) {
        size(of: (width, height), choice: 0)
    }

    /// The size that a resizing step gives.
    func size(of old: (width: Int, height: Int), choice: Int) -> (width: Int, height: Int) {
        switch self {
        case .resize(let width, let height, _): return (width, height)
        case .resizeWidth(let width, _):
            return (width, max(1, width * old.height / old.width))
        case .resizeShorterSide(let lengths, let longest, _):
            guard lengths.indices.contains(choice) else { return old }
            let shorter = Double(min(old.width, old.height))
            var scale = Double(lengths[choice]) / shorter
            let longer = Double(max(old.width, old.height))
            if let longest, longer * scale > Double(longest) { scale = Double(longest) / longer }
            func scaled(_ length: Int) -> Int { max(1, Int(Double(length) * scale + 0.5)) }
            return (scaled(old.width), scaled(old.height))
        default: return old
        }
    }
}
