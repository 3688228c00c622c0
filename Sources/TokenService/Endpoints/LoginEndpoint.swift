import Codecs
import ControlPlane
import Hummingbird
import Logging
import NIOCore
import Storage

/// `POST /login` `{"name","password"}`: a new session for a user who knows the password.
///
/// An unknown name, a wrong password and a disabled user get the same answer after the same work.
struct LoginEndpoint: Sendable {
    let store: Store
    let sessions: Sessions
    let passwords: PasswordHashing
    let throttle: LoginThrottle
    let clock: @Sendable () -> Int64

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        let name = try body.string("name", atMost: 256)
        let password = try body.string("password", atMost: PasswordHashing.maximumPasswordBytes)
        let address = context.remoteAddress
        if let wait = throttle.admit(account: name, address: address, now: clock()) {
            throw ProblemOf.tooManyTries(wait: wait)
        }
        let user: UserRecord?
        let isRight: Bool
        do {
            user = try await store.read { try UserRecord.find(name: name, in: $0) }
            isRight = try await passwords.matches(password.bytes, stored: user?.password)
        } catch {
            throttle.withdrawn(account: name, address: address)
            throw error
        }
        guard let user, user.isActive, isRight else {
            // Not the name: people type passwords into that field.
            context.logger.notice("login refused", metadata: ["address": "\(address?.ipAddress ?? "unknown")"])
            throw ProblemOf.wrongCredentials
        }
        throttle.succeeded(account: name, address: address)
        return .tokens(try await sessions.open(for: user))
    }
}
