import Blueprint
import Codecs
import HTTPTypes
import Hummingbird

/// One call of an operation: who asks, and for what.
public struct OperationCall: Sendable {
    /// Who asks.
    public let actor: AuditActor
    /// What they may do.
    public let role: Role
    /// What must hold for the change to be made.
    public let precondition: Precondition

    private let path: [String: String]
    private let query: [String: String]

    /// Takes a request apart.
    /// - Throws: 400 for a query that cannot be read, names something unknown, or names something twice.
    init(
        _ request: Request, _ context: ControlPlaneContext, role: Role, parameters: [ParameterDescription]
    ) throws(ProblemBody) {
        actor = context.actor
        self.role = role
        precondition = try Precondition(request.headers)
        var path: [String: String] = [:]
        for parameter in parameters where parameter.place == .path {
            path[parameter.name] = try Self.decoded(context.parameters.get(parameter.name) ?? "", parameter.name)
        }
        self.path = path
        query = try Self.query(of: request, known: parameters.filter { $0.place == .query }.map(\.name))
    }

    /// Throws 403 for who has less than a role that what they ask for needs beyond the operation's own.
    public func require(_ needed: Role) throws(ProblemBody) {
        guard role >= needed else { throw .roleInsufficient(needed: needed) }
    }

    /// What a call says, where it says it.
    /// - Throws: 400 that names the parameter, where the value is none of its type.
    public func value<Value>(_ parameter: OperationParameter<Value>) throws(ProblemBody) -> Value? {
        let description = parameter.description
        let texts = description.place == .path ? path : query
        guard let text = texts[description.name] else { return nil }
        var complaints = DocumentComplaints()
        guard let value = parameter.type.read(.word(text, named: description.name), &complaints) else {
            throw .badParameter(description.name, complaints.all.first?.message ?? "it cannot be read")
        }
        return value
    }

    /// A part of the path.
    public func required<Value>(_ parameter: OperationParameter<Value>) throws(ProblemBody) -> Value {
        guard let value = try value(parameter) else { throw .badParameter(parameter.description.name, "it is missing") }
        return value
    }

    private static func query(of request: Request, known: [String]) throws(ProblemBody) -> [String: String] {
        let pairs: [FormURLEncoded.Pair]
        do throws(FormError) {
            pairs = try FormURLEncoded.decode(Array((request.uri.query ?? "").utf8))
        } catch {
            throw .badParameter("?", "the query cannot be read: \(error)")
        }
        var query: [String: String] = [:]
        for pair in pairs {
            let name = pair.name.text
            guard known.contains(name) else {
                let list = known.isEmpty ? "none" : known.joined(separator: ", ")
                throw .badParameter("in the query", "it is unknown here; known: \(list)")
            }
            guard query[name] == nil else { throw .badParameter(name, "it stands there twice") }
            query[name] = pair.value.text
        }
        return query
    }

    /// A part of a path, where `+` means itself.
    private static func decoded(_ text: String, _ name: String) throws(ProblemBody) -> String {
        let bytes = text.utf8.flatMap { $0 == UInt8(ascii: "+") ? Array("%2B".utf8) : [$0] }
        do throws(FormError) {
            return try FormURLEncoded.decodeComponent(bytes).text
        } catch {
            throw .badParameter(name, "it cannot be read: \(error)")
        }
    }
}

extension ProblemBody {
    static func badParameter(_ name: String, _ complaint: String) -> ProblemBody {
        ProblemBody(
            .badRequest, code: "parameter-invalid", title: "A parameter is not acceptable",
            detail: "The parameter \(name): \(complaint).")
    }
}
