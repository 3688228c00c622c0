import Blueprint
import Codecs

/// The models that a provider lists.
enum ModelList {
    /// The most that are told.
    private static let most = 1_000
    /// The longest name, in bytes: as long as a deployment's may be.
    private static let longest = 256

    /// The names in a list, as a deployment writes them; nil when it is no list.
    static func read(_ body: [UInt8], _ kind: Provider.Kind) -> [String]? {
        guard let answer = try? JSONReader.read(body), let elements = elements(of: answer, kind) else { return nil }
        let names = elements.prefix(most).compactMap { element -> String? in
            guard let object = element.object,
                let name = (kind.listsByName ? object["name"] ?? object["model"] : object["id"])?.string,
                let text = String(validating: name.bytes, as: UTF8.self)
            else { return nil }
            let plain = kind == .gemini && text.hasPrefix("models/") ? String(text.dropFirst(7)) : text
            let isName = (1...longest).contains(plain.utf8.count) && plain.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
            return isName ? plain : nil
        }
        // Something with elements of another form is another list.
        return names.isEmpty && !elements.isEmpty ? nil : names
    }

    private static func elements(of answer: JSON, _ kind: Provider.Kind) -> [JSON]? {
        // Some who speak as OpenAI does answer with the list itself.
        if case .array(let elements) = answer, kind == .openAI { return elements }
        guard case .array(let elements)? = answer.object?[kind.listsByName ? "models" : "data"] else { return nil }
        return elements
    }
}

extension Provider.Kind {
    /// Whether its list has `models` with a `name` (Ollama's also a `model`), where others have `data` with an `id`.
    fileprivate var listsByName: Bool {
        switch self {
        case .gemini, .ollama: true
        case .openAI, .anthropic, .mistral, .demo: false
        }
    }
}
