// swift-tools-version: 6.2
// The peer jwt-kit, in a package of its own: what it needs is nobody else's concern.

import PackageDescription

let package = Package(
    name: "jwt-kit-benchmark-peer",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    ],
    targets: [
        .executableTarget(
            name: "JWTKitPeer",
            dependencies: [
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
