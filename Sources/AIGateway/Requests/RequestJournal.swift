import Codecs
import Dialects

/// What is known of a request while it is under way, and what its caller is told of it: the one place that writes errors,
/// fields and the record.
struct RequestJournal {
    let exchange: ModelExchange
    let dialect: CallerDialect
    var record: ModelRecord
    private let clock: ModelGateway.Clock
    /// What was left out of the request for the provider that answers.
    var dropped: [Finding] = []
    /// The keys of who was asked: whatever a provider says, none goes on with it.
    private var keys: [String] = []
    /// How many bytes of the answer's words were sent.
    var spoken = 0
    /// Whether somebody was asked who has not failed: what the request then costs is owed.
    var isOwed = false

    init(
        _ exchange: ModelExchange, _ dialect: CallerDialect, _ service: ModelRecord.Service,
        _ clock: ModelGateway.Clock
    ) {
        self.exchange = exchange
        self.dialect = dialect
        self.clock = clock
        record = ModelRecord(
            trace: exchange.trace, api: exchange.api, caller: exchange.caller, service: service,
            dialect: dialect,
            start: clock.milliseconds())
    }

    /// The fields of an answer: its name, and who gave it.
    var fields: [(name: String, value: String)] {
        var fields = [(name: dialect.requestNameField, value: record.trace)]
        if let provider = record.provider { fields.append(("x-signet-provider", provider)) }
        if let model = record.providerModel { fields.append(("x-signet-model", model)) }
        if record.attempts > 0 { fields.append(("x-signet-attempts", "\(record.attempts)")) }
        if !dropped.isEmpty {
            let names = Set(dropped.map(\.feature.rawValue)).sorted()
            fields.append(("x-signet-dropped", names.joined(separator: ", ")))
        }
        return fields
    }

    /// The fields of an answer that is there as a whole: its tokens and what they cost, too.
    var wholeFields: [(name: String, value: String)] {
        var fields = fields
        if let tokens = record.usage.input { fields.append(("x-signet-input-tokens", "\(tokens)")) }
        if let tokens = record.usage.output { fields.append(("x-signet-output-tokens", "\(tokens)")) }
        if let cost = record.costText { fields.append(("x-signet-cost", cost)) }
        return fields
    }

    mutating func asks(_ deployment: CatalogueDeployment) {
        record.attempts += 1
        isOwed = true
        keys += deployment.provider.keys.filter { !keys.contains($0) }
        record.provider = deployment.provider.name
        record.providerModel = deployment.model
        exchange.told(record)
    }

    mutating func begins(_ status: Int) {
        record.status = status
        record.firstByte = max(0, clock.milliseconds() &- record.start)
        exchange.told(record)
    }

    mutating func ends(_ outcome: ModelRecord.Outcome) {
        record.outcome = outcome
        record.duration = max(0, clock.milliseconds() &- record.start)
    }

    /// Tells the caller in its own dialect what went wrong, with the trace.
    mutating func refuse(_ error: ModelError) async throws {
        let answer = dialect.encode(error: traced(error))
        let code = ModelProblem(error.kind).rawValue
        record.code = code
        record.reason = reason(of: error)
        begins(answer.status)
        ends(record.attempts > 0 ? .failed : .refused)
        try await exchange.send(
            answer.body, status: answer.status, fields: fields + [("x-signet-code", code)] + answer.fields
        )
    }

    /// Providers' words, and those on what a request says, may repeat it: the operator is told none of them.
    private func reason(of error: ModelError) -> String {
        let model = record.model.isEmpty ? "No model" : "Model \(record.model)"
        if let provider = record.provider {
            return "\(model): \(provider) was asked last, and failed or refused (attempts: \(record.attempts))."
        }
        return switch error.kind {
        case .badRequest, .contextTooLong, .tooLarge:
            "\(model): the request cannot be read, or asks for what the model does not take; its answer says what."
        default: "\(model): \(error.message.text)."
        }
    }

    /// The error with the trace behind its words: clients show the words, and seldom anything else.
    func traced(_ error: ModelError) -> ModelError {
        var error = error
        let words = error.message.text
        if keys.contains(where: { words.contains($0) }) { error.message = "the provider failed" }
        error.message = ByteString(utf8: error.message.bytes + " (trace \(record.trace))".utf8)
        return error
    }
}
