public import Codecs
import HTTPTypes
public import Hummingbird
import NIOCore

/// The body of a request as one strict JSON object, with complaints that name the place.
public struct JSONRequestBody: Sendable {
    /// The most bytes that are read; a longer body is answered with 413.
    public static let maximumBytes = 65_536

    private static let maximumDepth = 16

    /// The body's members.
    public let object: JSONObject

    /// Reads the body.
    /// - Parameter limit: the most bytes that it may have.
    /// - Throws: 415 when the content type is not `application/json`, 413 when the body is too long, 400 when it is
    ///   not exactly one JSON object (the detail holds the offset in bytes).
    public init(of request: Request, atMost limit: Int = maximumBytes) async throws(ProblemBody) {
        guard Self.isJSON(request.headers[.contentType]) else {
            throw ProblemBody(
                .unsupportedMediaType, code: "content-type-unsupported", title: "Unsupported content type",
                detail: "Send the body as JSON with `Content-Type: application/json`.", oauthError: "invalid_request")
        }
        let bytes = try await Self.collect(request, atMost: limit)
        do {
            guard case .object(let object) = try JSONReader.read(bytes, depth: Self.maximumDepth) else {
                throw Self.invalid("The body must be a JSON object.")
            }
            self.object = object
        } catch let error as JSONError {
            throw Self.invalid("The body is not valid JSON: \(error).")
        } catch let problem as ProblemBody {
            throw problem
        } catch {
            throw Self.invalid("The body is not valid JSON.")
        }
    }

    /// A required string member.
    /// - Parameters:
    ///   - name: the member's name; the complaint repeats it.
    ///   - limit: the most bytes of UTF-8 that it may have; it must have at least one.
    /// - Throws: 400 that names the member.
    public func string(_ name: ByteString, atMost limit: Int) throws(ProblemBody) -> ByteString {
        guard let member = object[name] else {
            throw Self.invalidField(name, "is missing")
        }
        guard let text = member.string else {
            throw Self.invalidField(name, "must be a string, not \(member.kind)")
        }
        guard !text.isEmpty else {
            throw Self.invalidField(name, "is empty")
        }
        guard text.count <= limit else {
            throw Self.invalidField(name, "is longer than \(limit) bytes")
        }
        return text
    }

    /// An array of strings; absent means empty.
    /// - Throws: 400 that names the member, unless it holds at most 100 strings of 1 to 256 bytes.
    public func strings(_ name: ByteString) throws(ProblemBody) -> [ByteString] {
        guard let member = object[name] else { return [] }
        let texts = member.array?.compactMap(\.string) ?? []
        guard texts.count == member.array?.count, texts.count <= 100,
            texts.allSatisfy({ (1...256).contains($0.count) && !$0.hasControlCharacter })
        else { throw Self.invalidField(name, "must be an array of at most 100 strings of 1 to 256 bytes") }
        return texts
    }

    static func collect(_ request: Request, atMost limit: Int = maximumBytes) async throws(ProblemBody) -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .bodyTooLarge(limit)
        } catch {
            throw invalid("The body ended early.")
        }
    }

    /// `application/json`, alone or with `charset=utf-8`; the type's letters may have any case (RFC 9110 §8.3.1).
    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let parts = contentType.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        let words = parts.map { part in
            part.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }.map(asciiLowercase)
        }
        switch words.count {
        case 1: return words[0] == Array("application/json".utf8)
        case 2: return words[0] == Array("application/json".utf8) && charsets.contains(words[1])
        default: return false
        }
    }

    private static let charsets = [Array("charset=utf-8".utf8), Array("charset=\"utf-8\"".utf8)]

    private static func asciiLowercase(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private static func invalid(_ detail: String) -> ProblemBody {
        ProblemBody(
            .badRequest, code: "body-invalid", title: "The body is not acceptable", detail: detail,
            oauthError: "invalid_request")
    }

    private static func invalidField(_ name: ByteString, _ complaint: String) -> ProblemBody {
        ProblemBody(
            .badRequest, code: "field-invalid", title: "A member of the body is not acceptable",
            detail: "The member `\(name)` \(complaint).", oauthError: "invalid_request")
    }
}
