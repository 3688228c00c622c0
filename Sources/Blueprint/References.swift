/// A name that an object names.
struct Reference {
    /// Where it stands, as a JSON pointer below the object.
    let pointer: String
    let kind: ObjectKind
    let name: String

    /// The object that is named.
    var object: ObjectReference { ObjectReference(kind, name) }

    /// Models by name.
    static func models(_ names: [String], _ pointer: String) -> [Reference] {
        names.enumerated().map { Reference(pointer: "\(pointer)/\($0.offset)", kind: .model, name: $0.element) }
    }
}

extension Blueprint {
    /// How many names that are not there are told: each asks for a place and for the nearest name.
    private static let mostComplaints = 100

    /// Complains about every name that is named and not there.
    func checkReferences(in document: DocumentNode, _ complaints: inout DocumentComplaints) {
        let objects = objects
        var names: [ObjectKind: [String]] = [:]
        var untold = 0
        var told = 0
        for (object, references) in references {
            for reference in references where !objects.has(reference) {
                guard told < Self.mostComplaints else {
                    untold += 1
                    continue
                }
                told += 1
                let known = names[reference.kind] ?? self.names(of: reference.kind)
                names[reference.kind] = known
                let near = NearestName.of(reference.name, among: known)
                complaints.add(
                    document.place(of: object, reference.pointer),
                    "there is no \(reference.kind.rawValue) \"\(reference.name)\""
                        + (near.map { "; did you mean \"\($0)\"?" } ?? "; \(reference.kind.section) lists them"))
            }
        }
        if untold > 0 { complaints.add(document.place, "\(untold) more names that are named are not there") }
    }

    /// Every object that another one names.
    var namedObjects: Set<ObjectReference> {
        Set(references.flatMap { $0.references.map(\.object) })
    }

    /// Who names some objects, by the object that is named.
    public func namers(of objects: Set<ObjectReference>) -> [ObjectReference: [ObjectReference]] {
        guard !objects.isEmpty else { return [:] }
        var namers: [ObjectReference: [ObjectReference]] = [:]
        for (object, references) in references {
            for named in Set(references.map(\.object)) where objects.contains(named) {
                namers[named, default: []].append(object)
            }
        }
        return namers
    }

    /// The names of a kind's objects, with the one that is always there.
    func names(of kind: ObjectKind) -> [String] {
        objects.names(of: kind) + (kind == .issuer ? [Self.builtInIssuer] : [])
    }

    /// Every object with what it names.
    private var references: [(object: ObjectReference, references: [Reference])] {
        apis.entries.map { (ObjectReference(.api, $0.name), $0.value.references) }
            + plans.entries.map { plan in
                (
                    ObjectReference(.plan, plan.name),
                    plan.value.apis.enumerated().map {
                        Reference(pointer: "/apis/\($0.offset)", kind: .api, name: $0.element)
                    }
                )
            }
            + consumers.entries.map {
                (
                    ObjectReference(.consumer, $0.name),
                    [Reference(pointer: "/issuer", kind: .issuer, name: $0.value.issuer)]
                )
            }
            + credentials.entries.map {
                (
                    ObjectReference(.credential, $0.name),
                    [Reference(pointer: "/consumer", kind: .consumer, name: $0.value.consumer)]
                )
            }
            + models.entries.map { model in
                (
                    ObjectReference(.model, model.name),
                    model.value.deployments.enumerated().map {
                        Reference(
                            pointer: "/deployments/\($0.offset)/provider", kind: .provider, name: $0.element.provider)
                    }
                )
            }
            + prices.entries.map {
                (
                    ObjectReference(.price, $0.name),
                    [Reference(pointer: "/provider", kind: .provider, name: $0.value.provider)]
                )
            }
            + budgets.entries.map {
                (ObjectReference(.budget, $0.name), Reference.models($0.value.models, "/models"))
            }
            + subscriptions.entries.map {
                (
                    ObjectReference(.subscription, $0.name),
                    [
                        Reference(pointer: "/consumer", kind: .consumer, name: $0.value.consumer),
                        Reference(pointer: "/plan", kind: .plan, name: $0.value.plan),
                    ]
                )
            }
    }
}

extension BlueprintObjects {
    fileprivate func has(_ reference: Reference) -> Bool {
        contains(reference.object)
            || reference.kind == .issuer && reference.name == Blueprint.builtInIssuer
    }
}

extension API {
    fileprivate var references: [Reference] {
        var references = Self.upstream(upstream, "/upstream") + Self.issuers(access, "/access")
        references += Reference.models(models?.names ?? [], "/models")
        references += policies.enumerated().map {
            Reference(pointer: "/policies/\($0.offset)", kind: .policy, name: $0.element)
        }
        for (name, route) in routes.entries {
            references += Self.upstream(route.upstream, "/routes/\(name)/upstream")
            references += Self.issuers(route.access, "/routes/\(name)/access")
            references += Reference.models(route.models?.names ?? [], "/routes/\(name)/models")
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
    /// The place of something in an object; a pointer alone where the document does not list the object.
    /// - Parameter pointer: a JSON pointer (RFC 6901) below the object.
    func place(of object: ObjectReference, _ pointer: String) -> DocumentPlace {
        let path = "/\(object.kind.section)/\(object.name)"
        let own = place(at: path)
        return own.pointer == path ? place(at: path + pointer) : DocumentPlace(line: nil, pointer: path + pointer)
    }

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
            case .plain, .quoted, .literal, .nothing: return place
            }
        }
        return place
    }
}
