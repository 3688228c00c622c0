public import Blueprint
import Codecs
import Foundation
import Gateway
import JOSE
import Tokens

/// A document on the disk that says everything the gateway is configured with.
public struct ConfigurationFile: Sendable {
    /// Where it is.
    public let path: String

    /// The largest document and the largest file that one names, in bytes.
    static let largest = 16_777_216

    /// A document.
    public init(path: String) { self.path = path }

    /// What is wrong with a document, each with its line.
    public struct Refused: Error, CustomStringConvertible {
        /// One sentence, and behind it every complaint on a line of its own.
        public let description: String
        /// The complaints alone.
        public let complaints: [DocumentComplaint]
    }

    /// Reads and checks the document as a whole.
    public func read() throws -> (document: DocumentNode, blueprint: Blueprint) {
        guard let bytes = Self.content(of: path) else {
            throw StartFailure("the configuration \(path) cannot be read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw StartFailure("the configuration \(path) is not UTF-8")
        }
        do throws(DocumentComplaints) {
            let document = try YAMLDocument.read(text)
            return (document, try Blueprint.read(document))
        } catch {
            throw refused(error)
        }
    }

    /// Looks at it as a gateway would that is about to serve it: the files it names, its secrets, its routes.
    /// - Returns: how many routes it has, what is worth a warning, and what is worth a thought.
    public func check() throws -> (routes: Int, warnings: [String], advice: [BlueprintAdvice]) {
        let (document, blueprint) = try read()
        do throws(ConfigurationComplaints) {
            let checked = try GatewayService.check(blueprint, in: surroundings(builtIn: .unknown))
            return (checked.routes, checked.warnings.map { place($0, in: document).description }, blueprint.advice)
        } catch {
            throw refused(error, in: document)
        }
    }

    /// Puts it to work; one that is no good changes nothing.
    func load(into gateway: GatewayService, builtIn: TrustedIssuer, fetch: KeyFetch) async throws -> (
        blueprint: Blueprint, routes: Int, warnings: [String]
    ) {
        let (document, blueprint) = try read()
        do throws(ConfigurationComplaints) {
            let loaded = try await gateway.load(blueprint, in: surroundings(builtIn: builtIn, fetch: fetch))
            return (blueprint, loaded.routes, loaded.warnings.map { place($0, in: document).description })
        } catch {
            throw refused(error, in: document)
        }
    }

    /// A place that the document names, seen from where the document is.
    func place(of accessLog: AccessLogPlace) -> AccessLogPlace {
        guard case .file(let name) = accessLog else { return accessLog }
        return .file(URL(fileURLWithPath: name, relativeTo: folder).path)
    }

    private var folder: URL { URL(fileURLWithPath: path).deletingLastPathComponent() }

    private func surroundings(builtIn: TrustedIssuer?, fetch: KeyFetch = .nothing) -> Surroundings {
        Surroundings(
            builtIn: builtIn,
            readFile: { [folder] name in Self.content(of: URL(fileURLWithPath: name, relativeTo: folder).path) },
            environment: { ProcessInfo.processInfo.environment[$0] }, fetchKeys: fetch.keys,
            discoverKeys: fetch.discovered)
    }

    private func place(_ complaint: ConfigurationComplaint, in document: DocumentNode) -> DocumentComplaint {
        DocumentComplaint(place: document.place(at: complaint.pointer), message: complaint.message)
    }

    private func refused(_ complaints: DocumentComplaints) -> Refused {
        Refused(
            description: "the configuration \(path) is refused:\n\(complaints.description)", complaints: complaints.all)
    }

    private func refused(_ complaints: ConfigurationComplaints, in document: DocumentNode) -> Refused {
        var placed = DocumentComplaints()
        for complaint in complaints.complaints {
            placed.add(document.place(at: complaint.pointer), complaint.message)
        }
        return refused(placed)
    }

    /// A file's bytes; nil when it cannot be read, or is too large.
    private static func content(of path: String) -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        // At the end of a file, and so of an empty one, reading gives nil.
        guard let data = try? handle.read(upToCount: largest + 1) ?? Data(), data.count <= largest else { return nil }
        return [UInt8](data)
    }
}

extension TrustedIssuer {
    /// A token service whose name and keys do not matter, for looking at a document without one.
    static var unknown: TrustedIssuer? {
        guard let key = try? SigningKey.generate(.es256), let keys = try? KeySet([key.verificationKey]) else {
            return nil
        }
        return TrustedIssuer(issuer: "https://issuer.invalid", keys: keys)
    }
}
