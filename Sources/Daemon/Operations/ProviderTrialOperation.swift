import AIGateway
import Blueprint
import ConfigurationStore
import ControlPlane
import HTTPTypes

/// Asks a provider in force for its models, to see whether it can be used.
struct ProviderTrialOperation: Sendable {
    let models: ModelGateway

    private static let name = OperationParameter<String>.path(
        "name", .text("a name", example: "openai", judge: ObjectName.isName), "The provider's name.")

    var operation: Operation {
        Operation(
            "testProvider", .post, "/providers/{name}/test", of: "providers", for: .publisher,
            "Asks a provider for its models, with its first key, and says what to do where that fails.",
            parameters: [Self.name.described], takes: .fields("ProviderTest"), answers: .fields("ProviderTestAnswer"),
            refusals: [404]
        ) { (call: OperationCall, wanted: ProviderTestDocument) in
            let name = try call.required(Self.name)
            guard let trial = try await models.trial(of: name, model: wanted.model) else {
                throw ConfigurationError.objectUnknown(ObjectReference(.provider, name))
            }
            return ProviderTestAnswer(trial)
        }.translating(ConfigurationProblem.translate)
    }
}

/// What of a provider is to be tested.
struct ProviderTestDocument: Described {
    var model: String?

    static let schema = Schema<ProviderTestDocument>("a test", "What of a provider is to be tested.") {
        Field(
            "model", optional: \.model, .text(1...256), example: "gpt-5-mini", "A model that it must have.")
    }
}

/// What came of a provider's test.
struct ProviderTestAnswer: Described {
    var isGood = false
    var status: Int64?
    var milliseconds: Int64 = 0
    var models: [String] = []
    var detail = ""

    init() {}

    init(_ trial: ProviderTrial) {
        isGood = trial.isGood
        status = trial.status.map { Int64($0) }
        milliseconds = trial.milliseconds
        models = trial.models
        detail = trial.detail
    }

    static let schema = Schema<ProviderTestAnswer>("a test's answer", "What came of a provider's test.") {
        Field("ok", \.isGood, .flag, example: "true", isRequired: true, "Whether it can be used as it is configured.")
        Field(
            "status", optional: \.status, .integer(100...999), example: "200",
            "The status of the provider's answer, where there was one.")
        Field("milliseconds", \.milliseconds, .count, example: "120", isRequired: true, "How long it took.")
        Field(
            "models", \.models, .list(of: .text(1...256), 0...1_000), example: "[gpt-5-mini]", isRequired: true,
            "The models that it lists.")
        Field(
            "detail", \.detail, .text(1...4_096), example: "The provider answers, and lists one model.",
            isRequired: true, "One sentence that says what to do.")
    }
}
