/// Where a document comes from that is to be applied.
enum ConfigurationSource: Sendable {
    /// A file of this machine.
    case file(ConfigurationFile)
    /// A document that was sent.
    case sent(SentDocument)

    /// Under which name its objects are its own.
    var owner: String {
        switch self {
        case .file(let file): file.owner
        case .sent(let document): document.name
        }
    }

    /// The document, read and checked by itself.
    func read() throws -> ConfigurationFile.Document {
        switch self {
        case .file(let file): try file.read()
        case .sent(let document):
            // Names of files in it are names of this machine: the sender's folder is elsewhere.
            try ConfigurationFile.Document(document.text, named: document.name, filesFrom: nil)
        }
    }
}

/// A document that was sent, and the name of the file that it was.
struct SentDocument: Sendable {
    let text: String
    let name: String
}
