/// Keypoints of published datasets as places of a body.
public struct KeypointSet: Hashable, Sendable {
    public enum Place: Hashable, Sendable {
        case joint(String)
        /// The middle of two joints.
        case between(String, String)
        case vertex(String)
    }

    public let name: String
    public let points: [(name: String, place: Place)]

    public static func == (a: KeypointSet, b: KeypointSet) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// COCO's 17 in the order of its annotation files.
    public static let coco17 = KeypointSet(
        name: "coco_17",
        points: [
            ("nose", .vertex("nose")), ("left_eye", .vertex("leftEye")), ("right_eye", .vertex("rightEye")),
            ("left_ear", .vertex("leftEarTip")), ("right_ear", .vertex("rightEarTip")),
        ]
            + sides([
                "shoulder": "Shoulder", "elbow": "Elbow", "wrist": "Wrist", "hip": "Hip", "knee": "Knee",
                "ankle": "Ankle",
            ]))

    /// OpenPose's BODY_25 in its order.
    public static let body25 = KeypointSet(
        name: "body_25",
        points: [
            ("Nose", .vertex("nose")), ("Neck", .between("leftShoulder", "rightShoulder")),
            ("RShoulder", .joint("rightShoulder")), ("RElbow", .joint("rightElbow")), ("RWrist", .joint("rightWrist")),
            ("LShoulder", .joint("leftShoulder")), ("LElbow", .joint("leftElbow")), ("LWrist", .joint("leftWrist")),
            ("MidHip", .between("leftHip", "rightHip")), ("RHip", .joint("rightHip")), ("RKnee", .joint("rightKnee")),
            ("RAnkle", .joint("rightAnkle")), ("LHip", .joint("leftHip")), ("LKnee", .joint("leftKnee")),
            ("LAnkle", .joint("leftAnkle")), ("REye", .vertex("rightEye")), ("LEye", .vertex("leftEye")),
            ("REar", .vertex("rightEarTip")), ("LEar", .vertex("leftEarTip")), ("LBigToe", .vertex("leftBigToeTip")),
            ("LSmallToe", .vertex("leftSmallToeTip")), ("LHeel", .vertex("leftHeel")),
            ("RBigToe", .vertex("rightBigToeTip")), ("RSmallToe", .vertex("rightSmallToeTip")),
            ("RHeel", .vertex("rightHeel")),
        ])

    private static func sides(_ names: KeyValuePairs<String, String>) -> [(name: String, place: Place)] {
        names.flatMap { name, joint in
            [("left_" + name, Place.joint("left" + joint)), ("right_" + name, Place.joint("right" + joint))]
        }
    }
}

extension TemplateBody {
    /// Where the keypoints of a set lie when the body is in a pose; nil for those that the species lacks.
    /// - Parameter positions: the vertices in that pose, from `posed`.
    public func keypoints(_ set: KeypointSet, pose: Pose = .rest, positions: [SIMD3<Double>]) -> [SIMD3<Double>?] {
        let joints = skeleton.positions(pose)
        func joint(_ name: String) -> SIMD3<Double>? { skeleton.index(of: name).map { joints[$0] } }
        return set.points.map { point in
            switch point.place {
            case .joint(let name): return joint(name)
            case .between(let a, let b):
                guard let a = joint(a), let b = joint(b) else { return nil }
                return (a + b) / 2
            case .vertex(let name): return keyVertices[name].map { positions[$0] }
            }
        }
    }
}
