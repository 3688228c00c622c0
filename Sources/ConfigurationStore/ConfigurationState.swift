public import Blueprint
import Codecs
import Storage

/// The configuration in force, whole.
public struct ConfigurationState: Sendable {
    /// Everything that is configured, read and checked.
    public let blueprint: Blueprint
    /// The revision; 0 before the first change.
    public let revision: Int64
    /// What is known of each object, by object.
    public let records: [ObjectReference: ObjectRecord]
}

/// What is known of an object besides its content.
public struct ObjectRecord: Sendable, Equatable {
    /// Whose it is.
    public let owner: Owner
    /// The revision that changed it last: its entity tag.
    public let revision: Int64
    /// When, in seconds since 1970.
    public let changedAt: Int64
    /// Who, in words.
    public let changedBy: String
}

/// What the database holds: a configuration, and perhaps objects that an earlier version of the program took and this one
/// does not read. They stop whoever wants the whole, and nobody who puts others in their place.
struct StoredConfiguration: Sendable {
    /// An object that is not read.
    struct Unreadable: Sendable {
        let content: JSON
        let complaints: DocumentComplaints
    }

    /// What is read of it.
    let blueprint: Blueprint
    let revision: Int64
    let records: [ObjectReference: ObjectRecord]
    let unreadable: [ObjectReference: Unreadable]
    /// What is wrong with the whole of what is read.
    private let complaints: DocumentComplaints

    /// What was checked and written.
    init(checked blueprint: Blueprint, revision: Int64, records: [ObjectReference: ObjectRecord]) {
        self.blueprint = blueprint
        self.revision = revision
        self.records = records
        unreadable = [:]
        complaints = DocumentComplaints()
    }

    /// As it stands in the database.
    init(revision: Int64, in transaction: Transaction) throws(StoreError) {
        let rows = try ObjectRow.all(in: transaction)
        let contents = rows.map { (object: $0.object, content: $0.content) }
        self.revision = revision
        records = Dictionary(rows.map { ($0.object, $0.record) }) { first, _ in first }
        if let blueprint = try? Blueprint.readPart(Blueprint.document(of: contents)) {
            (self.blueprint, unreadable) = (blueprint, [:])
        } else {
            (blueprint, unreadable) = Self.readEach(contents)
        }
        do throws(DocumentComplaints) {
            try blueprint.checkWhole(in: Blueprint.document(of: []))
            complaints = DocumentComplaints()
        } catch {
            complaints = error
        }
    }

    /// Reads object by object, and keeps those apart that are not read.
    private static func readEach(
        _ contents: [(object: ObjectReference, content: JSON)]
    ) -> (Blueprint, [ObjectReference: Unreadable]) {
        var blueprint = Blueprint()
        var unreadable: [ObjectReference: Unreadable] = [:]
        var good: [(object: ObjectReference, content: JSON)] = []
        for (object, content) in contents {
            do throws(DocumentComplaints) {
                _ = try Blueprint.readPart(Blueprint.document(of: [(object, content)]))
                good.append((object, content))
            } catch {
                unreadable[object] = Unreadable(content: content, complaints: error)
            }
        }
        if let read = try? Blueprint.readPart(Blueprint.document(of: good)) { blueprint = read }
        return (blueprint, unreadable)
    }

    /// The whole, checked.
    func checked() throws(ConfigurationError) -> ConfigurationState {
        try requireReadable(except: [])
        guard complaints.isEmpty else { throw .blueprintRefused(complaints) }
        return ConfigurationState(blueprint: blueprint, revision: revision, records: records)
    }

    /// Throws what is wrong with objects that are not read, but for some.
    func requireReadable(except replaced: Set<ObjectReference>) throws(ConfigurationError) {
        var complaints = DocumentComplaints()
        for (object, found) in unreadable.sorted(by: { $0.key < $1.key }) where !replaced.contains(object) {
            for complaint in found.complaints.all { complaints.add(complaint.place, complaint.message) }
        }
        guard complaints.isEmpty else { throw .blueprintRefused(complaints) }
    }
}
