import Foundation

/// Which quantities a network says its own confidence of (Sanakoyeu et al. 2020, section 3.3), each by itself.
///
/// Classifiers get an inverse temperature α that multiplies their logits, regressors a variance σ² in a Gaussian
/// likelihood; both are softplus of what the network gives, plus `epsilon`. In the API every confidence has one
/// direction: larger is surer. It is α for a classifier and 1/σ² for a regressor.
public struct Calibration: Codable, Hashable, Sendable {
    /// The four forms of uncertainty of (u, v).
    public enum UV: String, Codable, Hashable, Sendable, CaseIterable {
        /// Plain regression with the smooth L1 loss.
        case none
        /// One variance for u and one for v: the paper's equation 3.
        case diagonal
        /// One variance for both: detectron2's `iid_iso` (WC1).
        case isotropic
        /// A variance and a direction in which it is larger: detectron2's `indep_aniso` (WC2).
        case anisotropic
    }

    /// Class of the box.
    public var boxClass = false
    /// The four box values.
    public var boxRegression = false
    /// Pixels of the mask head.
    public var mask = false
    /// Pixels of the DensePose head's own foreground.
    public var foreground = false
    /// The 24 parts at each pixel.
    public var parts = false
    public var uv = UV.none

    public init() {}

    public static let none = Calibration()
    /// All that the paper calibrates.
    public static let full: Calibration = {
        var all = Calibration()
        (all.boxClass, all.boxRegression, all.mask, all.foreground, all.parts) = (true, true, true, true, true)
        all.uv = .diagonal
        return all
    }()
    /// detectron2's WC1 and WC2, and with `segmentation` its WC1M and WC2M.
    public static func detectron2(_ uv: UV, segmentation: Bool) -> Calibration {
        var some = Calibration()
        (some.uv, some.foreground, some.parts) = (uv, segmentation, segmentation)
        return some
    }

    /// What every softplus gets, so that nothing is divided by zero and no temperature vanishes (detectron2's `EPSILON`).
    public static let epsilon = 0.01
    /// Where softplus is one.
    static let unitSoftplus = log(M_E - 1)
}
