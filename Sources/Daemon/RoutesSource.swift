import Foundation
import Gateway
import Logging

/// Where the routes come from: a file, the demo, or nowhere.
struct RoutesSource: Sendable {
    let file: String?
    /// The demo's API and whom its tokens are for.
    let demo: (port: Int, audience: String)?
    let gateway: GatewayService
    let logger: Logger

    /// Reads the routes and puts them to work; on any complaint nothing changes.
    /// - Returns: the number of routes.
    func load() async throws -> Int {
        if let file {
            guard let text = Self.read(file) else { throw StartFailure("the routes document \(file) cannot be read") }
            guard let document = String(validating: text, as: UTF8.self) else {
                throw StartFailure("the routes document \(file) is not UTF-8")
            }
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
            do {
                let loaded = try await gateway.load(document) { name in
                    Self.read(URL(fileURLWithPath: name, relativeTo: folder).path)
                }
                for bad in loaded.passedOver { logger.warning("routes document \(file), \(bad.description)") }
                return loaded.routes
            } catch let complaints as RouteComplaints {
                throw StartFailure("the routes document \(file) is refused:\n\(complaints.description)")
            }
        }
        guard let demo else { return 0 }
        return try await gateway.load(DemoRoutes.document(port: demo.port, audience: demo.audience)) { _ in nil }.routes
    }

    /// A file of at most a mebibyte.
    private static func read(_ path: String) -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        // At the end of a file, and so of an empty one, reading gives nil.
        guard let data = try? handle.read(upToCount: 1_048_577) ?? Data(), data.count <= 1_048_576 else { return nil }
        return [UInt8](data)
    }
}
