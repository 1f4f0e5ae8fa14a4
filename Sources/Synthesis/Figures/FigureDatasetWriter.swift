import Annotations
import Foundation
import Imaging

/// Writes drawn scenes as a DensePose-COCO data set: `images/000000000001.png`, … and `densepose.json`.
///
/// Crowds carry an uncompressed run-length mask, other figures polygons and dense points. The same arguments give the
/// same bytes.
public struct FigureDatasetWriter: Sendable {
    public var seed: UInt64
    public var width = 320
    public var height = 240
    /// Every n-th scene has a crowd behind.
    public var crowdEvery = 4

    public init(seed: UInt64) { self.seed = seed }

    /// Scene number `index`: one to three people.
    public func scene(_ index: Int) -> FigureScene {
        FigureScene(
            seed: seed &+ UInt64(index) &* 0x1_0000_0001, width: width, height: height, people: 1 + index % 3,
            crowd: crowdEvery > 0 && index % crowdEvery == crowdEvery - 1)
    }

    /// Writes `count` scenes below a folder, which is made where it is missing; older files of the same names are
    /// replaced.
    /// - Returns: the path of `densepose.json`.
    /// - Throws: `CocoaError` when a file cannot be written.
    @discardableResult
    public func write(_ count: Int, to folder: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder + "/images", withIntermediateDirectories: true)
        var images: [PythonJSON] = []
        var annotations: [PythonJSON] = []
        for index in 0..<max(count, 0) {
            let scene = scene(index)
            let digits = String(index + 1)
            let name = String(repeating: "0", count: max(12 - digits.count, 0)) + digits + ".png"
            try writePicture(scene, to: folder + "/images/" + name)
            images.append(
                .object([
                    ("license", 1), ("file_name", .text(name)), ("height", .integer(scene.height)),
                    ("width", .integer(scene.width)), ("id", .integer(index + 1)),
                ]))
            for figure in scene.figures {
                annotations.append(Self.annotation(figure, id: annotations.count + 1, image: index + 1))
            }
        }
        let file = PythonJSON.object([
            (
                "info",
                .object([("description", "Drawn figures with dense labels"), ("version", "1.0"), ("year", 2026)])
            ),
            ("licenses", .list([.object([("id", 1), ("name", "CC0 1.0"), ("url", .text(Self.licence))])])),
            ("images", .list(images)), ("annotations", .list(annotations)), ("categories", .list([Self.person])),
        ])
        let path = folder + "/densepose.json"
        try Data(file.description.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func writePicture(_ scene: FigureScene, to path: String) throws {
        try Image(width: scene.width, height: scene.height, channels: 3, bytes: scene.pixels).write(toFileAt: path)
    }

    private static let licence = "https://creativecommons.org/publicdomain/zero/1.0/"

    private static let person = PythonJSON.object([
        ("supercategory", "person"), ("id", 1), ("name", "person"),
        (
            "keypoints",
            .list(
                [
                    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
                    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
                    "right_knee", "left_ankle", "right_ankle",
                ].map { .text($0) })
        ),
        (
            "skeleton",
            .list(
                [
                    [16, 14], [14, 12], [17, 15], [15, 13], [12, 13], [6, 12], [7, 13], [6, 7], [6, 8], [7, 9],
                    [8, 10],
                    [9, 11], [2, 3], [1, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, 7],
                ].map { .list($0.map { .integer($0) }) })
        ),
    ])

    private static func annotation(_ figure: FigureLabel, id: Int, image: Int) -> PythonJSON {
        let box = figure.box
        let size = PythonJSON.list([.integer(figure.mask.height), .integer(figure.mask.width)])
        var segmentation = PythonJSON.list(figure.polygons.map(numbers))
        var area = Double(figure.mask.area)
        if figure.isCrowd {
            segmentation = .object([
                ("counts", .list(figure.mask.runs.map { .integer(Int($0)) })), ("size", size),
            ])
        } else if let drawn = try? RunLengthMask(
            polygons: figure.polygons, height: figure.mask.height, width: figure.mask.width)
        {
            area = Double(drawn.area)
        }
        let seen = figure.keypoints.count { $0.visibility > 0 }
        var members: [(String, PythonJSON)] = [
            ("segmentation", segmentation), ("num_keypoints", .integer(seen)), ("area", .number(area)),
            ("iscrowd", figure.isCrowd ? 1 : 0),
            (
                "keypoints",
                .list(
                    figure.isCrowd
                        ? [PythonJSON](repeating: 0, count: 51)
                        : figure.keypoints.flatMap {
                            [.integer(Int($0.x)), .integer(Int($0.y)), .integer($0.visibility)]
                        })
            ),
            ("image_id", .integer(image)), ("bbox", numbers([box.x, box.y, box.width, box.height])),
            ("category_id", 1), ("id", .integer(id)),
        ]
        if !figure.isCrowd {
            members += [
                ("dp_I", numbers(figure.points.map { Double($0.chart) })), ("dp_U", numbers(figure.points.map(\.u))),
                ("dp_V", numbers(figure.points.map(\.v))), ("dp_x", numbers(figure.points.map(\.x))),
                ("dp_y", numbers(figure.points.map(\.y))),
                (
                    "dp_masks",
                    .list(
                        figure.parts.map { part in
                            guard let part else { return .list([]) }
                            return .object([
                                ("counts", .text(part.compressedString())), ("size", .list([256, 256])),
                            ])
                        })
                ),
            ]
        }
        return .object(members)
    }

    private static func numbers(_ values: [Double]) -> PythonJSON { .list(values.map { .number($0) }) }
}
