import Blueprint
import Edge
import HTTPWire

extension GatewayCompiler {
    /// The listeners, with the certificates that they name.
    mutating func compileListeners() -> [PreparedListener] {
        var listeners: [PreparedListener] = []
        for (name, listener) in blueprint.listeners.entries {
            let pointer = "/listeners/\(name)"
            guard let colon = listener.address.lastIndex(of: ":"),
                let port = Int(listener.address[listener.address.index(after: colon)...])
            else {
                complain("\(pointer)/address", "\(listener.address) is no host:port")
                continue
            }
            var host = String(listener.address[..<colon])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            if host == "localhost" { host = "127.0.0.1" }
            if let other = listeners.first(where: { $0.host == host && $0.port == port && port != 0 }) {
                complain("\(pointer)/address", "the listener \(other.name) has the same address")
            }
            var prepared = PreparedListener(name: name, host: host, port: port)
            let proxies = listener.trustedProxies.map { (text: $0, network: IPNetwork($0)) }
            for proxy in proxies where proxy.network == nil {
                complain(
                    "\(pointer)/trusted-proxies", "\(proxy.text) is no IP address and no network such as 10.0.0.0/8")
            }
            if listener.serves == .control {
                prepared.route = surroundings.controlPlane.map { Route.controlPlane($0) }
                // Where no other listener is the gateway's, there is one of this name at --gateway.
                if name == "gateway" {
                    complain(pointer, "a listener of the control plane cannot be called gateway")
                }
                if prepared.route == nil {
                    complain("\(pointer)/serves", "there is no control plane in this process")
                }
            }
            prepared.trustedProxies = TrustedProxies(proxies.compactMap(\.network))
            prepared.maximumConnections = Int(listener.maximumConnections)
            prepared.maximumBody = listener.maximumBody.bytes
            prepared.idleTimeout = listener.idleTimeout.milliseconds
            for (index, certificate) in (listener.tls?.certificates ?? []).enumerated() {
                if let source = source(certificate, at: "\(pointer)/tls/certificates/\(index)") {
                    prepared.certificates.append(source)
                }
            }
            if !prepared.certificates.isEmpty { check(prepared.certificates, at: "\(pointer)/tls/certificates") }
            listeners.append(prepared)
        }
        return listeners
    }

    private mutating func source(_ certificate: ListenerCertificate, at pointer: String) -> CertificateSource? {
        guard let chain = surroundings.readFile(certificate.chain) else {
            complain("\(pointer)/chain", "the file \(certificate.chain) cannot be read")
            return nil
        }
        guard let key = surroundings.secret(certificate.key) else {
            complain("\(pointer)/key", certificate.key.absence)
            return nil
        }
        return CertificateSource(name: certificate.chain, chain: chain, key: key)
    }

    private mutating func check(_ sources: [CertificateSource], at pointer: String) {
        do throws(CertificateDefect) {
            let certificates = try ListenerCertificates(sources)
            for warning in certificates.warnings(at: surroundings.now()) {
                warnings.append(ConfigurationComplaint(pointer: pointer, message: warning.description))
            }
        } catch {
            complain(pointer, error.description)
        }
    }
}

extension Route {
    /// Everything at a listener of the control plane, which asks for itself who may do what.
    fileprivate static func controlPlane(_ destination: @escaping AsyncDestination) -> Route {
        var forwarding = ForwardingRule(rewrite: RequestRewrite(dropped: [.traceparent]))
        forwarding.mayLast = true
        forwarding.bodyStall = nil
        return Route(
            api: "control-plane", name: nil, version: nil, pattern: "/*", methods: nil, policies: [],
            destination: .asynchronous(destination), forwarding: forwarding, pathChange: nil, keepsSlashes: false,
            strippedCookies: [])
    }
}
