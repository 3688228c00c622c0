public import Codecs

/// What the sender of a token proved beside it. A token says in `cnf` what that must be (RFC 7800 §3.1).
public enum Confirmation: Sendable, Equatable {
    /// Nothing: the token came as a bearer token (RFC 6750).
    case none
    /// That it holds the private key with this thumbprint (`jkt`, RFC 9449 §6.1), by a proof for this very request.
    case key(thumbprint: ByteString)
}

/// What a policy asks about `cnf`.
public enum ConfirmationRule: Sendable, Equatable {
    /// A bound token comes with a proof of its key, and one that is bound to nothing comes without (RFC 9449 §7.1, §7.2).
    case matching
    /// The token is bound, and comes with a proof of its key.
    case required
    /// A bound token comes with a proof of its key; beside others a proof may be for something else, as where tokens
    /// are made.
    case ifBound
    /// Nobody uses the token now: somebody looks at it. What it is bound to is told and not checked.
    case unchecked
}

/// What a token is bound to (`cnf`).
struct TokenBinding: Equatable {
    /// The thumbprint of the one key that satisfies it; nil where nothing does: a method that is unknown here, several
    /// methods at once, or no object at all.
    let thumbprint: ByteString?

    /// The binding of a token; nil when it has no `cnf`, whatever that would be.
    init?(_ claims: Claims) {
        guard let value = claims.value(named: "cnf") else { return nil }
        let members = value.object?.members ?? []
        thumbprint = members.count == 1 ? value.object?["jkt"]?.string : nil
    }

    /// Whether what was proved is what the token asks for.
    func isSatisfied(by confirmation: Confirmation) -> Bool {
        guard case .key(let proven) = confirmation, let thumbprint else { return false }
        return proven == thumbprint
    }

    /// The binding, as the end of a sentence.
    var inWords: String {
        thumbprint.map { "bound to the key \(Display.quoted($0))" } ?? "bound by a \"cnf\" that nothing satisfies here"
    }
}

extension ConfirmationRule {
    /// Whether a token passes: that it is bound to this, or to nothing, and that this was proved.
    func accepts(_ binding: TokenBinding?, _ confirmation: Confirmation) -> Bool {
        guard self != .unchecked else { return true }
        guard let binding else { return self == .ifBound || self == .matching && confirmation == .none }
        return binding.isSatisfied(by: confirmation)
    }
}

extension Claims {
    /// The thumbprint of the key that the token is bound to (`cnf.jkt`, RFC 9449 §6.1); nil when it is bound to none, or in
    /// a way that no key satisfies.
    public var boundKey: ByteString? { TokenBinding(self)?.thumbprint }
}
