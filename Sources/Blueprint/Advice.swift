/// What is no fault of a document, and still worth a look.
public struct BlueprintAdvice: Sendable, Equatable {
    /// The object that it is about, as `api orders`.
    public let object: String
    /// One sentence.
    public let text: String
}

extension Blueprint {
    /// What is open to everybody, and what nobody uses.
    public var advice: [BlueprintAdvice] {
        var advice: [BlueprintAdvice] = []
        func add(_ kind: ObjectKind, _ name: String, _ text: String) {
            advice.append(BlueprintAdvice(object: "\(kind.rawValue) \(name)", text: text))
        }
        for (name, api) in apis.entries {
            if api.access?.letsEverybodyIn == true {
                add(.api, name, "Everybody may call it: its access is anonymous.")
            }
            for (route, settings) in api.routes.entries where settings.access?.letsEverybodyIn == true {
                add(.api, name, "Everybody may call its route \"\(route)\": its access is anonymous.")
            }
            if api.access?.letsEverybodyIn == false, api.limits.isEmpty, api.policies.isEmpty {
                add(.api, name, "Nothing limits how often it is called.")
            }
        }
        let named = namedObjects
        for kind in [ObjectKind.upstream, .issuer, .policy, .plan] {
            for name in names(of: kind)
            where !named.contains(ObjectReference(kind, name)) && name != Self.builtInIssuer {
                add(kind, name, "Nothing uses it.")
            }
        }
        return advice
    }
}
