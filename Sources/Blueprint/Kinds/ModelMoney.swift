import Codecs

/// What a provider's model costs from a day on.
public struct ModelPrice: Described {
    /// Whose model it is.
    public var provider = ""
    /// What the provider calls it.
    public var model = ""
    /// From which day on, in UTC; nil is always.
    public var from: String?
    /// For a million tokens of the request.
    public var input = "0"
    /// For a million tokens of the request that the provider had kept; nil is as `input`.
    public var cachedInput: String?
    /// For a million tokens of the answer.
    public var output = "0"
    /// In which money (ISO 4217).
    public var currency = "USD"

    /// Nothing.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<ModelPrice>(
        "a price", "What a provider's model costs from a day on, for each million of tokens."
    ) {
        Field("provider", \.provider, .reference(to: .provider), example: "openai", isRequired: true, "Whose it is.")
        Field(
            "model", \.model, .text(1...256), example: "gpt-5-mini", isRequired: true, "What the provider calls it.")
        Field(
            "from", optional: \.from, .date, example: "2026-06-01",
            "From which day on, in UTC, until a later price. Without it, always.")
        Field("input", \.input, .amount, example: "0.25", "For a million tokens of the request.")
        Field(
            "cached-input", optional: \.cachedInput, .amount, example: "0.025",
            "For a million tokens of the request that the provider had kept. Without it, as input.")
        Field("output", \.output, .amount, example: "2.00", "For a million tokens of the answer.")
        Field("currency", \.currency, .currency, example: "EUR", "In which money (ISO 4217).")
    }
}

/// How much may be spent on models, and by whom.
public struct ModelBudget: Described {
    /// The time after which it begins anew, in UTC.
    public enum Period: String, Sendable, CaseIterable {
        /// A calendar day.
        case day
        /// A calendar month.
        case month
    }

    /// The most.
    public var amount = "0"
    /// In which money (ISO 4217).
    public var currency = "USD"
    /// When it begins anew.
    public var period = Period.month
    /// Who each has one.
    public var per = "everybody"
    /// For which models; empty is all.
    public var models: [String] = []

    /// Nothing may be spent.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<ModelBudget>(
        "a budget", "How much may be spent on models, and by whom.", short: "amount"
    ) {
        Field("amount", \.amount, .amount, example: "25.00", isRequired: true, "The most.")
        Field("currency", \.currency, .currency, example: "EUR", "In which money (ISO 4217).")
        Field("period", \.period, .choice(), example: "day", "When it begins anew, in UTC.")
        Field(
            "per", \.per,
            .text("everybody, consumer, subject, client, or claim:NAME", example: "claim:team") { text in
                ["everybody", "consumer", "subject", "client"].contains(text)
                    || text.hasPrefix("claim:") && (7...256).contains(text.utf8.count)
            }, example: "consumer",
            "Who each has one of it: everybody together, each consumer, subject or client, or each value of a token's claim."
        )
        Field(
            "models", \.models, .list(of: .reference(to: .model)), example: "[fast]",
            "For which models. Without it, for all.")
    }
}

/// Which models an API answers by.
public enum ModelOffer: Sendable, Equatable {
    /// All that there are, and will be.
    case all
    /// These.
    case some([String])

    /// The names, where it has some.
    var names: [String] { if case .some(let names) = self { names } else { [] } }
}

extension FieldType where Value == ModelOffer {
    /// `true`, or names of models.
    static var modelOffer: Self {
        let names = FieldType<[String]>.list(of: .reference(to: .model))
        return FieldType(
            read: { node, complaints in
                node.literal == "true" ? .all : names.read(node, &complaints).map { .some($0) }
            },
            write: { offer in
                switch offer {
                case .all: true
                case .some(let some): names.write(some)
                }
            }, schema: ["oneOf": [["const": true], .object(names.schema)]], words: "true, or a list of names of models")
    }
}

extension FieldType where Value == String {
    /// A sum of money in decimal digits, with nine behind the point at the most.
    static var amount: Self {
        .text("a sum", example: "12.50") { text in
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard let whole = parts.first, (1...9).contains(whole.utf8.count), parts.count <= 2,
                parts.count == 1 || (1...9).contains(parts[1].utf8.count)
            else { return false }
            return parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        }
    }

    /// Three capitals.
    static var currency: Self {
        .text("a currency", example: "USD") { $0.utf8.count == 3 && $0.utf8.allSatisfy { (0x41...0x5A).contains($0) } }
    }
}
