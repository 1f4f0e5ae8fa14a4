// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the suite builds without its fuzzers.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "kindred", path: "..")],
    targets: [
        .executableTarget(
            name: "checkpoint-fuzzer",
            dependencies: [.product(name: "Checkpoints", package: "kindred")],
            path: "Sources/CheckpointFuzzer",
            swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])]),
        .executableTarget(
            name: "mesh-fuzzer",
            dependencies: [.product(name: "Geometry", package: "kindred")],
            path: "Sources/MeshFuzzer",
            swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])]),
    ]
)
