import Tensors
import Testing

@Suite struct GoldenRuleTests {
    @Test func bothFormsOfTheRuleAgreeBitForBit() throws {
        let plain = GoldenTensor.values("some.name", [7, 11], from: -0.25, to: 1.5)
        let tensor = try golden("some.name", [7, 11], -0.25, 1.5)
        #expect(try tensor.array(of: Float.self) == plain)
    }
}
