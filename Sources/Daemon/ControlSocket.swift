import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import Telemetry
import TokenService

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The operator's door: a Unix socket in the data folder that only the folder's owner can open.
struct ControlSocket {
    /// The longest path that a Unix socket can have, in bytes.
    static let longestPath = 107

    let path: String
    let explanations: ExplanationRing
    let configuration: ConfigurationService
    let tokens: AuthorizationService

    init(
        path: String, explanations: ExplanationRing, configuration: ConfigurationService, tokens: AuthorizationService
    ) throws {
        guard path.utf8.count <= Self.longestPath else {
            throw StartFailure("the data folder's path is too long for a socket in it; choose a shorter --data")
        }
        self.path = path
        self.explanations = explanations
        self.configuration = configuration
        self.tokens = tokens
    }

    /// Serves the socket. Its file is made unreadable to others from the first moment: the folder is 0700, and the
    /// file itself becomes 0600 as soon as it exists.
    func service(_ doors: Doors) throws -> some Service {
        // The folder's lock is ours, so a socket that is still here belongs to a process that is gone.
        unlink(path)
        let router = Router.controlPlane()
        router.get("/explanations/{trace}") { [explanations] _, context in
            guard let trace = context.parameters.get("trace").flatMap({ TraceID($0) }) else {
                throw ProblemBody(
                    .badRequest, code: "trace-malformed", title: "Not a trace",
                    detail: "A trace is 32 hexadecimal digits.")
            }
            guard let explanation = explanations.explanation(of: trace) else {
                throw ProblemBody(
                    .notFound, code: "trace-unknown", title: "Unknown trace",
                    detail: "No refusal with this trace is remembered; only the last few thousand are kept.")
            }
            return Response.json(explanation.json)
        }
        ConfigurationRoutes(configuration: configuration)
            .addRoutes(to: router.group().add(middleware: OperatorDoor()))
        tokens.addManagementRoutes(to: router)
        return HummingbirdListener.application(
            router, address: .unixDomainSocket(path: path), logger: Logger(label: "signet.socket"),
            onOpen: { [path] in
                chmod(path, 0o600)
                doors.opened()
            })
    }
}

extension Explanation {
    /// What `signet explain --json` prints.
    var json: JSON {
        var object: JSONObject = [
            "trace": .string(ByteString(trace.description)), "time": .number(JSONNumber(time)),
            "method": .string(ByteString(method)), "path": .string(ByteString(path)),
        ]
        if let route { object["route"] = .string(ByteString(route)) }
        object["phase"] = .string(ByteString(phase))
        object["status"] = .number(JSONNumber(Int64(status)))
        object["code"] = .string(ByteString(code))
        object["detail"] = .string(ByteString(detail))
        object["steps"] = .array(
            steps.map { step in
                var line: JSONObject = [
                    "check": .string(ByteString(step.check)), "outcome": .string(ByteString(step.outcome)),
                ]
                if let code = step.code { line["code"] = .string(ByteString(code)) }
                line["detail"] = .string(ByteString(step.detail))
                return .object(line)
            })
        return .object(object)
    }
}
