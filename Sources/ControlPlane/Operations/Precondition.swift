public import Codecs
import Crypto
import HTTPTypes

/// Which state of a thing is meant: a strong entity tag (RFC 9110 §8.8.3).
public struct EntityTag: Sendable, Hashable {
    /// With its quotation marks, as it stands in `ETag`.
    public let text: String

    /// The state of a thing that counts its revisions.
    public init(revision: Int64) { text = "\"\(revision)\"" }

    /// The state of a thing that is shown as this JSON.
    public init(of json: JSON) {
        let digest = SHA256.hash(data: JSONWriter.write(json))
        text = "\"\(Base64URL.encode(Array(digest.prefix(12))))\""
    }

    init?(_ text: Substring) {
        guard text.utf8.count >= 2, text.utf8.first == UInt8(ascii: "\""), text.utf8.last == UInt8(ascii: "\"") else {
            return nil
        }
        self.text = String(text)
    }

    /// The revision that it tells; nil for another tag.
    public var revision: Int64? { Int64(text.dropFirst().dropLast()) }
}

/// What must hold of a thing for a request to be carried out (RFC 9110 §13.1).
public enum Precondition: Sendable, Equatable {
    /// Nothing.
    case none
    /// It is there (`If-Match: *`).
    case exists
    /// It is in one of these states (`If-Match`).
    case isOne(of: [EntityTag])
    /// It is not there (`If-None-Match: *`).
    case isAbsent
    /// It is in none of these states (`If-None-Match`): for reading again what somebody has read before.
    case isNone(of: [EntityTag])

    init(_ fields: HTTPFields) throws(ProblemBody) {
        switch (fields[.ifMatch], fields[.ifNoneMatch]) {
        case (nil, nil): self = .none
        case ("*"?, nil): self = .exists
        case (let text?, nil): self = .isOne(of: try Self.tags(text))
        case (nil, "*"?): self = .isAbsent
        case (nil, let text?): self = .isNone(of: try Self.tags(text))
        default:
            throw ProblemBody.badParameter("If-Match", "it cannot stand beside If-None-Match")
        }
    }

    private static func tags(_ text: String) throws(ProblemBody) -> [EntityTag] {
        var tags: [EntityTag] = []
        for part in text.split(separator: ",") {
            guard let tag = EntityTag(Substring(part.trimmingSpaces)) else {
                throw ProblemBody.badParameter("If-Match", "an entity tag stands between quotation marks")
            }
            tags.append(tag)
        }
        return tags
    }

    /// Throws 412 unless it holds for a thing in this state; nil where there is none. Ask in the transaction that changes
    /// the thing.
    public func require(_ current: EntityTag?) throws(ProblemBody) {
        let holds =
            switch self {
            case .none: true
            case .exists: current != nil
            case .isAbsent: current == nil
            case .isOne(let tags): current.map { tags.contains($0) } ?? false
            case .isNone(let tags): current.map { !tags.contains($0) } ?? true
            }
        guard holds else { throw .changedMeanwhile }
    }

    /// The one revision that is asked for; 0 where there must be none; nil for any.
    public var revision: Int64? {
        switch self {
        case .isAbsent: 0
        case .isOne(let tags): tags.count == 1 ? tags.first?.revision ?? -1 : -1
        case .none, .exists, .isNone: nil
        }
    }
}

extension ProblemBody {
    /// Somebody else was faster.
    public static let changedMeanwhile = ProblemBody(
        .preconditionFailed, code: "changed-meanwhile", title: "Changed meanwhile",
        detail: "It is not in the state that If-Match or If-None-Match names. Read it again and look what is new.")
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
