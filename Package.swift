// swift-tools-version: 6.2
// The manifest is the architecture: a target may import only what its line names, and the build refuses the rest
// (`make check` passes --explicit-target-dependency-import-check error).

import PackageDescription

let package = Package(
    name: "signet",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "JOSE", targets: ["JOSE", "Tokens", "Codecs"]),
        .executable(name: "signet", targets: ["CLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: values.
        .target(name: "Codecs"),
        .target(name: "Telemetry"),

        // Floor 1: rules.
        .target(name: "Tokens", dependencies: ["Codecs"]),
        .target(
            name: "JOSE",
            dependencies: [
                "Codecs", "Tokens",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .target(name: "OAuth", dependencies: ["Codecs"]),
        .target(name: "HTTPWire"),

        // Floor 2: the outside.
        .target(
            name: "Edge",
            dependencies: [
                "HTTPWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(
            name: "Upstreams",
            dependencies: [
                "HTTPWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(
            name: "Storage",
            dependencies: [
                "Codecs",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "ControlPlane",
            dependencies: [
                "Codecs",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),

        // Floor 3: the product. None of these imports another.
        .target(
            name: "TokenService",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "OAuth", "Storage", "ControlPlane",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(
            name: "Gateway",
            dependencies: [
                "Codecs", "Telemetry", "Tokens", "JOSE", "OAuth", "HTTPWire", "Edge", "Upstreams",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "Studio",
            dependencies: [
                "ControlPlane", "CWebAssets",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        // The Studio's judging, compiled twice: to WebAssembly for the page (make wasm) and natively for its tests.
        .target(name: "StudioBrowser", dependencies: ["Codecs", "Tokens"]),
        .target(name: "CWebAssets"),

        // Floor 4: the program.
        .target(
            name: "Daemon",
            dependencies: [
                "Codecs", "Telemetry", "Tokens", "JOSE", "Edge", "Upstreams", "Storage", "ControlPlane",
                "TokenService", "Gateway", "Studio",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "Daemon",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Tests: one target for each target above.
        .target(name: "TestSupport", dependencies: ["Codecs"], path: "Tests/TestSupport"),
        .testTarget(name: "CodecsTests", dependencies: ["Codecs", "TestSupport"]),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"]),
        .testTarget(name: "TokensTests", dependencies: ["Codecs", "Tokens", "TestSupport"]),
        .testTarget(name: "JOSETests", dependencies: ["Codecs", "Tokens", "JOSE", "TestSupport"]),
        .testTarget(name: "OAuthTests", dependencies: ["Codecs", "OAuth"]),
        .testTarget(name: "StudioBrowserTests", dependencies: ["Codecs", "Tokens", "JOSE", "StudioBrowser"]),
        .testTarget(
            name: "StudioTests",
            dependencies: [
                "Studio",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        .testTarget(name: "HTTPWireTests", dependencies: ["HTTPWire"]),
        .testTarget(
            name: "EdgeTests",
            dependencies: [
                "HTTPWire", "Edge", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "UpstreamsTests",
            dependencies: [
                "HTTPWire", "Upstreams", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "HTTPWire", "Edge", "Upstreams", "Gateway", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(name: "StorageTests", dependencies: ["Codecs", "Storage", "TestSupport"]),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "Codecs", "ControlPlane", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        .testTarget(
            name: "TokenServiceTests",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "OAuth", "Storage", "ControlPlane", "TokenService", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
    ],
    cLanguageStandard: .c2x
)

// One language for every Swift target; each line names its proposal.
for target in package.targets where target.name != "CWebAssets" {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    ]
}
