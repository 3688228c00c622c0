import Blueprint
import Codecs
import HTTPWire
import NIOCore
import Tokens
import Traffic
import Upstreams

/// Turns one API into its routes: itself, the parts of it that differ, each once for every version.
struct APICompiler {
    let name: String
    let api: API
    let blueprint: Blueprint
    let issuers: [String: TrustedKeys]
    let upstreams: [String: UpstreamGroup]
    let directory: ConsumerDirectory
    let numbers: LimitNumbers
    /// Whose control plane and models answer.
    let surroundings: Surroundings
    /// The header fields that tell upstreams who calls, at any API, in lower case.
    let identityNames: [[UInt8]]

    private(set) var complaints: [ConfigurationComplaint] = []
    private(set) var limitNumbers: Set<UInt32> = []
    private var hosts: [HostPattern]?

    init(
        name: String, api: API, blueprint: Blueprint, issuers: [String: TrustedKeys],
        upstreams: [String: UpstreamGroup], asynchronous surroundings: Surroundings, directory: ConsumerDirectory,
        numbers: LimitNumbers, identityNames: [[UInt8]]
    ) {
        self.name = name
        self.api = api
        self.blueprint = blueprint
        self.issuers = issuers
        self.upstreams = upstreams
        self.surroundings = surroundings
        self.directory = directory
        self.numbers = numbers
        self.identityNames = identityNames
    }

    /// How callers name a version, and which.
    private enum Naming {
        /// The API has none, or the caller names none.
        case none
        case segment(String)
        case header(String)
    }

    /// One of the API's parts: the API itself, or one of its routes.
    private struct Part {
        let name: String?
        let path: String
        let route: APIRoute?
    }

    mutating func compile() -> [RouteEntry<Route>] {
        compileHosts()
        var parts: [Part] = api.routes.entries.map { Part(name: $0.name, path: $0.value.path, route: $0.value) }
        if api.access != nil { parts.append(Part(name: nil, path: "/*", route: nil)) }
        var entries: [RouteEntry<Route>] = []
        if api.versions.isEmpty {
            for part in parts { if let entry = entry(part, nil, .none) { entries.append(entry) } }
        }
        for (version, settings) in api.versions.entries {
            let naming = api.versionHeader == nil ? Naming.segment(version) : .header(version)
            for part in parts {
                if let entry = entry(part, (version, settings), naming) { entries.append(entry) }
                if version == api.defaultVersion, let entry = entry(part, (version, settings), .none) {
                    entries.append(entry)
                }
            }
        }
        return entries
    }

    private mutating func complain(_ pointer: String, _ message: String) {
        let complaint = ConfigurationComplaint(pointer: "/apis/\(name)\(pointer)", message: message)
        if !complaints.contains(complaint) { complaints.append(complaint) }
    }

    private mutating func compileHosts() {
        guard let names = api.hosts else { return }
        var patterns: [HostPattern] = []
        for name in names {
            do throws(PatternComplaint) {
                patterns.append(try HostPattern(name))
            } catch {
                complain("/hosts", error.message)
            }
        }
        hosts = patterns
    }

    private mutating func entry(
        _ part: Part, _ version: (name: String, settings: APIVersion)?, _ naming: Naming
    ) -> RouteEntry<Route>? {
        let pointer = part.name.map { "/routes/\($0)" } ?? ""
        var path = api.path == "/" ? "" : api.path
        if path.hasSuffix("/") { path = String(path.dropLast()) }
        var conditions = headerConditions(part.route?.headers ?? [])
        switch naming {
        case .none: break
        case .segment(let version): path += "/\(version)"
        case .header(let version):
            conditions.append(
                HeaderCondition(
                    name: (api.versionHeader ?? "").utf8.map { $0.asciiLowercased }, value: Array(version.utf8)))
        }
        let place = path
        let change: PathChange?
        do throws(PatternComplaint) {
            change = try pathChange(place.utf8.count)
        } catch {
            complain(api.stripsPath ? "/strip-path" : "/upstream-path", error.message)
            return nil
        }
        path += part.path == "/" && !path.isEmpty ? "" : part.path
        let pattern: PathPattern
        do throws(PatternComplaint) {
            pattern = try PathPattern(path)
        } catch {
            complain("\(pointer)/path", error.message)
            return nil
        }
        let methods = (part.route?.methods ?? api.methods)?.map { Array($0.utf8) }
        let fields = identityFields(asked: offer(part) != nil)
        guard let destination = destination(part, version, behind: place, pointer),
            let access = access(part, fields, pointer)
        else { return nil }
        let route = Route(
            api: name, name: part.name, version: version?.name, pattern: path, methods: methods,
            policies: policies(part, version?.settings, access, methods), destination: destination,
            forwarding: forwarding(part, destination, access), pathChange: change,
            // Behind a redirect's target, two slashes could name another host.
            keepsSlashes: part.route?.redirect == nil && (part.route?.slashes ?? api.slashes) == .keep,
            strippedCookies: api.forwardsToken ? [] : access.tokens.compactMap(\.cookie))
        return RouteEntry(
            criteria: RouteCriteria(hosts: hosts, pattern: pattern, methods: methods, headers: conditions),
            target: route)
    }

    private func pathChange(_ length: Int) throws(PatternComplaint) -> PathChange? {
        guard api.stripsPath || api.upstreamPath != nil else { return nil }
        guard !api.path.contains("{") else {
            throw PatternComplaint("a path with {name} in it cannot be taken off: it has no fixed length")
        }
        var prefix = Array((api.upstreamPath ?? "/").utf8)
        guard let path = try? CanonicalPath(prefix), path.bytes == prefix else {
            throw PatternComplaint("\(api.upstreamPath ?? "") is not in canonical form")
        }
        if prefix.last == UInt8(ascii: "/") { prefix.removeLast() }
        return length == 0 && prefix.isEmpty ? nil : PathChange(length: length, prefix: prefix)
    }

    private func headerConditions(_ texts: [String]) -> [HeaderCondition] {
        texts.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return HeaderCondition(
                name: parts[0].utf8.map { $0.asciiLowercased },
                value: parts.count == 2 ? Array(parts[1].utf8) : nil)
        }
    }

    /// The models that answer; nil where somebody else does.
    private func offer(_ part: Part) -> ModelOffer? {
        guard let route = part.route else { return api.models }
        if let own = route.models { return own }
        return route.upstream == nil && !route.controlPlane && route.redirect == nil ? api.models : nil
    }

    /// How many segments of the path that the models see stand before `/v1/…`.
    /// - Parameter path: the API's own, with its version.
    private func segments(before part: Part, behind path: String) -> Int {
        var own = Substring(part.path)
        // A part for everything below a path has the models there; one for a single path names where they are itself.
        if own.hasSuffix("/*") {
            own = own.dropLast(2)
        } else if let start = own.indices.last(where: { own[$0...].hasPrefix("/v1/") }) {
            own = own[..<start]
        }
        var seen = path
        if api.stripsPath || api.upstreamPath != nil { seen = api.upstreamPath ?? "" }
        return (seen + own).split(separator: "/").count
    }

    private mutating func destination(
        _ part: Part, _ version: (name: String, settings: APIVersion)?, behind path: String, _ pointer: String
    ) -> Route.Destination? {
        let prefix = path.utf8.count
        if let place = part.route?.redirect {
            // How much of a path stands before what is put behind the target must be known beforehand.
            guard !part.path.hasSuffix("/*") || !(api.path + part.path).contains("{") else {
                complain(
                    "\(pointer)/redirect",
                    "a path with {name} and /* cannot be redirected: say which paths, or without /*")
                return nil
            }
            let place = part.path.hasSuffix("/*") && place.hasSuffix("/") ? String(place.dropLast()) : place
            let fixed = part.path.hasSuffix("/*") ? prefix + part.path.utf8.count - 2 : Int.max
            return .redirect(to: Array(place.utf8), behind: fixed)
        }
        if let offer = offer(part) {
            guard let models = surroundings.models else {
                complain(pointer, "there are no models in this process")
                return nil
            }
            return .asynchronous(models(name, offer, segments(before: part, behind: path)))
        }
        if part.route?.controlPlane == true || api.controlPlane && part.route?.upstream == nil {
            guard let controlPlane = surroundings.controlPlane else {
                complain(pointer, "there is no control plane in this process")
                return nil
            }
            return .asynchronous(controlPlane)
        }
        guard let name = part.route?.upstream ?? version?.settings.upstream ?? api.upstream else {
            complain(pointer, "this does not say who answers: give an upstream")
            return nil
        }
        return upstreams[name].map { .upstream($0) }
    }

    // MARK: Policies

    private mutating func policies(
        _ part: Part, _ version: APIVersion?, _ access: AccessRequirement, _ methods: [[UInt8]]?
    ) -> [RoutePolicy] {
        var policies: [RoutePolicy] = []
        let named = api.policies.compactMap { blueprint.policies[$0] }
        let origins = named.flatMap(\.origins)
        if !origins.isEmpty { policies.append(.crossOrigin(CrossOriginPolicy(origins: origins, methods: methods))) }
        if let version, version.deprecated != nil || version.sunset != nil {
            policies.append(.version(VersionPolicy(deprecated: day(version.deprecated), sunset: day(version.sunset))))
        }
        if let most = api.maximumBody ?? named.lazy.compactMap(\.maximumBody).first {
            policies.append(.bodySize(BodySizePolicy(most: most.bytes)))
        }
        let limits = limits(part, named)
        let knocking = limits.filter { $0.key == .address }
        if !knocking.isEmpty {
            policies.append(.knocking(LimitPolicy(api: nil, limits: knocking, phase: .admit)))
        }
        if case .anonymous = access {} else { policies.append(.access(AccessPolicy(requirement: access))) }
        let isSold = blueprint.plans.entries.contains { $0.value.apis.contains(name) }
        // Whoever may call as nobody needs no subscription either.
        if isSold, !access.letsEverybodyIn { policies.append(.plan(PlanPolicy(api: name))) }
        let counted = limits.filter { $0.key != .address }
        if !counted.isEmpty || !blueprint.subscriptions.isEmpty {
            policies.append(.limits(LimitPolicy(api: name, limits: counted, phase: .throttle)))
        }
        return policies
    }

    private mutating func day(_ text: String?) -> Int64? {
        guard let text else { return nil }
        let seconds = CalendarDate.seconds(ofDay: text)
        if seconds == nil { complain("/versions", "there is no day \(text)") }
        return seconds
    }

    /// The API's limits, else those of its policies; and the route's own beside them.
    private mutating func limits(_ part: Part, _ named: [Policy]) -> [NumberedLimit] {
        var limits = (api.limits.isEmpty ? named.flatMap(\.limits) : api.limits).map {
            numbers.numbered($0, scope: "api \(name)", name: name)
        }
        if let route = part.route, let part = part.name {
            limits += route.limits.map {
                numbers.numbered($0, scope: "api \(name) route \(part)", name: "\(name)/\(part)")
            }
        }
        limits = limits.withoutRepetition
        limitNumbers.formUnion(limits.map(\.limit.number))
        return limits
    }

    /// - Parameter asked: whether models answer, which ask what the token says of them and of who pays.
    private func identityFields(asked: Bool) -> IdentityFields {
        let payers = blueprint.budgets.entries.compactMap { budget -> ByteString? in
            budget.value.per.hasPrefix("claim:") ? ByteString(String(budget.value.per.dropFirst(6))) : nil
        }
        return IdentityFields(
            fields: api.identityHeaders.compactMap { text in
                guard let (name, source) = IdentityHeader.read(text) else { return nil }
                let kind: IdentityFields.Source =
                    switch source {
                    case "consumer": .consumer
                    case "plan": .plan
                    default: .claim(ByteString(source))
                    }
                return (Array(name.utf8), kind)
            }, claims: asked ? Array(Set(payers + ["models", "budgets", "iss"])) : [])
    }

    private func forwarding(
        _ part: Part, _ destination: Route.Destination, _ access: AccessRequirement
    ) -> ForwardingRule {
        var rule = ForwardingRule(rewrite: rewrite(access))
        let named = api.policies.compactMap { blueprint.policies[$0] }
        var patience = part.route?.timeout ?? api.timeout ?? named.lazy.compactMap(\.timeout).first
        if case .upstream(let group) = destination {
            patience = patience ?? blueprint.upstreams[group.name]?.responseTimeout
        }
        // How long a model may think, the model says.
        if offer(part) != nil { patience = patience ?? TimeSpan.seconds(86_400) }
        if let patience { rule.responseHeadTimeout = .milliseconds(patience.milliseconds) }
        let idle = (part.route?.idleTimeout ?? api.idleTimeout).map { TimeAmount.milliseconds($0.milliseconds) }
        rule.mayLast = part.route?.streams ?? api.streams
        // The control plane's own streams wait for things to happen.
        if case .asynchronous = destination { rule.mayLast = true }
        if rule.mayLast { rule.bodyStall = idle }
        rule.tunnelIdle = idle ?? (rule.mayLast ? nil : .hours(1))
        if named.contains(where: { !$0.origins.isEmpty }) {
            // Who may read is said here alone: what an upstream says of origins would open it to others.
            for name in CrossOriginPolicy.answerFields { rule.response.drop(Array(name.utf8)) }
        }
        for line in named.flatMap(\.responseHeaders) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            rule.response.replace(Array(parts[0].utf8), Array(parts[1].utf8))
        }
        return rule
    }

    private func rewrite(_ access: AccessRequirement) -> RequestRewrite {
        // The trace goes on from here with our own line.
        var rewrite = RequestRewrite(dropped: [.traceparent], droppedNames: identityNames)
        if !api.forwardsToken {
            rewrite.dropped = [.traceparent, .authorization, .dpop]
            rewrite.droppedNames += access.keyHeaders
        }
        for line in api.policies.compactMap({ blueprint.policies[$0] }).flatMap(\.requestHeaders) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            rewrite.droppedNames.append(parts[0].utf8.map { $0.asciiLowercased })
            rewrite.added.append((Array(parts[0].utf8), Array(parts[1].utf8)))
        }
        return rewrite
    }

    // MARK: Access

    private mutating func access(
        _ part: Part, _ fields: IdentityFields, _ pointer: String
    ) -> AccessRequirement? {
        if let own = part.route?.access { return requirement(own, fields, "\(pointer)/access") }
        return api.access.flatMap { requirement($0, fields, "/access") }
    }

    /// Nil when something in it is no good; that has been complained about.
    private mutating func requirement(
        _ access: Access, _ fields: IdentityFields, _ pointer: String
    ) -> AccessRequirement? {
        switch access {
        case .anonymous: return .anonymous
        case .jwt(let rule):
            var verifiers: [IssuerVerifier] = []
            let policy = claimPolicy(rule)
            for name in rule.issuers {
                guard let trusted = issuers[name] else { continue }
                verifiers.append(IssuerVerifier(trusted, policy: policy))
            }
            // One that is missing has been complained about where it stands.
            guard verifiers.count == rule.issuers.count, !verifiers.isEmpty else { return nil }
            return .token(
                TokenRequirement(
                    issuers: verifiers, policy: policy, cookie: rule.cookie, login: rule.login,
                    callers: TokenRequirement.Callers(directory: directory, fields: fields)))
        case .apiKey(let place):
            return .apiKey(
                APIKeyRequirement(
                    header: place.header.utf8.map { $0.asciiLowercased }, directory: directory, fields: fields))
        case .basic: return .password(PasswordRequirement(directory: directory, fields: fields))
        case .any(let branches): return requirements(branches, fields, pointer).map { .any($0) }
        case .all(let branches): return requirements(branches, fields, pointer).map { .all($0) }
        }
    }

    private mutating func requirements(
        _ branches: [Access], _ fields: IdentityFields, _ pointer: String
    ) -> [AccessRequirement]? {
        let compiled = branches.compactMap { requirement($0, fields, pointer) }
        return compiled.count == branches.count ? compiled : nil
    }

    private func claimPolicy(_ rule: TokenRule) -> ClaimPolicy {
        // Every token at the gateway must end: "exp" is required whether the document says so or not.
        var required = [ClaimRequirement("exp")]
        for claim in rule.claims {
            let parts = claim.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            required.append(
                ClaimRequirement(
                    ByteString(String(parts[0])),
                    parts.count == 2 ? JSON.string(ByteString(String(parts[1]))) : nil))
        }
        return ClaimPolicy(
            algorithms: [], types: rule.types?.map { ByteString($0) },
            audiences: rule.audiences.map { ByteString($0) }, leeway: rule.leeway.milliseconds / 1_000,
            requiredClaims: required, scopes: rule.scopes.map { ByteString($0) }, acceptsEdDSA: true)
    }
}

extension AccessRequirement {
    /// The fields that bring API keys, in lower case.
    var keyHeaders: [[UInt8]] {
        switch self {
        case .apiKey(let requirement): [requirement.header]
        case .any(let branches), .all(let branches): branches.flatMap(\.keyHeaders)
        case .anonymous, .token, .password: []
        }
    }
}
