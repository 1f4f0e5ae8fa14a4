public import Tensors

/// The losses of pix2pixHD (Wang et al. 2018, section 3.3).
public enum Pix2PixHDLosses {
    /// The least-squares GAN loss (Mao et al. 2017): mean squared distance of the logits from 1 (real) or 0, summed over
    /// the scales.
    public static func adversarial(_ outputs: [[Tensor]], isReal: Bool) throws -> Tensor {
        try sum(
            outputs.map { features in
                let logits = features[features.count - 1]
                return try logits.mseLoss(isReal ? logits.onesLike() : logits.zerosLike())
            })
    }

    /// L1 distance between the discriminator's features of the generated and of the real picture, a mean over scales;
    /// `weight` is λ (`lambda_feat`). The logits do not take part.
    public static func featureMatching(_ fake: [[Tensor]], _ real: [[Tensor]], weight: Double = 10) throws -> Tensor {
        let share = weight * 4 / Double(fake[0].count - 1) / Double(fake.count)
        var terms: [Tensor] = []
        for (fake, real) in zip(fake, real) {
            for (found, wanted) in zip(fake, real).dropLast() {
                terms.append(try found.l1Loss(wanted.detach()) * share)
            }
        }
        return try sum(terms)
    }

    /// L1 distance between activations of VGG-19, which sees pictures in −1 … 1 as they are, without ImageNet's
    /// normalisation.
    public static func perceptual(_ vgg: VGG19, _ fake: Tensor, _ real: Tensor, weight: Double = 10) throws -> Tensor {
        let wanted = try withoutGradients { try vgg.firstActivations(real) }
        let found = try vgg.firstActivations(fake)
        let shares = [1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1]
        var terms: [Tensor] = []
        for index in shares.indices { terms.append(try found[index].l1Loss(wanted[index]) * (shares[index] * weight)) }
        return try sum(terms)
    }

    private static func sum(_ terms: [Tensor]) throws -> Tensor {
        try terms.dropFirst().reduce(terms[0]) { try $0 + $1 }
    }
}
