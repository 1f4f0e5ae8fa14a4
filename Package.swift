// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Continuous integration fails on the first warning; a newer compiler on a user's machine may warn in peace.
let warnings: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]
let swift: [SwiftSetting] = [.swiftLanguageMode(.v6)] + warnings
/// For targets that are all arithmetic: their tests would take minutes without optimisation.
let fast: [SwiftSetting] = swift + [.unsafeFlags(["-O"])]

/// simdjson's streaming parser is chosen at compile time; without these it falls back to plain bytes.
#if arch(x86_64)
    let simd = ["-msse4.2", "-mpclmul"]
#else
    let simd: [String] = []
#endif

/// libtorch: Debian's, or the folder (a libtorch or a pip `torch` package) that LIBTORCH names.
let libtorch = Context.environment["LIBTORCH"]
let torchHeaders: [String] =
    libtorch.map { folder in
        // CUDA's and NCCL's: of the toolkit, or of the packages that a pip torch brings along.
        let cuda =
            ["/usr/local/cuda/include"] + ["cu13", "cuda_runtime", "nccl"].map { "\(folder)/../nvidia/\($0)/include" }
        let folders = ["\(folder)/include", "\(folder)/include/torch/csrc/api/include"]
        return (folders + cuda.filter(FileManager.default.fileExists)).map { "-I\($0)" }
    } ?? []
/// Its headers need C++17, those of newer releases C++20.
let isRecent = libtorch.map { FileManager.default.fileExists(atPath: $0 + "/include/torch/headeronly") } ?? false
/// Named by path, so that no other libtorch on the linker's way is taken.
let torchLibraries: [String] =
    libtorch.map { folder in
        ["torch", "torch_cpu", "c10", "torch_cuda", "c10_cuda"].map { "\(folder)/lib/lib\($0).so" }
            .filter(FileManager.default.fileExists) + ["-rpath", folder + "/lib"]
    } ?? ["-ltorch", "-ltorch_cpu", "-lc10"]

let package = Package(
    name: "kindred",
    products: [
        .executable(name: "annotate", targets: ["Annotate"]),
        .executable(name: "infer", targets: ["Infer"]),
        .executable(name: "meshmap", targets: ["MeshMap"]),
        .executable(name: "train", targets: ["Train"]),
        .library(name: "Annotations", targets: ["Annotations"]),
        .library(name: "Catalog", targets: ["Catalog"]),
        .library(name: "Checkpoints", targets: ["Checkpoints"]),
        .library(name: "Evaluation", targets: ["Evaluation"]),
        .library(name: "Geometry", targets: ["Geometry"]),
        .library(name: "Networks", targets: ["Networks"]),
        .library(name: "Tensors", targets: ["Tensors"]),
        .library(name: "Training", targets: ["Training"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // Foreign libraries: one door each.
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "CSimdJSON",
            cxxSettings: [.unsafeFlags(["-O2"] + simd)],
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png16")]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CExif", pkgConfig: "libexif", providers: [.apt(["libexif-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),

        .target(
            name: "CTorch",
            cxxSettings: [.unsafeFlags(["-O3", "-fno-math-errno"] + torchHeaders)],
            linkerSettings: [
                // Libraries whose only use is that they register themselves are kept.
                .unsafeFlags((["--no-as-needed"] + torchLibraries).flatMap { ["-Xlinker", $0] }),
                .linkedLibrary("gomp"),
            ]),

        .systemLibrary(name: "CMatio", pkgConfig: "matio", providers: [.apt(["libmatio-dev"])]),
        // Numerics run at full speed in debug builds too.
        .target(
            name: "CMeshKernel",
            cxxSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-I/usr/include/eigen3"])],
            linkerSettings: [.linkedLibrary("openblas")]),

        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),

        // The core, from the bottom up: a target imports only targets above its line.
        .target(name: "Hashing", dependencies: ["CCrypto"], swiftSettings: swift),
        .target(name: "Checkpoints", dependencies: ["Hashing", "CZlib"], swiftSettings: swift),
        .target(
            name: "Imaging",
            dependencies: [
                "Hashing", "CPNG", "CTurboJPEG", "CExif", "CFreeType",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: swift),
        .target(
            name: "Catalog",
            dependencies: [
                "CSQLite", "CZlib", "Hashing",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: swift),
        .target(name: "Geometry", dependencies: ["CMatio", "CMeshKernel", "Hashing", "Imaging"], swiftSettings: fast),
        .target(name: "Annotations", dependencies: ["Catalog", "Imaging", "CSimdJSON"], swiftSettings: swift),
        .target(name: "Tensors", dependencies: ["CTorch", "Checkpoints"], swiftSettings: swift),
        .target(
            name: "Training", dependencies: ["Tensors", "Annotations", "Catalog", "Imaging", "Hashing"],
            swiftSettings: swift),
        .target(
            name: "Networks",
            dependencies: ["Annotations", "Catalog", "Geometry", "Hashing", "Imaging", "Tensors", "Training"],
            swiftSettings: swift),
        .target(
            name: "Synthesis", dependencies: ["Annotations", "Catalog", "Geometry", "Hashing", "Imaging"],
            swiftSettings: fast),
        .target(
            name: "Evaluation",
            dependencies: ["Annotations", "Catalog", "Checkpoints", "Geometry", "Hashing", "Imaging"],
            swiftSettings: fast),
        .target(
            name: "Workflows", dependencies: ["Annotations", "Catalog", "Evaluation", "Imaging", "Hashing"],
            swiftSettings: swift),

        // Executables: parse, call, print.
        .target(
            name: "Commands",
            dependencies: ["Catalog", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: swift),
        .executableTarget(
            name: "Train",
            dependencies: [
                "Catalog", "Checkpoints", "Commands", "Evaluation", "Geometry", "Imaging", "Networks", "Tensors",
                "Training", "Workflows",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swift),
        // What Documentation/Training.md shows.
        .executableTarget(
            name: "ColorizerSample", dependencies: ["Catalog", "Tensors", "Training"],
            path: "Documentation/Samples/Colorizer", swiftSettings: swift),
        .executableTarget(
            name: "Infer",
            dependencies: [
                "Catalog", "Checkpoints", "Commands", "Geometry", "Hashing", "Imaging", "Networks", "Tensors",
                "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "MeshMap",
            dependencies: [
                "Catalog", "Commands", "Geometry", "Hashing", "Imaging",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "Annotate",
            dependencies: [
                "Commands", "Evaluation", "Synthesis", "Workflows",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swift),

        .testTarget(name: "HashingTests", dependencies: ["Hashing"], swiftSettings: swift),
        .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints"], swiftSettings: swift),
        .testTarget(
            name: "GoldenTests", dependencies: ["Checkpoints", "Evaluation", "Networks", "Tensors"],
            resources: [.copy("Fixtures")],
            swiftSettings: swift),
        .testTarget(
            name: "ImagingTests", dependencies: ["Imaging"], resources: [.copy("Fixtures")], swiftSettings: swift),
        .testTarget(
            name: "NetworksTests",
            dependencies: ["Annotations", "Catalog", "Checkpoints", "Geometry", "Imaging", "Networks", "Tensors"],
            swiftSettings: swift),
        .testTarget(name: "GeometryTests", dependencies: ["Geometry", "Hashing", "Imaging"], swiftSettings: swift),
        .testTarget(
            name: "EvaluationTests",
            dependencies: ["Evaluation", "Annotations", "Catalog", "Geometry", "Hashing", "Imaging"],
            resources: [.copy("Fixtures")],
            swiftSettings: swift),
        .testTarget(name: "CatalogTests", dependencies: ["Catalog"], swiftSettings: swift),
        .testTarget(
            name: "AnnotationsTests", dependencies: ["Annotations"], resources: [.copy("Fixtures")],
            swiftSettings: swift),
        .testTarget(
            name: "TrainingTests", dependencies: ["Checkpoints", "Tensors", "Training"], swiftSettings: swift),
        .testTarget(
            name: "SynthesisTests", dependencies: ["Synthesis", "Annotations", "Geometry"], swiftSettings: swift),
        .testTarget(name: "WorkflowsTests", dependencies: ["Workflows"], swiftSettings: swift),
        .testTarget(
            name: "TensorsTests", dependencies: ["Checkpoints", "Tensors"], resources: [.copy("Fixtures")],
            swiftSettings: swift),
        .target(name: "CommandLineTesting", path: "Tests/CommandLineTesting", swiftSettings: swift),
        .testTarget(
            name: "MeshMapTests", dependencies: ["MeshMap", "Annotate", "Geometry", "CommandLineTesting"],
            swiftSettings: swift),
        .testTarget(
            name: "AnnotateTests", dependencies: ["Annotate", "MeshMap", "Train", "Infer", "CommandLineTesting"],
            swiftSettings: swift),
        .testTarget(
            name: "InferTests", dependencies: ["Infer", "Checkpoints", "CommandLineTesting"], swiftSettings: swift),
        .testTarget(
            name: "TrainTests",
            dependencies: [
                "Annotate", "Train", "Infer", "ColorizerSample", "Catalog", "Checkpoints", "Imaging",
                "CommandLineTesting",
            ],
            swiftSettings: swift),
    ],
    cxxLanguageStandard: isRecent ? .cxx20 : .cxx17
)
