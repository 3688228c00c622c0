import Blueprint
import Codecs
import Storage

/// A change that somebody wants: some objects become what another blueprint has, everything else stays.
struct Proposal: Sendable {
    /// What the objects become; those that are not in it are deleted.
    let part: Blueprint
    /// The objects that are meant.
    let objects: Set<ObjectReference>
    /// Whose each is afterwards.
    let owner: @Sendable (ObjectReference) -> Owner
    /// Where complaints find their places.
    let document: DocumentNode
    /// Where the change comes from.
    let source: ChangeSource

    /// What differs.
    func changes(from current: StoredConfiguration) -> [ObjectChange] {
        let (old, new) = (current.blueprint.objects, part.objects)
        return objects.sorted().compactMap { object in
            let after = new[object]
            let change = ObjectChange(
                object: object, before: old[object] ?? current.unreadable[object]?.content, after: after,
                ownerBefore: current.records[object]?.owner, ownerAfter: after == nil ? nil : owner(object))
            return change.before == after && change.ownerBefore == change.ownerAfter ? nil : change
        }
    }

    /// The whole after it, or why there is none.
    func whole(after changes: [ObjectChange], from current: StoredConfiguration) throws(ConfigurationError) -> Blueprint
    {
        let next = current.blueprint.replacing(changes.map(\.object), from: part)
        try current.requireReadable(except: objects)
        // Whoever names a deleted object and is not part of the change, was not there to be asked.
        let deleted = Set(changes.filter { $0.after == nil }.map(\.object))
        let namers = next.namers(of: deleted).mapValues { $0.filter { !objects.contains($0) } }
        if let used = namers.filter({ !$0.value.isEmpty }).min(by: { $0.key < $1.key }) {
            throw .objectInUse(used.key, by: used.value.sorted())
        }
        do throws(DocumentComplaints) {
            try next.checkWhole(in: document)
        } catch {
            throw .blueprintRefused(error)
        }
        return next
    }
}

/// What becomes of a proposal: what it changes, and what is stored after it. Nothing is written yet.
struct Decision: Sendable {
    let change: Change
    let after: StoredConfiguration
    private let source: ChangeSource

    /// Checks a proposal and lets the request approve of it.
    init(_ proposal: Proposal, on current: StoredConfiguration, for request: ChangeRequest) async throws {
        source = proposal.source
        let changes = proposal.changes(from: current)
        guard !changes.isEmpty else {
            try current.requireReadable(except: [])
            change = Change(revision: current.revision, isWritten: false, objects: [])
            after = current
            return
        }
        let whole = try proposal.whole(after: changes, from: current)
        try await request.approve(whole)
        guard !request.isDryRun else {
            change = Change(revision: current.revision, isWritten: false, objects: changes)
            after = current
            return
        }
        // The largest number there is ends in a failed insert.
        let number = current.revision &+ 1
        change = Change(revision: number, isWritten: true, objects: changes)
        var records = current.records
        for change in changes {
            records[change.object] = change.ownerAfter.map {
                ObjectRecord(owner: $0, revision: number, changedAt: request.time, changedBy: request.actor)
            }
        }
        after = StoredConfiguration(checked: whole, revision: number, records: records)
    }

    /// Writes it, unless nothing is to be written.
    func write(for request: ChangeRequest, in transaction: Transaction) throws {
        guard change.isWritten else { return }
        let changes = change.objects
        let count = { (isCounted: (ObjectChange) -> Bool) in Int64(changes.count(where: isCounted)) }
        try Revision(
            number: change.revision, time: request.time, actor: request.actor, source: source, note: request.note,
            created: count { $0.before == nil }, changed: count { $0.before != nil && $0.after != nil },
            deleted: count { $0.after == nil }
        ).insert(in: transaction)
        for changed in changes {
            try changed.insert(revision: change.revision, in: transaction)
            if let content = changed.after, let record = after.records[changed.object] {
                try ObjectRow(object: changed.object, content: content, record: record).put(in: transaction)
            } else {
                try ObjectRow.delete(changed.object, in: transaction)
            }
        }
        try request.record(transaction, change)
    }
}
