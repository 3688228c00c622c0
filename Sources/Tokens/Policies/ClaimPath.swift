public import Codecs

/// Where a claim stands: a name at the top, or names leading inside it, as a JSON Pointer does (RFC 6901).
public struct ClaimPath: Sendable, Equatable {
    /// The names from the outside to the inside; never empty. Within an array a name is a position in decimal digits.
    public let names: [ByteString]

    /// A claim of this exact name, whatever characters are in it.
    public init(_ name: ByteString) {
        names = [name]
    }

    /// A value inside a claim.
    public init(_ name: ByteString, _ inner: ByteString...) {
        names = [name] + inner
    }

    /// Reads what people write: `/realm_access/roles` is a pointer, in which `~1` means `/` and `~0` means `~`; anything
    /// that does not start with a slash is one name. Nil for a pointer with another use of `~`.
    public init?(text: ByteString) {
        guard text.bytes.first == UInt8(ascii: "/") else {
            names = [text]
            return
        }
        var names: [ByteString] = []
        for part in text.bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let name = Self.unescaped(part) else { return nil }
            names.append(ByteString(utf8: name))
        }
        self.names = names
    }

    /// What stands there; nil when nothing does.
    public func value(in claims: JSONObject) -> JSON? {
        names.first.flatMap { claims[$0] }.flatMap(inner)
    }

    /// What stands there; nil when nothing does. Reads no other claim than the outermost.
    public func value(in claims: Claims) -> JSON? {
        names.first.flatMap { claims.value(named: $0) }.flatMap(inner)
    }

    private func inner(_ outermost: JSON) -> JSON? {
        var value = outermost
        for name in names.dropFirst() {
            switch value {
            case .object(let object):
                guard let member = object[name] else { return nil }
                value = member
            case .array(let elements):
                guard let index = arrayPosition(name), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// The path as one text, for explanations.
    var name: ByteString {
        guard names.count > 1 else { return names.first ?? "" }
        var text: [UInt8] = []
        for name in names {
            text.append(UInt8(ascii: "/"))
            text.append(contentsOf: name.bytes)
        }
        return ByteString(utf8: text)
    }

    private static func unescaped(_ part: ArraySlice<UInt8>) -> [UInt8]? {
        var name: [UInt8] = []
        var isEscaped = false
        for byte in part {
            if isEscaped {
                guard byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") else { return nil }
                name.append(byte == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/"))
                isEscaped = false
            } else if byte == UInt8(ascii: "~") {
                isEscaped = true
            } else {
                name.append(byte)
            }
        }
        return isEscaped ? nil : name
    }
}

extension ClaimPath: ExpressibleByStringLiteral {
    /// One name.
    public init(stringLiteral value: String) {
        self.init(ByteString(value))
    }
}

/// A position in an array, written without sign or leading zero (RFC 6901 §4).
private func arrayPosition(_ text: ByteString) -> Int? {
    guard !text.isEmpty, text.count <= 5, text.count == 1 || text.bytes.first != UInt8(ascii: "0") else { return nil }
    var position = 0
    for digit in text.bytes {
        guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
        position = position * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return position
}
