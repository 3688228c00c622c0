import AIGateway
import Analytics
import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import Telemetry

/// What the gateway's exchanges were, and what models cost, over time and as it happens.
struct AnalyticsOperations: Sendable {
    let recorder: AnalyticsRecorder
    let ledger: SpendLedger
    let clock: @Sendable () -> Int64

    private static let grouping = OperationParameter<AnalyticsGrouping>.query(
        "by", .choice(), "By what requests are grouped; all together unless said.")
    private static let modelGrouping = OperationParameter<SpendGrouping>.query(
        "by", .choice(), "By what requests are grouped; by alias unless said.")
    private static let step = OperationParameter<AnalyticsStep>.query(
        "step", .choice(),
        "How long a stretch is; minute unless said. Minutes are kept two days, hours ninety, days three years.")
    private static let from = OperationParameter<Int64>.query(
        "from", .count, "From the stretch that holds this second since 1970; sixty stretches ago unless said.")
    private static let to = OperationParameter<Int64>.query(
        "to", .count, "Up to this second since 1970, which is not in it; now unless said. At most 1,500 stretches.")
    private static let limit = OperationParameter<Int64>.query(
        "limit", .integer(1...100),
        "So many groups at most, those with the most requests; the rest is one called `other`. 20 unless said.")
    private static let api = OperationParameter<String>.query("api", .text(0...256), "Only this API.")
    private static let consumer = OperationParameter<String>.query(
        "consumer", .text(0...256), "Only this consumer. Reasons are not told apart by consumer.")

    var all: [Operation] {
        [
            Operation(
                "getAnalytics", .get, "/analytics", of: "analytics", for: .viewer,
                "Requests, errors, bytes and times of the gateway, by minute, hour or day; up to ten seconds old.",
                parameters: [
                    Self.step.described, Self.from.described, Self.to.described, Self.grouping.described,
                    Self.limit.described, Self.api.described, Self.consumer.described,
                ], answers: Self.report
            ) { call in
                let (step, from, to) = try range(call)
                guard
                    let question = AnalyticsQuestion(
                        step: step, from: from, to: to, grouping: try call.value(Self.grouping) ?? .all,
                        limit: Int(try call.value(Self.limit) ?? 20), api: try call.value(Self.api),
                        consumer: try call.value(Self.consumer))
                else { throw Self.badRange }
                return try await recorder.report(question).json(question)
            },
            Operation(
                "getModelAnalytics", .get, "/analytics/models", of: "analytics", for: .viewer,
                "Requests, tokens and cost of models by minute, hour or day, from the ledger.",
                parameters: [
                    Self.step.described, Self.from.described, Self.to.described, Self.modelGrouping.described,
                ], answers: Self.modelReport
            ) { call in
                let (step, from, to) = try range(call)
                guard to > from, to - from <= step.seconds * AnalyticsQuestion.mostPoints else { throw Self.badRange }
                let grouping = try call.value(Self.modelGrouping) ?? .alias
                let points = try await ledger.series(
                    by: grouping, step: step.seconds, from: step.start(of: from), to: to, limit: 20_000)
                return [
                    "step": .string(ByteString(step.rawValue)), "by": .string(ByteString(grouping.rawValue)),
                    "from": .number(JSONNumber(step.start(of: from))), "to": .number(JSONNumber(to)),
                    "points": .array(points.map { .object($0.json) }),
                ]
            },
            Operation(
                "watchAnalytics", stream: "/analytics/live", of: "analytics", for: .viewer,
                "What ended in each second, as a stream of server-sent events.", events: Self.second, refusals: [503]
            ) { _ in
                guard let seconds = await recorder.listen() else {
                    throw ProblemBody(
                        .serviceUnavailable, code: "listeners-too-many", title: "Too many listen already",
                        detail: "So many listen to this stream that no more may: end one, or ask for /api/analytics.",
                        headers: [.retryAfter: "60"])
                }
                return AsyncStream { continuation in
                    let task = Task {
                        for await second in seconds { continuation.yield(ServerEvent(nil, second.json)) }
                        continuation.finish()
                    }
                    continuation.onTermination = { _ in task.cancel() }
                }
            },
        ]
    }

    private func range(_ call: OperationCall) throws -> (AnalyticsStep, from: Int64, to: Int64) {
        let step = try call.value(Self.step) ?? .minute
        let to = try call.value(Self.to) ?? clock()
        return (step, try call.value(Self.from) ?? max(0, to - 60 * step.seconds), to)
    }

    private static let badRange = ProblemBody(
        .badRequest, code: "range-invalid", title: "Not a range",
        detail: "`from` must be before `to`, and there may be at most 1,500 stretches between: choose a longer step.")

    private static let time: JSON = ["type": "integer", "description": "Seconds since 1970."]
    private static let duration: JSON = [
        "type": "integer", "description": "Microseconds; missing where there were no requests.",
    ]
    private static let count: JSON = ["type": "integer"]

    private static let line: JSON = [
        "type": "object",
        "required": [
            "time", "name", "requests", "client_errors", "server_errors", "request_bytes", "response_bytes",
        ],
        "properties": [
            "time": time, "name": ["type": "string"], "requests": count, "client_errors": count,
            "server_errors": count, "request_bytes": count, "response_bytes": count, "mean": duration, "p50": duration,
            "p90": duration, "p99": duration,
        ],
    ]

    private static let report: Shape<JSONObject> = .document(
        "Analytics",
        schema: [
            "type": "object", "required": ["step", "by", "from", "to", "groups", "points"],
            "properties": [
                "step": ["type": "string"], "by": ["type": "string"], "from": time, "to": time,
                "groups": [
                    "type": "array", "items": line,
                    "description": "Over the whole range, those with the most requests first.",
                ],
                "points": [
                    "type": "array", "items": line,
                    "description": "By stretch and group; stretches without requests have none.",
                ],
            ],
        ])

    private static let modelReport: Shape<JSONObject> = .document(
        "ModelAnalytics",
        schema: [
            "type": "object", "required": ["step", "by", "from", "to", "points"],
            "properties": [
                "step": ["type": "string"], "by": ["type": "string"], "from": time, "to": time,
                "points": [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "required": [
                            "time", "name", "requests", "input_tokens", "cached_input_tokens", "output_tokens", "cost",
                            "currency",
                        ],
                        "properties": [
                            "time": time, "name": ["type": "string"], "requests": count, "input_tokens": count,
                            "cached_input_tokens": count, "output_tokens": count,
                            "cost": ["type": "string", "description": "An exact amount, as `12.50`."],
                            "currency": ["type": "string", "description": "ISO 4217."],
                        ],
                    ],
                ],
            ],
        ])

    private static let second: Shape<JSONObject> = .document(
        "AnalyticsSecond",
        schema: [
            "type": "object",
            "required": [
                "time", "in_flight", "requests", "client_errors", "server_errors", "request_bytes", "response_bytes",
                "apis", "reasons",
            ],
            "properties": [
                "time": time, "in_flight": count, "requests": count, "client_errors": count, "server_errors": count,
                "request_bytes": count, "response_bytes": count, "mean": duration, "p50": duration, "p90": duration,
                "p99": duration,
                "apis": [
                    "type": "object", "additionalProperties": count, "description": "Requests of the busiest APIs.",
                ],
                "reasons": [
                    "type": "object", "additionalProperties": count,
                    "description": "Refusals and failures of the most frequent reasons.",
                ],
            ],
        ])
}

extension AnalyticsReport {
    fileprivate func json(_ question: AnalyticsQuestion) -> JSONObject {
        [
            "step": .string(ByteString(question.step.rawValue)), "by": .string(ByteString(question.grouping.rawValue)),
            "from": .number(JSONNumber(question.from)), "to": .number(JSONNumber(question.to)),
            "groups": .array(groups.map { .object($0.json) }), "points": .array(points.map { .object($0.json) }),
        ]
    }
}

extension AnalyticsReport.Line {
    fileprivate var json: JSONObject {
        var json: JSONObject = ["time": .number(JSONNumber(starts)), "name": .string(ByteString(name))]
        for (name, number): (ByteString, UInt64?) in [
            ("requests", requests), ("client_errors", clientErrors), ("server_errors", serverErrors),
            ("request_bytes", requestBytes), ("response_bytes", responseBytes), ("mean", mean), ("p50", p50),
            ("p90", p90), ("p99", p99),
        ] {
            if let number { json[name] = .number(JSONNumber(Int64(clamping: number))) }
        }
        return json
    }
}

extension AnalyticsSecond {
    /// The most names that one second tells.
    private static let mostNames = 20

    fileprivate var json: JSONObject {
        var apis: [String: UInt64] = [:]
        for (series, count) in tally.exchanges { apis[series.api, default: 0] &+= count.requests }
        var reasons: [String: UInt64] = [:]
        for (series, count) in tally.refusals { reasons[series.code, default: 0] &+= count }
        var json = AnalyticsReport.Line(time, all: tally).json
        json["name"] = nil
        json["in_flight"] = .number(JSONNumber(Int64(inFlight)))
        json["apis"] = Self.most(apis)
        json["reasons"] = Self.most(reasons)
        return json
    }

    private static func most(_ counts: [String: UInt64]) -> JSON {
        let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(mostNames)
        return .object(
            JSONObject(
                distinct: ranked.map {
                    JSONObject.Member(name: ByteString($0.key), value: .number(JSONNumber(Int64(clamping: $0.value))))
                }))
    }
}

extension SpendPoint {
    fileprivate var json: JSONObject {
        [
            "time": .number(JSONNumber(starts)), "name": .string(ByteString(sum.name)),
            "requests": .number(JSONNumber(sum.requests)), "input_tokens": .number(JSONNumber(sum.inputTokens)),
            "cached_input_tokens": .number(JSONNumber(sum.cachedInputTokens)),
            "output_tokens": .number(JSONNumber(sum.outputTokens)), "cost": .string(ByteString(sum.cost.text)),
            "currency": .string(ByteString(sum.cost.currency.code)),
        ]
    }
}
