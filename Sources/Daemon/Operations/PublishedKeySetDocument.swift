import Blueprint
import Codecs
import Gateway

/// How a key set stands that an issuer publishes.
struct PublishedKeySetDocument: Described {
    var id = ""
    var address = ""
    var isDiscovered = false
    var serves = false
    var keys: [String] = []
    var passedOver: [String] = []
    var age: Int64?
    var failures: Int64 = 0
    var lastFailure: String?

    init() {}

    init(_ standing: KeySetStanding) {
        id = standing.id
        address = standing.address
        isDiscovered = standing.isDiscovered
        serves = standing.keys != nil
        keys = (standing.keys ?? []).map { $0.id.isEmpty ? $0.algorithm : "\($0.id) (\($0.algorithm))" }
        passedOver = standing.passedOver
        age = standing.age
        failures = Int64(standing.failures)
        lastFailure = standing.lastFailure
    }

    static let schema = Schema<PublishedKeySetDocument>(
        "a published key set", "How a key set stands that an issuer publishes."
    ) {
        Field("id", \.id, .text(), example: "https://id.example discovery", isRequired: true, "Tells it from others.")
        Field(
            "address", \.address, .text(), example: "https://id.example", isRequired: true,
            "Where it is: its own address, or the issuer's, whose metadata names it.")
        Field(
            "discovered", \.isDiscovered, .flag, example: "true", isRequired: true,
            "Whether the address is the issuer's.")
        Field(
            "serves", \.serves, .flag, example: "true", isRequired: true,
            "Whether tokens are verified with it now. Without it, they are refused.")
        Field(
            "keys", \.keys, .list(of: .text(), 0...10_000), example: "[\"k1 (ES256)\"]", isRequired: true,
            "Its keys by name (`kid`), with the algorithm of each.")
        Field(
            "passed_over", \.passedOver, .list(of: .text(), 0...10_000), example: "[]", isRequired: true,
            "Why keys of the set are not used.")
        Field("age", optional: \.age, .count, example: "120", "How many seconds ago it came; missing before the first.")
        Field(
            "failures", \.failures, .count, example: "0", isRequired: true,
            "Fetches that gave no good set since the last that did.")
        Field(
            "last_failure", optional: \.lastFailure, .text(0...1_024),
            example: "it cannot be reached: connection refused", "Why the last fetch gave none.")
    }
}
