import ArgumentParser
import Codecs
import Foundation
import JOSE
import Tokens

/// Verifies a token and shows every step.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify a token with a key, and show each step.",
        discussion: """
            Only algorithms that the given key is for are accepted, whatever the token says. What you do not ask for \
            (issuer, audience, …) is shown as skipped.
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var keys: KeyOptions

    @Option(name: .long, help: "The issuer to trust (iss). May be repeated.")
    var issuer: [String] = []

    @Option(name: .long, help: "An audience that is served here (aud). May be repeated.")
    var audience: [String] = []

    @Option(name: .long, help: "An accepted type (typ), such as at+jwt. May be repeated.")
    var type: [String] = []

    @Option(name: .long, help: "Seconds by which clocks may differ.")
    var leeway: Int64 = 30

    @Option(name: .long, help: "Judge as if it were this time, in seconds since 1970.")
    var at: Int64?

    @Option(name: .long, help: "A claim that must be there: name, or name=value. May be repeated.")
    var require: [String] = []

    @Option(name: .long, help: "A scope that must be granted. May be repeated.")
    var scope: [String] = []

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        guard leeway >= 0, leeway <= 3_600 else { throw ValidationError("--leeway is 0 to 3600 seconds") }
    }

    func run() throws {
        let keySet: KeySet
        do {
            keySet = try KeySet(try keys.read())
        } catch let error as KeyError {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        }
        let verifier = TokenVerifier(keys: keySet, policy: policy(algorithms: keySet.algorithms))
        let token = try input.read()
        let now = at ?? Int64(Date().timeIntervalSince1970)
        var steps: [VerificationStep] = []
        do {
            let verified = try verifier.verify(token, now: now, revocations: nil) { steps.append($0) }
            show(steps, verdict: "valid", code: nil, header: verified.header.json, claims: verified.claims.json)
        } catch {
            show(steps, verdict: "refused", code: error.code, header: nil, claims: nil)
            throw ExitCode(CommandFailure.refused)
        }
    }

    private func policy(algorithms: [SignatureAlgorithm]) -> ClaimPolicy {
        func texts(_ values: [String]) -> [ByteString]? { values.isEmpty ? nil : values.map { ByteString($0) } }
        return ClaimPolicy(
            algorithms: algorithms, types: texts(type), issuers: texts(issuer), audiences: texts(audience),
            leeway: leeway, requiredClaims: require.map { ClaimRequirement(text: ByteString($0)) },
            scopes: scope.map { ByteString($0) })
    }

    private func show(
        _ steps: [VerificationStep], verdict: String, code: RejectionCode?, header: JSONObject?, claims: JSONObject?
    ) {
        if json {
            var answer: JSONObject = ["verdict": .string(ByteString(verdict))]
            if let code { answer["code"] = .string(ByteString(code.rawValue)) }
            answer["steps"] = .array(steps.map { .object($0.json) })
            if let header { answer["header"] = .object(header) }
            if let claims { answer["claims"] = .object(claims) }
            print(JSONWriter.text(.object(answer), pretty: true))
            return
        }
        for step in steps { print(StepLine.text(step.check.rawValue, step.outcome.rawValue, step.detail)) }
        print(code.map { "\(verdict): \($0.rawValue)" } ?? verdict)
    }
}

/// One line of a trace, the same for `verify` and `explain`.
enum StepLine {
    static func text(_ check: String, _ outcome: String, _ detail: String) -> String {
        let mark = ["passed": "✓", "failed": "✗"][outcome] ?? "·"
        return "\(mark) \(check.padding(toLength: 16, withPad: " ", startingAt: 0)) \(detail)"
    }
}
