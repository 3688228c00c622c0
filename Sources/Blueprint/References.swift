/// A kind and a name: which object is meant.
struct ObjectReference: Hashable {
    let kind: ObjectKind
    let name: String
}

/// A name that an object names.
struct Reference {
    /// Where it stands, as a JSON pointer below the object.
    let pointer: String
    let kind: ObjectKind
    let name: String
}

extension Blueprint {
    /// Complains about every name that is named and not there.
    func checkReferences(in document: DocumentNode, _ complaints: inout DocumentComplaints) {
        for (pointer, references) in references {
            for reference in references where !exists(reference) {
                let place = document.place(at: "/\(pointer)\(reference.pointer)")
                let near = NearestName.of(reference.name, among: names(of: reference.kind))
                complaints.add(
                    place,
                    "there is no \(reference.kind.rawValue) \"\(reference.name)\""
                        + (near.map { "; did you mean \"\($0)\"?" } ?? "; \(reference.kind.section) lists them"))
            }
        }
    }

    /// Every object that another one names.
    var namedObjects: Set<ObjectReference> {
        Set(references.flatMap { $0.1.map { ObjectReference(kind: $0.kind, name: $0.name) } })
    }

    private func exists(_ reference: Reference) -> Bool {
        names(of: reference.kind).contains(reference.name)
    }

    /// The names of a kind's objects.
    func names(of kind: ObjectKind) -> [String] {
        switch kind {
        case .listener: listeners.names
        case .issuer: issuers.names + [Self.builtInIssuer]
        case .upstream: upstreams.names
        case .policy: policies.names
        case .api: apis.names
        case .plan: plans.names
        case .consumer: consumers.names
        case .credential: credentials.names
        case .subscription: subscriptions.names
        case .setting: settings.names
        }
    }

    /// Every object with what it names.
    private var references: [(pointer: String, [Reference])] {
        apis.entries.map { ("apis/\($0.name)", $0.value.references) }
            + plans.entries.map { plan in
                (
                    "plans/\(plan.name)",
                    plan.value.apis.enumerated().map {
                        Reference(pointer: "/apis/\($0.offset)", kind: .api, name: $0.element)
                    }
                )
            }
            + consumers.entries.map {
                ("consumers/\($0.name)", [Reference(pointer: "/issuer", kind: .issuer, name: $0.value.issuer)])
            }
            + credentials.entries.map {
                ("credentials/\($0.name)", [Reference(pointer: "/consumer", kind: .consumer, name: $0.value.consumer)])
            }
            + subscriptions.entries.map {
                (
                    "subscriptions/\($0.name)",
                    [
                        Reference(pointer: "/consumer", kind: .consumer, name: $0.value.consumer),
                        Reference(pointer: "/plan", kind: .plan, name: $0.value.plan),
                    ]
                )
            }
    }
}

extension API {
    fileprivate var references: [Reference] {
        var references = Self.upstream(upstream, "/upstream") + Self.issuers(access, "/access")
        references += policies.enumerated().map {
            Reference(pointer: "/policies/\($0.offset)", kind: .policy, name: $0.element)
        }
        for (name, route) in routes.entries {
            references += Self.upstream(route.upstream, "/routes/\(name)/upstream")
            references += Self.issuers(route.access, "/routes/\(name)/access")
        }
        for (name, version) in versions.entries {
            references += Self.upstream(version.upstream, "/versions/\(name)/upstream")
        }
        return references
    }

    private static func upstream(_ name: String?, _ pointer: String) -> [Reference] {
        name.map { [Reference(pointer: pointer, kind: .upstream, name: $0)] } ?? []
    }

    private static func issuers(_ access: Access?, _ pointer: String) -> [Reference] {
        (access?.tokenRules ?? []).flatMap { rule in
            rule.issuers.map { Reference(pointer: pointer, kind: .issuer, name: $0) }
        }
    }
}

extension DocumentNode {
    /// The place of a value, or of the nearest thing around it that is there.
    /// - Parameter pointer: a JSON pointer (RFC 6901).
    public func place(at pointer: String) -> DocumentPlace {
        var node = self
        var place = place
        for name in pointer.split(separator: "/") {
            switch node.content {
            case .map(let entries):
                guard let entry = entries.first(where: { $0.name == name }) else { return place }
                (node, place) = (entry.value, entry.place)
            case .list(let elements):
                guard let index = Int(name), elements.indices.contains(index) else { return place }
                (node, place) = (elements[index], elements[index].place)
            case .plain, .quoted, .nothing: return place
            }
        }
        return place
    }
}
