/// What a caller must show, as a tree; compiled from `Access`, whose rules it follows.
indirect enum AccessRequirement: Sendable {
    case anonymous
    case token(TokenRequirement)
    case apiKey(APIKeyRequirement)
    case password(PasswordRequirement)
    case any([AccessRequirement])
    case all([AccessRequirement])

    /// Whether somebody may pass who brings nothing.
    var letsEverybodyIn: Bool {
        switch self {
        case .anonymous: true
        case .any(let branches): branches.contains(where: \.letsEverybodyIn)
        case .all(let branches): branches.allSatisfy(\.letsEverybodyIn)
        case .token, .apiKey, .password: false
        }
    }

    /// Every token that the tree asks for.
    var tokens: [TokenRequirement] {
        switch self {
        case .token(let requirement): [requirement]
        case .any(let branches), .all(let branches): branches.flatMap(\.tokens)
        case .anonymous, .apiKey, .password: []
        }
    }
}

/// What one requirement says to a request.
enum AccessOutcome {
    /// It is satisfied, by this caller.
    case passed(Identity)
    /// It is not.
    case refused(Refusal)
    /// It can tell only when this is done.
    case wait(Waiting)
}

/// Who may call: judges a request by its route's tree.
struct AccessPolicy: Sendable {
    let requirement: AccessRequirement

    /// Gives the exchange its identity, or refuses it.
    func judge(_ exchange: GatewayExchange) -> Judgement {
        switch judge(requirement, exchange) {
        case .passed(let identity):
            exchange.identity = identity
            return .proceed
        case .refused(let refusal): return .refuse(refusal)
        case .wait(let waiting): return .wait(waiting)
        }
    }

    private func judge(_ requirement: AccessRequirement, _ exchange: GatewayExchange) -> AccessOutcome {
        switch requirement {
        case .anonymous: return .passed(.anonymous)
        case .token(let token): return enabled(token.judge(exchange))
        case .apiKey(let key): return enabled(key.judge(exchange))
        case .password(let password): return enabled(password.judge(exchange))
        case .any(let branches):
            // The refusal that says most: of a credential that came, before those that never came.
            var refusals: [Refusal] = []
            for branch in branches {
                switch judge(branch, exchange) {
                case .refused(let refusal) where refusal.code == Refusal.Code.consumerDisabled.rawValue:
                    return .refused(refusal)
                case .refused(let refusal): refusals.append(refusal)
                case let outcome: return outcome
                }
            }
            return .refused(Refusal.mostTelling(refusals))
        case .all(let branches):
            var identities: [Identity] = []
            for branch in branches {
                switch judge(branch, exchange) {
                case .passed(let identity): identities.append(identity)
                case let outcome: return outcome
                }
            }
            return .passed(Identity.together(identities))
        }
    }

    /// Whoever is switched off passes nowhere, also not beside somebody else's credential.
    private func enabled(_ outcome: AccessOutcome) -> AccessOutcome {
        if case .passed(let identity) = outcome, let consumer = identity.consumer, !consumer.isEnabled {
            return .refused(.consumerDisabled())
        }
        return outcome
    }
}
