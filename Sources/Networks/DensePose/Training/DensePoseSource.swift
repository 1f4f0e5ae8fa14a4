import Annotations
import Catalog
public import Training

/// Pictures of a catalog that a DensePose R-CNN learns from, and what from them.
public struct DensePoseSource: Codable, Hashable, Sendable {
    /// What a source is for (Sanakoyeu et al. 2020, section 3): fully annotated people, other classes that lend their
    /// outlines, and pseudo-labelled pictures of the target.
    public enum Role: String, Codable, Hashable, Sendable, CaseIterable {
        case source, support, target

        var supervision: Supervision { self == .support ? .support : .all }
    }

    public var role: Role
    public var query: CatalogImageQuery
    /// How often its pictures are drawn beside those of others; nil as many as it has.
    public var ratio: Double?
    /// The least score of a label that has one.
    public var minimumScore: Double

    public init(_ role: Role, _ query: CatalogImageQuery, ratio: Double? = nil, minimumScore: Double = 0) {
        (self.role, self.query, self.ratio, self.minimumScore) = (role, query, ratio, minimumScore)
    }
}

/// Which picture of which source each place of an epoch takes.
///
/// Without ratios every picture has one place. With them the sources' shares of an epoch are as their ratios, the least
/// represented source has each picture once, and pictures of the others come as often as needed, all of them equally.
struct SourceMixture: Sendable {
    /// One past the last place of each source.
    private let ends: [Int]
    private let pictures: [Int]
    var count: Int { ends.last ?? 0 }

    /// - Parameters:
    ///   - pictures: of each source.
    ///   - ratios: nil for a source that takes as many places as it has pictures.
    init(pictures: [Int], ratios: [Double?]) {
        self.pictures = pictures
        var places = pictures
        if ratios.contains(where: { $0 != nil }) {
            let weights = zip(pictures, ratios).map { $1 ?? Double($0) }
            // So many that no source of a positive ratio leaves out a picture.
            let scale = zip(pictures, weights).filter { $1 > 0 }.map { Double($0) / $1 }.max() ?? 0
            places = zip(pictures, weights).map { $0 == 0 ? 0 : Int(($1 * scale).rounded()) }
        }
        var end = 0
        ends = places.map { count in
            end += count
            return end
        }
    }

    /// - Parameter place: 0 ..< count.
    subscript(_ place: Int) -> (source: Int, picture: Int) {
        let source = ends.firstIndex { place < $0 }!
        let start = source == 0 ? 0 : ends[source - 1]
        return (source, (place - start) % pictures[source])
    }
}
