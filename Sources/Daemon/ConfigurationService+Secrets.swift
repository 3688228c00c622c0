import Blueprint
import ConfigurationStore
import TokenService

/// A secret was to be deleted that the configuration in force refers to.
struct SecretInUse: Error {
    let name: String
    let users: [ObjectReference]
}

extension ConfigurationService {
    /// A secret, and what of the configuration in force refers to it.
    struct Secret: Sendable {
        let record: SecretRecord
        let users: [ObjectReference]
    }

    /// Those that there are, by name.
    func secrets() async throws -> [Secret] {
        let users = try await secretUsers()
        return try await store.secrets().map { Secret(record: $0, users: users[$0.name] ?? []) }
    }

    /// Puts a value under a name. Where the configuration in force refers to it, that is made with it first, and is in force
    /// with it when this returns; what it is no good for refuses it.
    func putSecret(_ name: String, _ value: [UInt8], by author: Author) async throws -> Secret {
        try await inTurn { [self] in
            let users = try await secretUsers()[name] ?? []
            let prepared =
                users.isEmpty ? nil : try await prepare(try await store.current().blueprint, with: [name: value])
            let now = WallClock.seconds()
            let record = try await store.putSecret(name, value, now: now) { [tokens] transaction in
                try tokens.recordSecretPut(name, by: author.actor, now: now, in: transaction)
            }
            if let prepared { _ = await install(prepared) }
            return Secret(record: record, users: users)
        }
    }

    /// Deletes a secret.
    /// - Returns: what was known of it; nil where there was none.
    /// - Throws: `SecretInUse`.
    func deleteSecret(_ name: String, by author: Author) async throws -> SecretRecord? {
        try await inTurn { [self] in
            let users = try await secretUsers()[name] ?? []
            guard users.isEmpty else { throw SecretInUse(name: name, users: users) }
            let now = WallClock.seconds()
            return try await store.deleteSecret(name) { [tokens] transaction in
                try tokens.recordSecretDeleted(name, by: author.actor, now: now, in: transaction)
            }
        }
    }

    private func secretUsers() async throws -> [String: [ObjectReference]] {
        try await store.current().blueprint.withDemo(demo).storedSecrets
    }
}
