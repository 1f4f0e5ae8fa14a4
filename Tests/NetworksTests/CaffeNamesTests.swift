import Checkpoints
import Tensors
import Testing

@testable import Networks

@Suite struct CaffeNamesTests {
    @Test(arguments: [
        ("conv1_w", "stem.conv1.weight"), ("res_conv1_bn_s", "stem.conv1.norm.weight"),
        ("res_conv1_bn_b", "stem.conv1.norm.bias"), ("res2_0_branch1_w", "res2.0.shortcut.weight"),
        ("res2_0_branch2a_bn_s", "res2.0.conv1.norm.weight"), ("res4_22_branch2c_w", "res4.22.conv3.weight"),
        ("res3_1_branch2b_bn_riv", "res3.1.conv2.norm.running_var"),
        ("fpn_inner_res5_2_sum_w", "fpn_lateral5.weight"), ("fpn_inner_res4_5_sum_lateral_b", "fpn_lateral4.bias"),
        ("fpn_res3_3_sum_w", "fpn_output3.weight"), ("conv_rpn_fpn2_w", "rpn_head.conv.weight"),
        ("rpn_cls_logits_fpn2_b", "rpn_head.objectness_logits.bias"), ("fc6_w", "box_head.fc1.weight"),
        ("body_conv_fcn3_w", "body_conv_fcn3.weight"), ("AnnIndex_lowres_w", "ann_index_lowres.weight"),
        ("Index_UV_lowres_b", "index_uv_lowres.bias"), ("U_lowres_w", "u_lowres.weight"),
    ])
    func namesAreOurs(_ caffe: String, _ ours: String) {
        #expect(CaffeNames.ending(caffe) == ours)
    }

    @Test func everyEntryOfATrunkHasItsPlace() throws {
        let network = try Initializer.skipping { try DensePoseRCNN(.preset("r50-legacy")!) }
        let wanted = network.stateDictionary.map(\.name)
        let tensor = try network.stateDictionary[0].tensor.stored()
        var names = ["conv1_w", "res_conv1_bn_s", "res_conv1_bn_b"]
        for (stage, blocks) in [(2, 3), (3, 4), (4, 6), (5, 3)] {
            for block in 0..<blocks {
                for branch in (block == 0 ? ["branch1"] : []) + ["branch2a", "branch2b", "branch2c"] {
                    names += ["w", "bn_s", "bn_b"].map { "res\(stage)_\(block)_\(branch)_\($0)" }
                }
            }
        }
        let extra = ["fc1000_w", "fc1000_b", "conv1_w_momentum"]
        let file = (names + extra).map { Checkpoint.NamedTensor(name: $0, tensor: tensor) }
        #expect(CaffeNames.areIn(file))
        let found = CaffeNames.renamed(file, to: wanted)
        #expect(found.count == names.count)
        #expect(Set(found.map(\.name)).count == names.count)
        // All of the trunk but the statistics, which such files have folded into the weights.
        let trunk = wanted.filter { $0.hasPrefix("backbone.bottom_up.") && !$0.contains("running_") }
        #expect(Set(found.map(\.name)) == Set(trunk))
    }
}
