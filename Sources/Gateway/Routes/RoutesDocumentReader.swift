import Blueprint

/// Reads a routes document from YAML and collects every complaint with its line.
struct RoutesDocumentReader {
    private let reader = DocumentNodeReader()
    private var document = RoutesDocument()

    /// What could be read of the document, and everything that is wrong with it so far.
    static func read(_ text: String) -> (document: RoutesDocument, complaints: [RouteComplaint]) {
        var reading = RoutesDocumentReader()
        do throws(DocumentComplaints) {
            reading.readRoot(try YAMLDocument.read(text))
        } catch {
            for complaint in error.all { reading.reader.complain(complaint.place.line ?? 1, complaint.message) }
        }
        return (reading.document, reading.reader.complaints)
    }

    private mutating func readRoot(_ root: DocumentNode) {
        guard let entries = reader.mapping(root, "the document", knows: ["address", "issuers", "upstreams", "routes"])
        else {
            return
        }
        for entry in entries {
            switch entry.name {
            case "address":
                if let url = reader.text(entry.node, "address") {
                    document.address = RoutesDocument.Address(url: url, line: entry.line)
                }
            case "issuers":
                for issuer in reader.mapping(entry.node, "issuers") ?? [] { readIssuer(issuer) }
            case "upstreams":
                for upstream in reader.mapping(entry.node, "upstreams") ?? [] { readUpstream(upstream) }
            default:
                guard case .list(let routes) = entry.node.content else {
                    reader.complain(reader.line(of: entry.node), "routes must be a list (- name: …)")
                    continue
                }
                for route in routes { readRoute(route) }
            }
        }
    }

    private mutating func readIssuer(_ entry: (name: String, line: Int, node: DocumentNode)) {
        let what = "issuer \"\(entry.name)\""
        document.issuerNames.insert(entry.name)
        guard let members = reader.mapping(entry.node, what, knows: ["issuer", "keys"]) else { return }
        var issuer: String?
        var keys: RoutesDocument.Issuer.Keys?
        for member in members {
            if member.name == "issuer" {
                issuer = reader.text(member.node, "issuer")
            } else {
                keys = readKeys(member.node, what)
            }
        }
        switch keys {
        case nil:
            if !members.contains(where: { $0.name == "keys" }) {
                reader.complain(entry.line, "\(what) needs keys: built-in, or keys: { file: … }")
            }
            return
        case .builtIn where issuer != nil:
            return reader.complain(entry.line, "\(what): the built-in issuer knows its own name; leave \"issuer\" out")
        case .file where issuer == nil:
            return reader.complain(entry.line, "\(what) needs \"issuer\": the exact iss of its tokens")
        case .some(let keys):
            document.issuers.append(
                RoutesDocument.Issuer(name: entry.name, issuer: issuer, keys: keys, line: entry.line))
        }
    }

    private func readKeys(_ node: DocumentNode, _ what: String) -> RoutesDocument.Issuer.Keys? {
        if let text = node.text {
            if text == "built-in" { return .builtIn }
            reader.complain(reader.line(of: node), "\(what): keys is built-in or { file: … }, not \"\(text)\"")
            return nil
        }
        guard let members = reader.mapping(node, "keys of \(what)", knows: ["file"]) else { return nil }
        guard let file = members.first.flatMap({ reader.text($0.node, "file") }) else {
            if members.isEmpty { reader.complain(reader.line(of: node), "\(what): keys needs a file") }
            return nil
        }
        return .file(file)
    }

    private mutating func readUpstream(_ entry: (name: String, line: Int, node: DocumentNode)) {
        let what = "upstream \"\(entry.name)\""
        document.upstreamNames.insert(entry.name)
        guard let members = reader.mapping(entry.node, what, knows: ["url"]) else { return }
        guard let url = members.first else {
            return reader.complain(entry.line, "\(what) needs a url such as http://127.0.0.1:9001")
        }
        guard let text = reader.text(url.node, "url") else { return }
        document.upstreams.append(RoutesDocument.Upstream(name: entry.name, url: text, line: url.line))
    }

    private mutating func readRoute(_ node: DocumentNode) {
        document.routeCount += 1
        let line = reader.line(of: node)
        let known = ["name", "path", "methods", "upstream", "jwt", "anonymous"]
        guard let members = reader.mapping(node, "a route", knows: known) else { return }
        var texts: [String: String] = [:]
        var methods: [String]?
        var accesses: [RoutesDocument.Access] = []
        for member in members {
            switch member.name {
            case "methods": methods = reader.texts(member.node, "methods")
            case "jwt":
                if let rule = readTokenRule(member.node, member.line) { accesses.append(.token(rule)) }
            case "anonymous":
                if member.node.text == "true" {
                    accesses.append(.anonymous)
                } else {
                    reader.complain(member.line, "anonymous is true or left out")
                }
            default: texts[member.name] = reader.text(member.node, member.name)
            }
        }
        let names = Set(members.map { $0.name })
        for needed in ["name", "path", "upstream"] where !names.contains(needed) {
            reader.complain(line, "the route needs \"\(needed)\"")
        }
        if names.isDisjoint(with: ["jwt", "anonymous"]) {
            reader.complain(
                line, "the route says nobody may pass: add jwt: { … }, or anonymous: true to let everybody in")
        } else if names.isSuperset(of: ["jwt", "anonymous"]) {
            reader.complain(line, "the route says both jwt and anonymous; keep one")
        }
        guard let name = texts["name"], let path = texts["path"], let upstream = texts["upstream"],
            let access = accesses.first, accesses.count == 1
        else { return }
        document.routes.append(
            RoutesDocument.Route(
                name: name, path: path, methods: methods, upstream: upstream, access: access, line: line))
    }

    private func readTokenRule(_ node: DocumentNode, _ line: Int) -> RoutesDocument.TokenRule? {
        let known = ["issuer", "audience", "types", "leeway", "require", "scopes"]
        guard let members = reader.mapping(node, "jwt", knows: known) else { return nil }
        var issuer: String?
        var audiences: [String]?
        var types: [String]?
        var leeway: Int64? = 30
        var require: [RoutesDocument.ClaimRule] = []
        var scopes: [String]? = []
        for member in members {
            switch member.name {
            case "issuer": issuer = reader.text(member.node, "issuer")
            case "audience": audiences = reader.texts(member.node, "audience")
            case "types": types = reader.texts(member.node, "types")
            case "leeway": leeway = reader.number(member.node, "leeway", in: 0...120)
            case "require": require = readClaimRules(member.node)
            default: scopes = reader.texts(member.node, "scopes")
            }
        }
        let names = Set(members.map { $0.name })
        if !names.contains("issuer") { reader.complain(line, "jwt needs \"issuer\": the name of one of the issuers") }
        if !names.contains("audience") {
            reader.complain(line, "jwt needs \"audience\": without it, tokens meant for others would pass")
        }
        guard let issuer, let audiences, let leeway, let scopes else { return nil }
        return RoutesDocument.TokenRule(
            issuer: issuer, audiences: audiences, types: types, leeway: leeway, require: require, scopes: scopes,
            line: line)
    }

    /// Names that must be there, or `name: value` for what must be said.
    private func readClaimRules(_ node: DocumentNode) -> [RoutesDocument.ClaimRule] {
        guard case .list(let elements) = node.content else {
            reader.complain(reader.line(of: node), "require must be a list: [sub, {roles: admin}]")
            return []
        }
        var rules: [RoutesDocument.ClaimRule] = []
        for element in elements {
            if let name = element.text {
                rules.append(RoutesDocument.ClaimRule(name: name, value: nil))
                continue
            }
            for member in reader.mapping(element, "a required claim") ?? [] {
                guard let value = reader.text(member.node, "the value of \(member.name)") else { continue }
                rules.append(RoutesDocument.ClaimRule(name: member.name, value: value))
            }
        }
        return rules
    }
}
