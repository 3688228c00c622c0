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
            // The control plane asks for itself who may do what.
            if api.access?.letsEverybodyIn == true, !api.controlPlane {
                add(.api, name, "Everybody may call it: its access is anonymous.")
            }
            for (route, settings) in api.routes.entries
            where settings.letsEverybodyIn(of: api) {
                add(.api, name, "Everybody may call its route \"\(route)\": its access is anonymous.")
            }
            if api.access?.letsEverybodyIn == false, api.limits.isEmpty, api.policies.isEmpty {
                add(.api, name, "Nothing limits how often it is called.")
            }
            for place in api.controlPlanePaths {
                for (other, shadowed) in apis.entries where other != name && shadowed.isShadowed(at: place, of: api) {
                    add(.api, name, "Its control plane takes \(place) and what is below it from the api \(other).")
                }
            }
        }
        for (name, provider) in providers.entries
        where !provider.keys.isEmpty && provider.address?.hasPrefix("http://") == true {
            add(.provider, name, "Its keys go over the network in clear text: its address is http.")
        }
        let named = namedObjects
        for kind in [ObjectKind.upstream, .issuer, .policy, .plan, .provider] {
            for name in names(of: kind)
            where !named.contains(ObjectReference(kind, name)) && name != Self.builtInIssuer {
                add(kind, name, "Nothing uses it.")
            }
        }
        return advice
    }
}

extension API {
    /// Below which paths the control plane answers.
    fileprivate var controlPlanePaths: [String] {
        let whole = path == "/" ? "" : path
        let parts = routes.entries.filter { $0.value.controlPlane }.map { route in
            whole + (route.value.path.hasSuffix("/*") ? String(route.value.path.dropLast(2)) : route.value.path)
        }
        return ((controlPlane ? [path] : []) + parts).map { $0.isEmpty ? "/" : $0 }
    }

    /// Whether something of another API at a path takes requests away from this one.
    fileprivate func isShadowed(at place: String, of other: API) -> Bool {
        let own = path.split(separator: "/")
        let taken = place.split(separator: "/")
        guard !controlPlane, own.count <= taken.count,
            zip(own, taken).allSatisfy({ $0 == $1 || $0.hasPrefix("{") || $1.hasPrefix("{") })
        else { return false }
        guard let hosts, let others = other.hosts else { return true }
        return hosts.contains { host in others.contains { Host.meet(host, $0) } }
    }
}

extension APIRoute {
    /// Whether it is open to everybody where its API is not, or where that of its API needs no word.
    fileprivate func letsEverybodyIn(of api: API) -> Bool {
        if controlPlane || api.controlPlane && upstream == nil && models == nil { return false }
        return (access ?? (api.controlPlane ? api.access : nil))?.letsEverybodyIn == true
    }
}

extension Host {
    /// Whether some host has both names, of which each may begin with `*.`.
    fileprivate static func meet(_ one: String, _ other: String) -> Bool {
        one == other || one.hasPrefix("*.") && other.hasSuffix(one.dropFirst())
            || other.hasPrefix("*.") && one.hasSuffix(other.dropFirst())
    }
}
