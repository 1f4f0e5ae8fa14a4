// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the suite builds without its benchmarks.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "kindred", path: "..")],
    targets: [
        .executableTarget(
            name: "mask-benchmark",
            dependencies: [.product(name: "Annotations", package: "kindred")],
            path: "Sources/MaskBenchmark",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "catalog-benchmark",
            dependencies: [.product(name: "Catalog", package: "kindred")],
            path: "Sources/CatalogBenchmark",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "store-benchmark",
            dependencies: [
                .product(name: "Annotations", package: "kindred"), .product(name: "Catalog", package: "kindred"),
            ],
            path: "Sources/StoreBenchmark",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "torch-benchmark",
            dependencies: [
                .product(name: "Networks", package: "kindred"), .product(name: "Tensors", package: "kindred"),
                .product(name: "Checkpoints", package: "kindred"),
            ],
            path: "Sources/TorchBenchmark",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "soak", dependencies: [.product(name: "Tensors", package: "kindred")], path: "Sources/Soak",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "correspondence-benchmark",
            dependencies: [.product(name: "Geometry", package: "kindred")],
            path: "Sources/CorrespondenceBenchmark",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "loader-benchmark",
            dependencies: [.product(name: "Training", package: "kindred")],
            path: "Sources/LoaderBenchmark",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "geometry-benchmark",
            dependencies: [.product(name: "Geometry", package: "kindred")],
            path: "Sources/GeometryBenchmark",
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
