import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import Telemetry

/// Why requests were refused.
struct ExplanationOperations: Sendable {
    let explanations: ExplanationRing

    private static let trace = OperationParameter<String>.path(
        "trace", .text(1...64), "The trace: 32 hexadecimal digits, as it stands in the refusal's body.")

    var all: [Operation] {
        [
            Operation(
                "listExplanations", list: "/explanations", of: "explanations", for: .viewer,
                "The last refusals, the newest first; the last few thousand are kept.", member: "explanations",
                items: Self.shape
            ) { _, page in
                // Clients choose traces: of several refusals with one, the newest is the one that is found by it.
                var seen: Set<TraceID> = []
                let refusals = explanations.recent(limit: .max).filter { seen.insert($0.trace).inserted }
                return page.page(of: refusals.map(\.json)) { $0["trace"]?.string?.text ?? "" }
            },
            Operation(
                "getExplanation", .get, "/explanations/{trace}", of: "explanations", for: .viewer,
                "Why a request was refused, step by step.", parameters: [Self.trace.described], answers: Self.shape,
                refusals: [404]
            ) { call in
                guard let trace = TraceID(try call.required(Self.trace)) else {
                    throw ProblemBody(
                        .badRequest, code: "trace-malformed", title: "Not a trace",
                        detail: "A trace is 32 hexadecimal digits.")
                }
                guard let explanation = explanations.explanation(of: trace) else {
                    throw ProblemBody(
                        .notFound, code: "trace-unknown", title: "Unknown trace",
                        detail: "No refusal with this trace is remembered; only the last few thousand are kept.")
                }
                return explanation.json
            },
        ]
    }

    private static let shape: Shape<JSONObject> = .document(
        "Explanation",
        schema: [
            "type": "object",
            "required": ["trace", "time", "method", "path", "phase", "status", "code", "detail", "steps"],
            "properties": [
                "trace": ["type": "string"],
                "time": ["type": "integer", "description": "Seconds since 1970."],
                "method": ["type": "string"], "path": ["type": "string"], "route": ["type": "string"],
                "phase": ["type": "string"], "status": ["type": "integer"], "code": ["type": "string"],
                "detail": ["type": "string"],
                "steps": [
                    "type": "array",
                    "items": [
                        "type": "object", "required": ["check", "outcome", "detail"],
                        "properties": [
                            "check": ["type": "string"], "outcome": ["type": "string"], "code": ["type": "string"],
                            "detail": ["type": "string"],
                        ],
                    ],
                ],
            ],
        ])
}

extension Explanation {
    /// What `signet explain --json` prints.
    fileprivate var json: JSONObject {
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
        return object
    }
}

extension ControlPlaneRefusal {
    /// Keeps why it was refused.
    /// - Returns: the trace under which it is found: the gateway's, where the request came through it.
    func explained(in explanations: ExplanationRing) -> String {
        let trace = trace.flatMap { TraceID($0) } ?? TraceID()
        explanations.append(
            Explanation(
                trace: trace, time: WallClock.seconds(), method: method, path: path, route: "control plane",
                phase: "control-plane", status: Int(problem.status.code), code: problem.code, detail: problem.detail,
                steps: [], hasCredential: hasCredential))
        return trace.description
    }
}
