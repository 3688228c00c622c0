// swift-tools-version: 6.2
// The manifest is the architecture: a target may import only what its line names, and the build refuses the rest
// (`make check` passes --explicit-target-dependency-import-check error).

import PackageDescription

/// What only the server needs.
let server = TargetDependencyCondition.when(traits: ["Server"])
/// What the middleware for Hummingbird needs, and with it the server.
let hummingbird = TargetDependencyCondition.when(traits: ["Hummingbird"])
/// What only the second backend needs.
let openSSL = TargetDependencyCondition.when(traits: ["OpenSSL"])

let package = Package(
    name: "signet",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "JOSE", targets: ["JOSE", "Tokens", "Codecs"]),
        .library(name: "HummingbirdJOSE", targets: ["HummingbirdJOSE"]),
        .executable(name: "signet", targets: ["CLI"]),
    ],
    traits: [
        .default(enabledTraits: ["Server"]),
        .trait(
            name: "Server",
            description: "The server and the command; a user of the library alone turns it off (traits: []).",
            enabledTraits: ["Hummingbird"]
        ),
        .trait(name: "Hummingbird", description: "The middleware HummingbirdJOSE."),
        .trait(
            name: "OpenSSL",
            description: "The system's libcrypto beside BoringSSL: faster RSA signing, ES512, HMAC; ES256K and Ed448."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: values.
        .target(name: "Codecs", dependencies: ["CBase64URL"]),
        // base64url 32 characters at a time, where the processor can.
        .target(name: "CBase64URL"),
        .target(name: "Telemetry"),

        // Floor 1: rules.
        .target(name: "Tokens", dependencies: ["Codecs"]),
        .target(
            name: "JOSE",
            dependencies: [
                "Codecs", "Tokens", .target(name: "COpenSSL", condition: openSSL),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        // The system's libcrypto, for the trait OpenSSL.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // The system's zlib, for the files of the pages.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "OAuth",
            dependencies: ["Codecs", "Tokens", "JOSE", .product(name: "Crypto", package: "swift-crypto")]),
        // Everything a person configures, each kind declared once.
        .target(
            name: "Blueprint", dependencies: ["Codecs", .product(name: "Yams", package: "Yams", condition: server)]),
        // How often who has called: limits that hold over all event loops.
        .target(name: "Traffic"),
        .target(name: "HTTPWire"),
        // How callers and providers of language models speak, and one form between them.
        .target(name: "Dialects", dependencies: ["Codecs"]),
        // Tokens checked in anybody's Hummingbird server; nothing here imports it.
        .target(
            name: "HummingbirdJOSE",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "OAuth",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: hummingbird),
                .product(name: "Hummingbird", package: "hummingbird", condition: hummingbird),
                .product(name: "Logging", package: "swift-log", condition: hummingbird),
                .product(name: "NIOCore", package: "swift-nio", condition: hummingbird),
            ]),

        // Floor 2: the outside.
        .target(
            name: "Edge",
            dependencies: [
                "HTTPWire",
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
                .product(name: "NIOTLS", package: "swift-nio", condition: server),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        .target(
            name: "Upstreams",
            dependencies: [
                "HTTPWire",
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
                .product(name: "NIOTLS", package: "swift-nio", condition: server),
            ]),
        // Documents of others, asked for by the word of others.
        .target(
            name: "Fetching",
            dependencies: [
                "HTTPWire",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
            ]),
        .target(
            name: "Storage",
            dependencies: [
                "Codecs",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift", condition: server),
            ]),
        .target(
            name: "ControlPlane",
            dependencies: [
                "Codecs", "Blueprint", "HTTPWire", "Storage", "CWebAssets", "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
                .product(name: "Logging", package: "swift-log", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: server),
            ]),

        // Floor 3: the product. None of these imports another.
        .target(
            name: "TokenService",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "OAuth", "Blueprint", "Storage", "ControlPlane", "CWebAssets",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
                .product(name: "Logging", package: "swift-log", condition: server),
                .product(name: "Mustache", package: "swift-mustache", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: server),
            ]),
        .target(
            name: "Gateway",
            dependencies: [
                "Codecs", "Telemetry", "Tokens", "JOSE", "OAuth", "Blueprint", "Traffic", "HTTPWire", "Edge",
                "Upstreams",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
            ]),
        // Language models: whoever asks in a dialect, whoever answers, and what it costs.
        .target(
            name: "AIGateway",
            dependencies: [
                "Codecs", "Blueprint", "Traffic", "Dialects", "Storage",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
            ]),
        // What exchanges were, by minute, hour and day.
        .target(name: "Analytics", dependencies: ["Telemetry", "Storage"]),
        // The blueprint in the database: owners, revisions, history.
        .target(name: "ConfigurationStore", dependencies: ["Codecs", "Blueprint", "Storage"]),
        .target(
            name: "Studio",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "OAuth", "HTTPWire", "Fetching", "ControlPlane", "CWebAssets",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
            ]),
        .target(
            name: "Console",
            dependencies: [
                "ControlPlane", "CWebAssets",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
            ]),
        // The Studio's judging, compiled twice: to WebAssembly for the page (make wasm) and natively for its tests.
        .target(name: "StudioBrowser", dependencies: ["Codecs", "Tokens"]),
        .target(name: "CWebAssets"),

        // Floor 4: the program.
        .target(
            name: "Daemon",
            dependencies: [
                "Codecs", "Telemetry", "Tokens", "JOSE", "OAuth", "Blueprint", "HTTPWire", "Edge", "Upstreams",
                "Fetching", "Storage",
                "ControlPlane", "ConfigurationStore", "TokenService", "Gateway", "AIGateway", "Analytics", "Studio",
                "Console",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: server),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: server),
                .product(name: "Logging", package: "swift-log", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: server),
                .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: server),
            ]),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "OAuth", "Blueprint", .target(name: "Daemon", condition: server),
                .product(name: "ArgumentParser", package: "swift-argument-parser", condition: server),
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: server),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
            ]),

        // Tests: one target for each target above.
        .target(name: "TestSupport", dependencies: ["Codecs"], path: "Tests/TestSupport"),
        .testTarget(name: "CodecsTests", dependencies: ["Codecs", "TestSupport"]),
        .testTarget(name: "TelemetryTests", dependencies: ["Codecs", "Telemetry", "TestSupport"]),
        .testTarget(name: "TokensTests", dependencies: ["Codecs", "Tokens", "TestSupport"]),
        .testTarget(
            name: "JOSETests",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        .testTarget(
            name: "HummingbirdJOSETests",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "HummingbirdJOSE",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: hummingbird),
                .product(name: "Hummingbird", package: "hummingbird", condition: hummingbird),
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: hummingbird),
            ]),
        .testTarget(name: "OAuthTests", dependencies: ["Codecs", "OAuth"]),
        .testTarget(name: "StudioBrowserTests", dependencies: ["Codecs", "Tokens", "JOSE", "StudioBrowser"]),
        .testTarget(
            name: "StudioTests",
            dependencies: [
                "Codecs", "ControlPlane", "Fetching", "Studio",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
            ]),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "ControlPlane", "Console",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: server),
            ]),
        .testTarget(
            name: "BlueprintTests",
            dependencies: ["Codecs", "Blueprint", .product(name: "Yams", package: "Yams", condition: server)]),
        .testTarget(name: "TrafficTests", dependencies: ["Traffic"]),
        .testTarget(name: "DialectsTests", dependencies: ["Dialects", "Codecs"]),
        .testTarget(name: "HTTPWireTests", dependencies: ["HTTPWire"]),
        .testTarget(
            name: "EdgeTests",
            dependencies: [
                "HTTPWire", "Edge", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
                .product(name: "NIOTLS", package: "swift-nio", condition: server),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        .testTarget(
            name: "UpstreamsTests",
            dependencies: [
                "HTTPWire", "Upstreams", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: server),
            ]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Codecs", "Telemetry", "Tokens", "JOSE", "Blueprint", "Traffic", "HTTPWire", "Edge", "Upstreams",
                "Gateway", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
            ]),
        .testTarget(
            name: "AIGatewayTests",
            dependencies: [
                "Codecs", "Blueprint", "Dialects", "Storage", "AIGateway", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
            ]),
        .testTarget(
            name: "FetchingTests",
            dependencies: [
                "HTTPWire", "Fetching",
                .product(name: "NIOCore", package: "swift-nio", condition: server),
                .product(name: "NIOPosix", package: "swift-nio", condition: server),
            ]),
        .testTarget(
            name: "ConfigurationStoreTests",
            dependencies: ["Codecs", "Blueprint", "Storage", "ConfigurationStore", "TestSupport"]),
        // With everybody who stores something: every statement is looked at for every database.
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Codecs", "Storage", "ControlPlane", "ConfigurationStore", "TokenService", "AIGateway", "Analytics",
                "TestSupport",
            ]),
        .testTarget(name: "AnalyticsTests", dependencies: ["Telemetry", "Storage", "Analytics", "TestSupport"]),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "Codecs", "Blueprint", "HTTPWire", "Storage", "ControlPlane", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
            ]),
        .testTarget(
            name: "TokenServiceTests",
            dependencies: [
                "Codecs", "Tokens", "JOSE", "OAuth", "HTTPWire", "Storage", "ControlPlane", "TokenService",
                "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: server),
                .product(name: "Hummingbird", package: "hummingbird", condition: server),
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: server),
                .product(name: "Logging", package: "swift-log", condition: server),
                .product(name: "NIOCore", package: "swift-nio", condition: server),
            ]),
    ],
    cLanguageStandard: .c2x
)

// One language for every Swift target; each line names its proposal.
let writtenInC = ["CBase64URL", "CWebAssets"]
for target in package.targets where target.type != .system && !writtenInC.contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    ]
}
