public import Checkpoints
import Tensors

/// Names of Caffe2's model files (ImageNet trunks of MSRA and FAIR, detectron's models), as ours.
///
/// Such files say `res2_0_branch2a_w` for `backbone.bottom_up.res2.0.conv1.weight`. What they leave out is the part in front,
/// so that a name belongs to the one entry of a network that ends with it.
/// - Source: the conventions of detectron2's `c2_model_loading.py`.
enum CaffeNames {
    /// Whether a file's entries are named in this manner.
    static func areIn(_ tensors: [Checkpoint.NamedTensor]) -> Bool {
        tensors.contains { bare($0.name).hasPrefix("res2_0_branch") || bare($0.name) == "conv1_w" }
    }

    /// The tensors under the names of `wanted`, where one fits; momenta and classifiers of ImageNet are left out.
    static func renamed(_ tensors: [Checkpoint.NamedTensor], to wanted: [String]) -> [Checkpoint.NamedTensor] {
        tensors.compactMap { entry in
            let name = bare(entry.name)
            guard !name.hasSuffix("_momentum") else { return nil }
            let ending = ending(name)
            let fitting = wanted.filter { $0 == ending || $0.hasSuffix("." + ending) }
            return fitting.count == 1 ? Checkpoint.NamedTensor(name: fitting[0], tensor: entry.tensor) : nil
        }
    }

    /// Files of detectron keep all under `blobs`.
    private static func bare(_ name: String) -> String {
        name.hasPrefix("blobs.") ? String(name.dropFirst("blobs.".count)) : name
    }

    /// What a network's name ends with.
    static func ending(_ caffe: String) -> String {
        if let whole = wholes[caffe] { return whole }
        var words = caffe.split(separator: "_").map(String.init)
        // `_bn_s` is the weight of a normalisation, `_w` that of a layer.
        let isNorm = words.count > 1 && (words[words.count - 2] == "bn" || words[words.count - 2] == "gn")
        switch words.last {
        case "w", "s", "gamma": words[words.count - 1] = "weight"
        case "b", "bias", "beta": words[words.count - 1] = "bias"
        case "rm": words[words.count - 1] = "running_mean"
        case "riv": words[words.count - 1] = "running_var"
        default: break
        }
        if isNorm { words[words.count - 2] = "norm" }
        if words.starts(with: ["res", "conv1"]) { words.removeFirst() }
        if words.first == "conv1" { words.insert("stem", at: 0) }
        words = words.map { layers[$0] ?? $0 }
        let name = words.joined(separator: ".")
        for (start, replacement) in starts where name.hasPrefix(start) {
            return replacement + name.dropFirst(start.count)
        }
        return pyramid(words) ?? name
    }

    private static let layers = [
        "branch1": "shortcut", "branch2a": "conv1", "branch2b": "conv2", "branch2c": "conv3",
    ]

    private static let starts = [
        ("conv.rpn.fpn2.", "rpn_head.conv."), ("rpn.bbox.pred.fpn2.", "rpn_head.anchor_deltas."),
        ("rpn.cls.logits.fpn2.", "rpn_head.objectness_logits."), ("fc6.", "box_head.fc1."), ("fc7.", "box_head.fc2."),
        ("mask.fcn.logits.", "mask_head.predictor."), ("conv5.mask.", "mask_head.deconv."),
        ("AnnIndex.lowres.", "ann_index_lowres."), ("Index.UV.lowres.", "index_uv_lowres."),
        ("U.lowres.", "u_lowres."), ("V.lowres.", "v_lowres."),
    ]

    /// `fpn_inner_res4_5_sum_lateral` and `fpn_res4_5_sum`; the topmost lateral has no `_lateral`.
    private static func pyramid(_ words: [String]) -> String? {
        guard words.first == "fpn", let stage = words.first(where: { $0.hasPrefix("res") })?.dropFirst(3) else {
            guard words.first == "body", words.count == 4, words[1] == "conv" else { return nil }
            return "body_conv_\(words[2]).\(words[3])"
        }
        let kind = words[1] == "inner" ? "fpn_lateral" : "fpn_output"
        return "\(kind)\(stage).\(words[words.count - 1])"
    }

    private static let wholes = ["conv1_w": "stem.conv1.weight", "conv1_b": "stem.conv1.bias"]
}

extension DensePoseRCNN {
    /// Takes over what fits of another program's file, and leaves the rest as it is.
    @discardableResult
    public func loadFitting(_ checkpoint: Checkpoint) throws -> StateMatching {
        guard CaffeNames.areIn(checkpoint.tensors) else { return try loadMatching(checkpoint) }
        return try loadMatching(CaffeNames.renamed(checkpoint.tensors, to: stateDictionary.map(\.name)))
    }
}
