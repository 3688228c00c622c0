// swift-tools-version: 6.2
// Measurements are a package of their own, so that nobody who uses Signet builds them.

import PackageDescription

let package = Package(
    name: "signet-benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "bench-jwt", targets: ["TokenBenchmark"]),
        .executable(name: "bench-budget", targets: ["TokenBudget"]),
    ],
    dependencies: [
        // The library alone, with the second backend that our own builds have.
        .package(name: "signet", path: "..", traits: ["OpenSSL"]),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    ],
    targets: [
        // What is measured, as closures: the library's work, and the bare primitives.
        .target(
            name: "TokenWork",
            dependencies: [
                .product(name: "JOSE", package: "signet"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        // Operations a second, asked for by jwt/measure.py.
        .executableTarget(name: "TokenBenchmark", dependencies: ["TokenWork"]),
        // Instructions and allocations for each operation, asked for by jwt/check_budgets.py.
        .executableTarget(name: "TokenBudget", dependencies: ["TokenWork", "CAllocationCounter"]),
        // Stands in front of malloc in the one program that links it.
        .target(name: "CAllocationCounter"),
    ]
)

for target in package.targets where target.name != "CAllocationCounter" {
    target.swiftSettings = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
}
