public import Blueprint
public import Codecs
public import Storage
import Synchronization

/// The configuration in the database: every object with its owner and its revision, and the history of all changes.
///
/// A change reads what is in force, computes the whole, checks it and lets the caller approve of it, which may take its
/// time and keeps no other writer waiting. Objects and history are then written in one transaction, if what is in force is
/// still what was checked against; otherwise all of it is done again. When it throws, nothing changed; when it returns, the
/// change is on the disk.
public final class BlueprintStore: Sendable {
    let store: Store
    /// What was stored when it was last read or written. Whether it still is, its revision tells.
    private let known = Mutex<StoredConfiguration?>(nil)

    /// Brings the tables forward and uses them.
    public init(store: Store) async throws {
        try await Self.prepare(store)
        self.store = store
    }

    /// Brings the tables forward, for whoever works on them without a configuration.
    public static func prepare(_ store: Store) async throws {
        try await store.migrate(feature: "configuration", ConfigurationSchema.migrations)
    }

    /// What is in force.
    /// - Throws: `blueprint-refused` when what an earlier version of the program stored is not good any more.
    public func current() async throws -> ConfigurationState {
        let found = try await store.read { [self] in try stored(in: $0) }
        remember(found)
        return try found.checked()
    }

    /// Makes a file's objects exactly what a document lists: what it lists is put in or changed, what the file had and
    /// lists no more is deleted, everything else stays.
    /// - Parameters:
    ///   - document: the document, read by `Blueprint.readPart` or `Blueprint.read`.
    ///   - places: what it was read from, so that complaints have lines; without it they have pointers.
    ///   - file: the file's name.
    ///   - takeOver: whether listed objects that are others' become this file's.
    ///   - revision: the revision that must be in force; nil is any.
    /// - Returns: what changed; what would change, for a dry run. Where nothing differs there is no revision.
    /// - Throws: `revision-conflict`, `object-owned-by-other`, `object-in-use`, `blueprint-refused`, and what the request's
    ///   own closures throw.
    public func apply(
        _ document: Blueprint, places: DocumentNode? = nil, file: String, takeOver: TakeOver = .refused,
        expecting revision: Int64? = nil, for request: ChangeRequest
    ) async throws -> Change {
        let owner = Owner.file(file)
        return try await decide(request) { _, current in
            if let revision, revision != current.revision {
                throw ConfigurationError.revisionConflict(expected: revision, found: current.revision, object: nil)
            }
            let listed = document.objects.all
            try Self.requireOwned(listed, by: owner, current, or: takeOver)
            let owned = current.records.filter { $0.value.owner == owner }.keys
            return Proposal(
                part: document, objects: Set(listed).union(owned), owner: { _ in owner },
                document: places ?? Blueprint.document(of: []), source: .owner(owner))
        }
    }

    /// How the objects that a document lists must be for it to be put.
    public enum ListedState: Sendable, Hashable {
        case any
        /// None of them is there.
        case absent
        /// All of them are there, and none changed after a revision; at least 1.
        case unchanged(since: Int64)
    }

    /// Puts every object that a document lists, all of them or none; the others stay.
    /// - Parameters:
    ///   - document: the document, read by `Blueprint.readPart`.
    ///   - places: what it was read from, so that complaints have places in it.
    ///   - owner: who puts them.
    ///   - takeOver: whether those that are others' become this owner's.
    ///   - state: how they must be now.
    /// - Returns: what changed, as one revision; nothing where they are the same already.
    /// - Throws: `object-owned-by-other`, `revision-conflict`, `blueprint-refused`, and what the request's own closures
    ///   throw.
    public func put(
        _ document: Blueprint, places: DocumentNode, owner: Owner, takeOver: TakeOver = .refused,
        when state: ListedState = .any,
        for request: ChangeRequest
    ) async throws -> Change {
        try await decide(request) { _, current in
            let listed = document.objects.all
            try Self.require(state, of: listed, current)
            try Self.requireOwned(listed, by: owner, current, or: takeOver)
            return Proposal(
                part: document, objects: Set(listed), owner: { _ in owner }, document: places, source: .owner(owner))
        }
    }

    /// Puts one object: makes it, or replaces it whole.
    /// - Parameters:
    ///   - object: which one.
    ///   - content: what it becomes, in any form that a document may have.
    ///   - owner: who puts it.
    ///   - revision: the revision that the object must have; 0 where there must be none; nil is any.
    /// - Returns: what changed; nothing where the object is the same already.
    /// - Throws: `object-owned-by-other`, `revision-conflict`, `blueprint-refused`, and what the request's own closures
    ///   throw.
    public func put(
        _ object: ObjectReference, _ content: JSON, owner: Owner, ifMatch revision: Int64? = nil,
        for request: ChangeRequest
    ) async throws -> Change {
        let document = Blueprint.document(of: [(object, content)])
        let part: Blueprint
        do throws(DocumentComplaints) {
            part = try Blueprint.readPart(document)
        } catch {
            throw ConfigurationError.blueprintRefused(error)
        }
        return try await decide(request) { _, current in
            try Self.admit(object, owner, ifMatch: revision, current)
            return Proposal(
                part: part, objects: [object], owner: { _ in owner }, document: document, source: .owner(owner))
        }
    }

    /// Deletes one object.
    /// - Parameters:
    ///   - object: which one.
    ///   - owner: who deletes it.
    ///   - revision: the revision that the object must have; nil is any.
    /// - Throws: `object-unknown`, `object-owned-by-other`, `revision-conflict`, `object-in-use`, and what the request's own
    ///   closures throw.
    public func delete(
        _ object: ObjectReference, owner: Owner, ifMatch revision: Int64? = nil, for request: ChangeRequest
    ) async throws -> Change {
        try await decide(request) { _, current in
            guard current.records[object] != nil else { throw ConfigurationError.objectUnknown(object) }
            try Self.admit(object, owner, ifMatch: revision, current)
            return Proposal(
                part: Blueprint(), objects: [object], owner: { _ in owner }, document: Blueprint.document(of: []),
                source: .owner(owner))
        }
    }

    /// Whether somebody may change an object that they have seen at a revision.
    private static func admit(
        _ object: ObjectReference, _ owner: Owner, ifMatch revision: Int64?, _ current: StoredConfiguration
    ) throws(ConfigurationError) {
        try requireOwned([object], by: owner, current)
        let found = current.records[object]?.revision ?? 0
        if let revision, revision != found {
            throw .revisionConflict(expected: revision, found: found, object: object)
        }
    }

    /// Throws the first of the objects that is otherwise.
    private static func require(
        _ state: ListedState, of objects: [ObjectReference], _ current: StoredConfiguration
    ) throws(ConfigurationError) {
        for object in objects {
            let found = current.records[object]?.revision ?? 0
            switch state {
            case .any: return
            case .absent where found == 0: continue
            case .unchanged(let revision) where found > 0 && found <= revision: continue
            case .absent: throw .revisionConflict(expected: 0, found: found, object: object)
            case .unchanged(let revision):
                throw .revisionConflict(expected: revision, found: found, object: object)
            }
        }
    }

    /// Throws every one of the objects that is another's and is not taken over.
    private static func requireOwned(
        _ objects: [ObjectReference], by owner: Owner, _ current: StoredConfiguration,
        or takeOver: TakeOver = .refused
    ) throws(ConfigurationError) {
        let others = objects.compactMap { object -> ConfigurationError.OwnedObject? in
            guard let record = current.records[object], record.owner != owner, !takeOver.admits(record.owner) else {
                return nil
            }
            return ConfigurationError.OwnedObject(object: object, owner: record.owner)
        }
        guard others.isEmpty else {
            throw takeOver == .refused ? .objectsOwnedByOther(others) : .objectsNotTakenOver(others)
        }
    }

    /// How often a change is tried because others were faster: each time one of them was written.
    static let mostAttempts = 64

    /// Decides on a proposal, and writes it unless it is a dry run.
    func decide(
        _ request: ChangeRequest,
        _ propose: @escaping @Sendable (Transaction, StoredConfiguration) throws -> Proposal
    ) async throws -> Change {
        var conflict = (expected: Int64(0), found: Int64(0))
        for _ in 0..<Self.mostAttempts {
            let (current, proposal) = try await store.read { [self] transaction in
                let current = try stored(in: transaction)
                return (current, try propose(transaction, current))
            }
            let decision = try await Decision(proposal, on: current, for: request)
            guard decision.change.isWritten else {
                remember(current)
                return decision.change
            }
            let found = try await store.write { transaction in
                let found = try Revision.current(in: transaction)
                if found == current.revision { try decision.write(for: request, in: transaction) }
                return found
            }
            guard found != current.revision else {
                // Only now is it sure to be on the disk.
                remember(decision.after)
                return decision.change
            }
            conflict = (current.revision, found)
        }
        throw ConfigurationError.revisionConflict(expected: conflict.expected, found: conflict.found, object: nil)
    }

    /// What is stored, as the transaction sees it: from memory while the revision is the same.
    func stored(in transaction: Transaction) throws(StoreError) -> StoredConfiguration {
        let revision = try Revision.current(in: transaction)
        if let known = known.withLock({ $0 }), known.revision == revision { return known }
        return try StoredConfiguration(revision: revision, in: transaction)
    }

    private func remember(_ stored: StoredConfiguration) {
        known.withLock { known in
            // A slow reader does not put an older one in the place of a newer one.
            if known.map({ $0.revision < stored.revision }) ?? true { known = stored }
        }
    }
}
