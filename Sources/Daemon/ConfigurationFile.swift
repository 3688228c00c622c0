import AIGateway
public import Blueprint
import Codecs
import Foundation
import Gateway
import JOSE
import Tokens

/// A document on the disk that says what the gateway serves.
public struct ConfigurationFile: Sendable {
    /// Where it is.
    public let path: String

    /// The largest document and the largest file that one names, in bytes.
    static let largest = 16_777_216

    /// A document.
    public init(path: String) { self.path = path }

    /// Under which name its objects are its own: its path from the root.
    public var owner: String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// What is wrong with a document, each with its line.
    public struct Refused: Error, CustomStringConvertible {
        /// One sentence, and behind it every complaint on a line of its own.
        public let description: String
        /// The complaints alone.
        public let complaints: [DocumentComplaint]
    }

    /// A document as it was read: what it says, and where.
    struct Document: Sendable {
        let path: String
        let node: DocumentNode
        /// The names of files in it start at the root.
        let blueprint: Blueprint

        /// Reads a document.
        /// - Parameters:
        ///   - name: what complaints call it.
        ///   - folder: where names of files in it start; nil where they must begin at the root.
        init(_ text: String, named name: String, filesFrom folder: URL?) throws {
            do throws(DocumentComplaints) {
                path = name
                node = try YAMLDocument.read(text)
                var complaints = DocumentComplaints()
                blueprint = try Blueprint.readPart(node).mapFileNames { [node] file in
                    if folder == nil, !file.hasPrefix("/") {
                        complaints.add(
                            node.place, "names of files in a document that is sent begin with /, as /\(file)")
                    }
                    return URL(fileURLWithPath: file, relativeTo: folder).standardizedFileURL.path
                }
                guard complaints.isEmpty else { throw complaints }
            } catch {
                throw Self.refused(error, name)
            }
        }

        private static func refused(_ complaints: DocumentComplaints, _ name: String) -> Refused {
            Refused(
                description: "the configuration \(name) is refused:\n\(complaints.description)",
                complaints: complaints.all)
        }

        func refused(_ complaints: DocumentComplaints) -> Refused { Self.refused(complaints, path) }

        func refused(_ complaints: ConfigurationComplaints) -> Refused {
            var placed = DocumentComplaints()
            let told = complaints.complaints.prefix(100)
            for complaint in told { placed.add(node.place(at: complaint.pointer), complaint.message) }
            let rest = complaints.complaints.count - told.count
            if rest > 0 { placed.add(node.place, "and \(rest) complaints more") }
            return refused(placed)
        }
    }

    /// Reads the document and checks it by itself: names that it names may be elsewhere.
    func read() throws -> Document {
        guard let bytes = Self.content(of: path) else {
            throw StartFailure("the configuration \(path) cannot be read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw StartFailure("the configuration \(path) is not UTF-8")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return try Document(text, named: path, filesFrom: folder)
    }

    /// Looks at it as a server would that has nothing else: the files it names, its secrets, its routes.
    /// - Returns: how many routes it has, what is worth a warning, and what is worth a thought.
    public func check() throws -> (routes: Int, warnings: [String], advice: [BlueprintAdvice]) {
        let document = try read()
        do throws(DocumentComplaints) {
            try document.blueprint.checkWhole(in: document.node)
        } catch {
            throw document.refused(error)
        }
        do throws(ConfigurationComplaints) {
            var surroundings = Surroundings(
                builtIn: .unknown, readFile: { Self.content(of: $0) },
                environment: { [variables = ProcessInfo.processInfo.environment] in variables[$0] },
                now: WallClock.seconds,
                fetchKeys: KeyFetch.nothing.keys,
                discoverKeys: KeyFetch.nothing.discovered)
            surroundings.controlPlane = { _ in }
            surroundings.models = { _, _, _ in { _ in } }
            // Each another one, as they are at a server; which there are, only that knows.
            surroundings.storedSecret = { Array("unknown-secret-\($0)".utf8) }
            _ = try ModelCatalogue.read(document.blueprint, in: surroundings)
            let checked = try GatewayService.check(document.blueprint, in: surroundings)
            let warnings = checked.warnings.map { warning in
                DocumentComplaint(place: document.node.place(at: warning.pointer), message: warning.message).description
            }
            return (checked.routes, warnings, document.blueprint.advice)
        } catch {
            throw document.refused(error)
        }
    }

    static func content(of path: String) -> [UInt8]? { NamedFile.content(of: path, limit: largest) }
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
