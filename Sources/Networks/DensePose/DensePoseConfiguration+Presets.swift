extension DensePoseConfiguration {
    /// The improved architecture of the paper: DeepLab head over a decoder (detectron2's evolution models).
    public static func deepLab(
        _ calibration: Calibration, trunk: ResNet.Design = .resNet50, withMask: Bool = true
    ) -> DensePoseConfiguration {
        var configuration = DensePoseConfiguration(name: "deeplab")
        configuration.trunk = trunk
        configuration.calibration = calibration
        configuration.mask = withMask ? MaskSettings() : nil
        var dense = DenseSettings()
        dense.head = .deepLab
        configuration.dense = dense
        return configuration
    }
}
