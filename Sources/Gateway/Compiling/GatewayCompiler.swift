import Blueprint
import Codecs
import HTTPWire
import JOSE
import NIOCore
import Tokens
import Traffic
import Upstreams

/// Turns a blueprint into what requests are looked up in, opening what it names; collects every complaint.
struct GatewayCompiler {
    let blueprint: Blueprint
    let surroundings: Surroundings
    let published: PublishedKeys
    let numbers: LimitNumbers
    /// Whether nobody will use what is made: then nothing is fetched.
    let isTrial: Bool
    /// The upstreams that are in use: what is known of the same endpoints is kept.
    let earlier: [String: UpstreamGroup]

    var complaints: [ConfigurationComplaint] = []
    /// What is no fault of the configuration and worth a warning: keys of sets that are no good and were passed over.
    var warnings: [ConfigurationComplaint] = []
    /// The key sets that are named.
    var places: Set<PublishedKeys.Place> = []
    /// The limits that there are.
    var limitNumbers: Set<UInt32> = []
    /// The gateway's listeners.
    var listeners: [PreparedListener] = []

    init(
        _ blueprint: Blueprint, surroundings: Surroundings, published: PublishedKeys, numbers: LimitNumbers,
        earlier: [String: UpstreamGroup] = [:], isTrial: Bool = false
    ) {
        self.blueprint = blueprint
        self.surroundings = surroundings
        self.published = published
        self.numbers = numbers
        self.isTrial = isTrial
        self.earlier = earlier
    }

    /// The table that the blueprint describes, or everything that is wrong with it.
    mutating func compile() throws(ConfigurationComplaints) -> RouteTable {
        listeners = compileListeners()
        let issuers = compileIssuers()
        let upstreams = compileUpstreams()
        let directory = compileConsumers(issuers)
        // One upstream may serve several APIs: what tells it who calls at one of them must not come from a client at another.
        let identityNames = Set(
            blueprint.apis.entries.flatMap { $0.value.identityHeaders.compactMap { IdentityHeader.read($0)?.name } }
                .map { $0.utf8.map { $0.asciiLowercased } })
        var entries: [RouteEntry<Route>] = []
        for (name, api) in blueprint.apis.entries {
            var compiler = APICompiler(
                name: name, api: api, blueprint: blueprint, issuers: issuers, upstreams: upstreams,
                asynchronous: surroundings, directory: directory, numbers: numbers,
                identityNames: Array(identityNames))
            entries += compiler.compile()
            complaints += compiler.complaints
            limitNumbers.formUnion(compiler.limitNumbers)
        }
        for name in blueprint.settings.names where SettingName(rawValue: name) == nil {
            let known = SettingName.allCases.map(\.rawValue).joined(separator: ", ")
            complain("/settings/\(name)", "there is no setting \(name); there are \(known)")
        }
        for part in (blueprint.settings[SettingName.metricsNetworks.rawValue]?.value ?? "").split(separator: ",") {
            let network = String(part.filter { $0 != " " })
            if IPNetwork(network) == nil {
                complain("/settings/metrics-networks", "\(network) is no IP address and no network such as 10.0.0.0/8")
            }
        }
        if let kept = blueprint.settings[SettingName.keptRevisions.rawValue], Blueprint.revisions(kept.value) == nil {
            complain("/settings/kept-revisions", "kept-revisions must be a number from 1 to 1000000, such as 1000")
        }
        let table = RouteTable(entries, origin: compileOrigin())
        for duplicate in table.duplicates {
            let (first, second) = (table.routes[duplicate.first], table.routes[duplicate.second])
            complain(
                "/apis/\(second.api)",
                "\(second.pattern) of \(second.title) is already served by \(first.title): their paths, hosts and methods meet"
            )
        }
        guard complaints.isEmpty else { throw ConfigurationComplaints(complaints: complaints) }
        return table
    }

    mutating func complain(_ pointer: String, _ message: String) {
        complaints.append(ConfigurationComplaint(pointer: pointer, message: message))
    }

    // MARK: Issuers

    /// Issuers by their names in the document; one that is no good has been complained about and is left out.
    private mutating func compileIssuers() -> [String: TrustedKeys] {
        var issuers: [String: TrustedKeys] = [:]
        if let builtIn = surroundings.builtIn {
            issuers[Blueprint.builtInIssuer] = TrustedKeys(
                issuer: builtIn.issuer, source: .fixed(builtIn.keys), isOwn: true)
        }
        for (name, issuer) in blueprint.issuers.entries { issuers[name] = compile(issuer, name) }
        return issuers
    }

    private mutating func compile(_ issuer: Issuer, _ name: String) -> TrustedKeys? {
        let pointer = "/issuers/\(name)/keys"
        let identifier = ByteString(issuer.issuer ?? "")
        switch issuer.keys {
        case .builtIn:
            guard let builtIn = surroundings.builtIn else {
                complain(pointer, "there is no built-in token service in this process")
                return nil
            }
            return TrustedKeys(issuer: builtIn.issuer, source: .fixed(builtIn.keys), isOwn: true)
        case .discovery:
            return TrustedKeys(
                issuer: identifier, source: .published(publishedSet(.metadata(ofIssuer: issuer.issuer ?? ""))))
        case .url(let address):
            return TrustedKeys(issuer: identifier, source: .published(publishedSet(.address(address))))
        case .file(let path):
            guard let text = surroundings.readFile(path) else {
                complain(pointer, "the key file \(path) cannot be read")
                return nil
            }
            return keys(of: text, "the key file \(path)", pointer).map {
                TrustedKeys(issuer: identifier, source: .fixed($0))
            }
        case .inline(let set):
            if let secrets = try? KeyReader.read(JSONWriter.write(set)),
                secrets.contains(where: { if case .secret = $0.material { true } else { false } })
            {
                complain(pointer, "a shared secret does not stand in a document: give its file")
                return nil
            }
            return keys(of: JSONWriter.write(set), "the key set", pointer).map {
                TrustedKeys(issuer: identifier, source: .fixed($0))
            }
        }
    }

    private mutating func publishedSet(_ place: PublishedKeys.Place) -> RemoteKeySet {
        places.insert(place)
        let set = published.set(at: place, surroundings)
        if !isTrial { set.want(nil) }
        return set
    }

    private mutating func keys(of text: [UInt8], _ what: String, _ pointer: String) -> KeySet? {
        do {
            let decoded = try KeyReader.read(text)
            guard !decoded.contains(where: Self.isPrivate) else {
                complain(pointer, "\(what) holds a private key; give the gateway the public one")
                return nil
            }
            let keys = try KeySet(decoded)
            for bad in keys.passedOver {
                warnings.append(
                    ConfigurationComplaint(
                        pointer: pointer, message: "\(what): passed over: \(bad.detail) (\(bad.code.rawValue))"))
            }
            return keys
        } catch {
            complain(pointer, "\(what) is no use: \(error.detail) (\(error.code.rawValue))")
            return nil
        }
    }

    /// A shared secret is private too, but there is no other half to give.
    private static func isPrivate(_ key: DecodedKey) -> Bool {
        if case .secret = key.material { return false }
        return key.description.isPrivate
    }

    // MARK: Upstreams

    private mutating func compileUpstreams() -> [String: UpstreamGroup] {
        var groups: [String: UpstreamGroup] = [:]
        for (name, upstream) in blueprint.upstreams.entries {
            var members: [UpstreamGroup.Member] = []
            for (index, endpoint) in upstream.endpoints.enumerated() {
                let title = upstream.endpoints.count == 1 ? name : "\(name)-\(index + 1)"
                guard
                    let place = self.endpoint(
                        endpoint.url, named: title, at: "/upstreams/\(name)/endpoints/\(index)")
                else { continue }
                members.append(UpstreamGroup.Member(place, weight: Int(endpoint.weight)))
            }
            if members.count > 64 { complain("/upstreams/\(name)/endpoints", "an upstream has at most 64 endpoints") }
            groups[name] = UpstreamGroup(
                name: name, members: members, settings: settings(of: upstream, name), keeping: earlier[name])
        }
        return groups
    }

    private mutating func endpoint(_ url: String, named name: String, at pointer: String) -> UpstreamEndpoint? {
        guard let place = EndpointAddress.read(url) else {
            complain(pointer, "the address \(url) has no valid host or port")
            return nil
        }
        guard place.isEncrypted else { return UpstreamEndpoint(name: name, host: place.host, port: place.port) }
        do {
            return UpstreamEndpoint(
                name: name, host: place.host, port: place.port,
                encryption: try UpstreamEncryption(serverName: place.host))
        } catch {
            complain(pointer, "\(url) cannot be asked over TLS: \(error)")
            return nil
        }
    }

    private mutating func settings(of upstream: Upstream, _ name: String) -> UpstreamGroup.Settings {
        var settings = UpstreamGroup.Settings()
        settings.balancing = upstream.balance == .leastRequests ? .leastRequests : .roundRobin
        settings.retries.most = Int(upstream.retries)
        settings.limits.connectTimeout = .milliseconds(upstream.connectTimeout.milliseconds)
        if let health = upstream.health {
            settings.check = UpstreamCheck(path: health.path)
            if settings.check == nil {
                complain(
                    "/upstreams/\(name)/health/path", "the path \(health.path) has something in it that no path has")
            }
            settings.check?.interval = .milliseconds(health.interval.milliseconds)
            settings.check?.timeout = .milliseconds(health.timeout.milliseconds)
            settings.check?.failures = Int(health.failures)
            settings.check?.successes = Int(health.successes)
        }
        return settings
    }

    // MARK: Consumers

    private mutating func compileConsumers(_ issuers: [String: TrustedKeys]) -> ConsumerDirectory {
        var plans: [String: KnownPlan] = [:]
        for (name, plan) in blueprint.plans.entries {
            let limits = plan.limits.map { limit in
                let numbered = numbers.numbered(limit, scope: "plan \(name)", name: name)
                limitNumbers.insert(numbered.limit.number)
                return numbered
            }
            plans[name] = KnownPlan(name: name, apis: Set(plan.apis), limits: limits)
        }
        var subscriptions: [String: [KnownConsumer.Subscription]] = [:]
        for (name, subscription) in blueprint.subscriptions.entries {
            guard let plan = plans[subscription.plan] else { continue }
            var ends: Int64?
            if let day = subscription.ends {
                ends = CalendarDate.seconds(ofDay: day)
                if ends == nil { complain("/subscriptions/\(name)/ends", "there is no day \(day)") }
            }
            subscriptions[subscription.consumer, default: []].append(
                KnownConsumer.Subscription(plan: plan, ends: ends))
        }
        var directory = ConsumerDirectory()
        var consumers: [String: KnownConsumer] = [:]
        for (name, consumer) in blueprint.consumers.entries {
            let known = KnownConsumer(
                name: name, isEnabled: consumer.isEnabled, subscriptions: subscriptions[name] ?? [])
            consumers[name] = known
            guard let issuer = issuers[consumer.issuer]?.issuer else { continue }
            for subject in consumer.subjects {
                let key = ConsumerDirectory.TokenName(issuer: issuer, name: ByteString(subject))
                if let other = directory.subjects.updateValue(known, forKey: key) {
                    complain(
                        "/consumers/\(name)/subjects", "the subject \(subject) is the consumer \(other.name) already")
                }
            }
            for client in consumer.clients {
                let key = ConsumerDirectory.TokenName(issuer: issuer, name: ByteString(client))
                if let other = directory.clients.updateValue(known, forKey: key) {
                    complain("/consumers/\(name)/clients", "the client \(client) is the consumer \(other.name) already")
                }
            }
        }
        for (name, credential) in blueprint.credentials.entries {
            guard let consumer = consumers[credential.consumer] else { continue }
            add(credential, named: name, of: consumer, to: &directory)
        }
        return directory
    }

    private mutating func add(
        _ credential: Credential, named name: String, of consumer: KnownConsumer, to directory: inout ConsumerDirectory
    ) {
        let pointer = "/credentials/\(name)/secret"
        guard let hash = hash(of: credential, at: pointer) else { return }
        let entry = ConsumerDirectory.Entry(
            consumer: consumer, credential: name, isEnabled: credential.isEnabled)
        switch credential.kind {
        case .apiKey:
            if let other = directory.keys.updateValue(entry, forKey: hash) {
                complain(pointer, "the credential \(other.credential) has the same secret")
            }
        case .basic: directory.passwords[consumer.name, default: []].append((hash, entry))
        }
    }

    private mutating func hash(of credential: Credential, at pointer: String) -> SecretHash? {
        if let digest = credential.digest {
            // Its form was checked when it was read.
            return (try? Base64URL.decode(Array(digest.utf8))).flatMap { SecretHash(digest: $0) }
        }
        guard let source = credential.secret else {
            complain(
                pointer,
                "a credential needs its secret: { env: NAME }, { file: PATH } or { secret: NAME }; signet credential create"
                    + " makes one")
            return nil
        }
        guard let secret = surroundings.secret(source) else {
            complain(pointer, source.absence)
            return nil
        }
        guard secret.count >= Self.shortestSecret else {
            complain(
                pointer,
                "what is in \(source.words) is too short: a secret has at least \(Self.shortestSecret) characters")
            return nil
        }
        return secret.withUnsafeBytes { SecretHash(of: $0) }
    }

    /// Shorter ones can be guessed, and are kept under a fast hash.
    static let shortestSecret = 16

    // MARK: Settings

    /// `https://host` or `https://host:port`, and nothing after it: paths are the client's.
    private mutating func compileOrigin() -> RequestOrigin {
        guard let address = blueprint.settings["public-address"]?.value else { return RequestOrigin(configured: nil) }
        let written = Array((address.hasSuffix("/") ? address.dropLast() : address[...]).utf8)
        guard let origin = RequestOrigin(written) else {
            complain(
                "/settings/public-address",
                "the address \(address) must be https://host or https://host:port: how clients call the gateway")
            return RequestOrigin(configured: nil)
        }
        return origin
    }
}

/// An issuer as rules trust it: its exact name, and its keys.
struct TrustedKeys: Sendable {
    let issuer: ByteString
    let source: IssuerVerifier.Source
    /// Whether it is the token service in this process.
    var isOwn = false
}
