extension Blueprint {
    /// The same with every file's name changed that it names: so that a name that starts at the document's folder can be kept
    /// when the document is elsewhere.
    public func mapFileNames(_ change: (String) -> String) -> Blueprint {
        var mapped = self
        for (name, issuer) in issuers.entries {
            guard case .file(let path) = issuer.keys else { continue }
            mapped.issuers[name]?.keys = .file(change(path))
        }
        for (name, credential) in credentials.entries {
            mapped.credentials[name]?.secret = credential.secret?.mapFileName(change)
        }
        for (name, provider) in providers.entries {
            mapped.providers[name]?.keys = provider.keys.map { $0.mapFileName(change) }
        }
        for (name, listener) in listeners.entries {
            for (index, certificate) in (listener.tls?.certificates ?? []).enumerated() {
                mapped.listeners[name]?.tls?.certificates[index].chain = change(certificate.chain)
                mapped.listeners[name]?.tls?.certificates[index].key = certificate.key.mapFileName(change)
            }
        }
        if let log = settings[SettingName.accessLog.rawValue]?.value, log != "off", log != "stdout" {
            mapped.settings[SettingName.accessLog.rawValue]?.value = change(log)
        }
        return mapped
    }
}

extension SecretSource {
    fileprivate func mapFileName(_ change: (String) -> String) -> SecretSource {
        switch self {
        case .environment, .stored: self
        case .file(let path): .file(change(path))
        }
    }
}
