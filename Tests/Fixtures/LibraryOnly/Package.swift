// swift-tools-version: 6.2
// Somebody who uses the library and nothing else of Signet: what may be resolved then, `dev/check-library-only` says.

import PackageDescription

let package = Package(
    name: "library-only",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "signet", path: "../../..", traits: [])],
    targets: [
        .executableTarget(name: "LibraryOnly", dependencies: [.product(name: "JOSE", package: "signet")])
    ]
)
