// swift-tools-version: 6.2
// Measurements are a package of their own, so that nobody who uses Signet builds them.

import PackageDescription

let package = Package(
    name: "signet-benchmarks",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "bench-jwt", targets: ["TokenBenchmark"])],
    dependencies: [
        .package(name: "signet", path: ".."),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    ],
    targets: [
        .executableTarget(
            name: "TokenBenchmark",
            dependencies: [
                .product(name: "JOSE", package: "signet"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    ]
)
