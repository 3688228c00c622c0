public import Blueprint
import Codecs
import Storage

extension BlueprintStore {
    /// Revisions, newest first.
    /// - Parameters:
    ///   - revision: only those before it; nil begins with the newest.
    ///   - limit: how many at most.
    public func history(before revision: Int64? = nil, limit: Int = 50) async throws -> [Revision] {
        try await store.read { transaction in
            try transaction.query(
                Statement(
                    "SELECT * FROM configuration_changes WHERE revision < ? ORDER BY revision DESC LIMIT ?",
                    .integer(revision ?? .max), .integer(Int64(max(0, limit))))
            ).map { try Revision($0) }
        }
    }

    /// What a revision changed.
    /// - Throws: `revision-unknown`.
    public func change(of revision: Int64) async throws -> Change {
        try await store.read { transaction in
            guard revision > 0 else { throw ConfigurationError.revisionUnknown(revision) }
            try Self.requireKnown(revision, in: transaction)
            return Change(
                revision: revision, isWritten: true, objects: try ObjectChange.all(of: revision, in: transaction))
        }
    }

    /// The configuration that was in force at a revision; 0 is before the first.
    /// - Throws: `revision-unknown`; `blueprint-refused` when it would not be good any more.
    public func blueprint(at revision: Int64) async throws -> Blueprint {
        try await store.read { [self] transaction in
            let past = try past(revision, in: transaction)
            return try Self.read(past).blueprint
        }
    }

    /// What differs between two revisions, object by object; whoever changed it in between.
    /// - Throws: `revision-unknown`.
    public func differences(from old: Int64, to new: Int64) async throws -> [ObjectChange] {
        try await store.read { [self] transaction in
            let (old, new) = (try past(old, in: transaction), try past(new, in: transaction))
            return Set(old.keys).union(new.keys).sorted().compactMap { object in
                old[object] == new[object]
                    ? nil
                    : ObjectChange(
                        object: object, before: old[object]?.content, after: new[object]?.content,
                        ownerBefore: old[object]?.owner, ownerAfter: new[object]?.owner)
            }
        }
    }

    /// Makes an older revision the current one again, objects and owners, as a revision of its own: the history goes on
    /// and is never written anew. Owners have no say in it.
    /// - Returns: what changed; nothing where it is the same already.
    /// - Throws: `revision-unknown`, `blueprint-refused` when it would not be good any more, and what the request's own
    ///   closures throw.
    public func rollback(to revision: Int64, for request: ChangeRequest) async throws -> Change {
        try await decide(request) { [self] transaction, current in
            let past = try past(revision, in: transaction)
            let (blueprint, document) = try Self.read(past)
            return Proposal(
                part: blueprint, objects: Set(past.keys).union(current.records.keys),
                owner: { past[$0]?.owner ?? .console }, document: document, source: .revision(revision))
        }
    }

    /// Forgets the oldest revisions; what is in force stays.
    /// - Parameter count: how many of the newest are kept, at least one.
    /// - Returns: how many were forgotten.
    @discardableResult
    public func prune(keeping count: Int) async throws -> Int {
        try await store.write { transaction in
            // The newest stays whatever is asked: its number is the revision in force.
            let kept = try transaction.query(
                Statement(
                    "SELECT revision FROM configuration_changes ORDER BY revision DESC LIMIT 1 OFFSET ?",
                    .integer(Int64(max(1, count)) - 1)))
            guard let oldest = try kept.first?.integer("revision") else { return 0 }
            return try transaction.execute(
                Statement("DELETE FROM configuration_changes WHERE revision < ?", .integer(oldest)))
        }
    }

    /// An object as it was.
    private struct PastObject: Equatable {
        let content: JSON
        let owner: Owner
    }

    /// Every object as it was at a revision: as it is now, with everything that changed after it taken back.
    private func past(
        _ revision: Int64, in transaction: Transaction
    ) throws -> [ObjectReference: PastObject] {
        try Self.requireKnown(revision, in: transaction)
        let current = try ObjectRow.all(in: transaction)
        var past = Dictionary(
            current.map { ($0.object, PastObject(content: $0.content, owner: $0.record.owner)) }
        ) { first, _ in first }
        for change in try ObjectChange.first(after: revision, in: transaction) {
            if let content = change.before, let owner = change.ownerBefore {
                past[change.object] = PastObject(content: content, owner: owner)
            } else {
                past[change.object] = nil
            }
        }
        return past
    }

    private static func read(
        _ past: [ObjectReference: PastObject]
    ) throws(ConfigurationError) -> (blueprint: Blueprint, document: DocumentNode) {
        let contents = past.sorted { $0.key < $1.key }.map { (object: $0.key, content: $0.value.content) }
        let document = Blueprint.document(of: contents)
        do throws(DocumentComplaints) {
            return (try Blueprint.read(document), document)
        } catch {
            throw .blueprintRefused(error)
        }
    }

    /// Whether the history reaches back to a revision. What was before the first one is known as long as that one is.
    private static func requireKnown(_ revision: Int64, in transaction: Transaction) throws {
        let newest = try Revision.current(in: transaction)
        let oldest = try Revision.oldest(in: transaction) ?? 0
        let first = oldest <= 1 ? 0 : oldest
        guard revision >= first, revision <= newest else { throw ConfigurationError.revisionUnknown(revision) }
    }
}
