public import Blueprint

/// Why a change of the configuration was refused; nothing was written then. Names of objects stand in it, never a value.
public enum ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// Somebody else changed it meanwhile: the configuration, or the object where one is named.
    case revisionConflict(expected: Int64, found: Int64, object: ObjectReference?)
    /// The objects belong to somebody else.
    case objectsOwnedByOther([OwnedObject])
    /// The objects belong to somebody from whom nothing is taken over.
    case objectsNotTakenOver([OwnedObject])
    /// There is no such object.
    case objectUnknown(ObjectReference)
    /// An object that others name was to be deleted.
    case objectInUse(ObjectReference, by: [ObjectReference])
    /// The whole would not be good; every complaint has its place.
    case blueprintRefused(DocumentComplaints)
    /// The history does not hold such a revision, or not any more.
    case revisionUnknown(Int64)

    /// An object and whose it is.
    public struct OwnedObject: Sendable, Hashable {
        /// The object.
        public let object: ObjectReference
        /// Whose it is.
        public let owner: Owner
    }

    /// The stable name.
    public var code: String {
        switch self {
        case .revisionConflict: "revision-conflict"
        case .objectsOwnedByOther, .objectsNotTakenOver: "object-owned-by-other"
        case .objectUnknown: "object-unknown"
        case .objectInUse: "object-in-use"
        case .blueprintRefused: "blueprint-refused"
        case .revisionUnknown: "revision-unknown"
        }
    }

    /// One sentence.
    public var message: String {
        switch self {
        case .revisionConflict(let expected, let found, nil):
            return "the configuration is at revision \(found), not \(expected): somebody else changed it, so look at it"
                + " again first"
        case .revisionConflict(let expected, let found, let object?):
            let object = Self.words(object)
            guard expected != 0 else {
                return "\(object) is there already, at revision \(found): choose another name, or change that one"
            }
            let wanted = "\(object) was to be at revision \(expected)"
            return "\(wanted), and \(found == 0 ? "there is none" : "it is at revision \(found)")"
        case .objectsOwnedByOther(let owned):
            return "\(Self.words(owned)): change it there, delete it there first, or take it over (signet apply"
                + " --take-over)"
        case .objectsNotTakenOver(let owned):
            return "\(Self.words(owned)), which this server reads at each start: apply that file, or start without it"
        case .objectUnknown(let object):
            return "there is no \(Self.words(object))"
        case .objectInUse(let object, let namers):
            return "\(Self.words(object)) is in use by \(Self.listed(namers, Self.words)): change them first"
        case .blueprintRefused(let complaints):
            let count = complaints.all.count
            return "the configuration would not be good: \(count == 1 ? "one complaint" : "\(count) complaints")"
        case .revisionUnknown(let revision):
            return "the history does not hold revision \(revision)"
        }
    }

    /// The sentence, then the code in brackets; complaints stand below it, one a line.
    public var description: String {
        let sentence = "\(message) [\(code)]"
        guard case .blueprintRefused(let complaints) = self else { return sentence }
        return "\(sentence)\n\(complaints)"
    }

    /// Who asks for an object may have named it in any way.
    private static func words(_ object: ObjectReference) -> String { TerminalText.printable(object.description) }

    private static func words(_ owned: [OwnedObject]) -> String {
        listed(owned) { "\(words($0.object)) belongs to \(words($0.owner))" }
    }

    private static func words(_ owner: Owner) -> String {
        switch owner {
        case .file(let name): "the file \(TerminalText.printable(name))"
        case .console: "the console"
        }
    }

    /// The first few, and how many more there are.
    private static func listed<Element>(_ elements: [Element], _ words: (Element) -> String) -> String {
        let shown = elements.prefix(10).map(words).joined(separator: ", ")
        return elements.count > 10 ? "\(shown) and \(elements.count - 10) more" : shown
    }
}
