/// Weights that others have published: where they are, what they are for, and how far a download can be verified.
public struct PublishedWeights: Codable, Sendable {
    /// What is known of a file's content before it is downloaded.
    public enum Digest: Codable, Equatable, Sendable {
        /// Hexadecimal digits with which its SHA-256 begins; 64 are all of it.
        case sha256(prefix: String)
        /// Its publisher gives none that could be relied on; why.
        case unpublished(reason: String)
    }

    /// How the command names it.
    public let name: String
    public let model: String
    /// What it is, in a few words.
    public let summary: String
    public let file: String
    /// Nil when it cannot be downloaded without a browser.
    public let url: String?
    public let digest: Digest
    public let licence: String
    /// The page that publishes it.
    public let page: String

    public static func named(_ name: String) -> PublishedWeights? { all.first { $0.name == name } }

    public static let all = imageNet + densePose + others

    private static let modelZoo = "https://github.com/facebookresearch/detectron2/blob/main/MODEL_ZOO.md"
    private static let densePosePage =
        "https://github.com/facebookresearch/detectron2/blob/main/projects/DensePose/doc/DENSEPOSE_IUV.md"

    // MARK: Backbones

    private static let imageNet = [
        // torch.hub: the digits in a file's name are the first of its SHA-256.
        PublishedWeights(
            name: "vgg19", model: "pix2pixhd", summary: "VGG-19 of torchvision, ImageNet; perceptual losses",
            file: "vgg19-dcbb9e9d.pth", url: "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",
            digest: .sha256(prefix: "dcbb9e9d"), licence: "BSD-3-Clause (torchvision)",
            page: "https://pytorch.org/vision/stable/models/generated/torchvision.models.vgg19.html"),
        PublishedWeights(
            name: "resnet50-msra", model: "densepose", summary: "ResNet-50 of MSRA, ImageNet; start of training",
            file: "R-50.pkl", url: "https://dl.fbaipublicfiles.com/detectron2/ImageNetPretrained/MSRA/R-50.pkl",
            digest: .unpublished(reason: "no hash is published"), licence: "CC BY-SA 3.0", page: modelZoo),
    ]

    // MARK: DensePose

    /// detectron2's model zoo says that file names on its page hold the beginning of an MD5; the page of DensePose does not
    /// say what its digits are. Six digits would find a damaged file, and prove nothing.
    private static func densePose(
        _ name: String, _ summary: String, _ configuration: String, _ run: Int, _ digits: String
    ) -> PublishedWeights {
        PublishedWeights(
            name: name, model: "densepose", summary: summary, file: "model_final_\(digits).pkl",
            url: "https://dl.fbaipublicfiles.com/densepose/\(configuration)/\(run)/model_final_\(digits).pkl",
            digest: .unpublished(reason: "what the digits \(digits) in its name mean is not published"),
            licence: "CC BY-SA 3.0", page: densePosePage)
    }

    private static let densePose: [PublishedWeights] = {
        let teacher = "evolution/densepose_R_50_FPN_DL_WC1M_3x_Atop10P_CA"
        return [
            densePose(
                "densepose-teacher", "teacher for chimpanzees: people and ten animals", teacher, 217_578_784, "9fe1cc"),
            densePose(
                "densepose-student-uniform", "student, uniform sampling", teacher + "_B_uniform", 256_453_729, "241ff5"),
            densePose(
                "densepose-student-uv", "student, sampling by UV confidence", teacher + "_B_uv", 256_452_095, "d689e2"),
            densePose(
                "densepose-student-finesegm", "student, sampling by fine segmentation", teacher + "_B_finesegm",
                256_452_819, "cb4ac6"),
            densePose(
                "densepose-student-coarsesegm", "student, sampling by coarse segmentation", teacher + "_B_coarsesegm",
                256_455_697, "a6a4bf"),
            densePose("densepose-r50", "people, ResNet-50", "densepose_rcnn_R_50_FPN_s1x", 165_712_039, "162be9"),
            densePose(
                "densepose-r50-dl", "people, DeepLab head", "densepose_rcnn_R_50_FPN_DL_s1x", 165_712_097, "0ed407"),
            densePose(
                "densepose-r50-dl-wc1m", "people, DeepLab head, isotropic confidences",
                "densepose_rcnn_R_50_FPN_DL_WC1M_s1x", 216_245_703, "61971e"),
            densePose(
                "densepose-r50-dl-wc2m", "people, DeepLab head, anisotropic confidences",
                "densepose_rcnn_R_50_FPN_DL_WC2M_s1x", 216_245_758, "7bfb43"),
        ]
    }()

    // MARK: The other models

    private static let others = [
        PublishedWeights(
            name: "pix2pixhd-cityscapes", model: "pix2pixhd", summary: "label2city_1024p, the paper's generator",
            file: "latest_net_G.pth", url: nil, digest: .unpublished(reason: "no hash is published"),
            licence: "BSD (code; none is stated for the weights)",
            page: "https://drive.google.com/file/d/1h9SykUnuZul7J3Nbms2QGH1wa85nbN2-/view"),
        PublishedWeights(
            name: "style-transfer", model: "style", summary: "archive of encoders, decoders and matrices, r31 and r41",
            file: "models.zip", url: nil, digest: .unpublished(reason: "no hash is published"),
            licence: "BSD-2-Clause (code; none is stated for the weights)",
            page: "https://drive.google.com/open?id=1H9T5rfXGlGCUh04DGkpkMFbVnmscJAbs"),
        PublishedWeights(
            name: "x2face", model: "x2face", summary: "archive of X2Face and its pose and audio regressors",
            file: "release_x2face_eccv_withpy3.zip",
            url: "http://www.robots.ox.ac.uk/~vgg/research/unsup_learn_watch_faces/release_x2face_eccv_withpy3.zip",
            digest: .unpublished(reason: "no hash is published"), licence: "none is stated for the weights",
            page: "http://www.robots.ox.ac.uk/~vgg/research/unsup_learn_watch_faces/x2face.html"),
    ]

    public init(
        name: String, model: String, summary: String, file: String, url: String?, digest: Digest, licence: String,
        page: String
    ) {
        (self.name, self.model, self.summary, self.file, self.url) = (name, model, summary, file, url)
        (self.digest, self.licence, self.page) = (digest, licence, page)
    }
}
