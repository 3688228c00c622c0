public import Blueprint
public import Storage

/// Who wants a change, when and why, and who else has a say in it.
public struct ChangeRequest: Sendable {
    /// Who, in words.
    public let actor: String
    /// Why, in the actor's words; empty for nothing.
    public let note: String
    /// When, in seconds since 1970.
    public let time: Int64
    /// Whether everything is done but the writing.
    public let isDryRun: Bool
    /// Whether the whole can be put in force. What it throws refuses the change. It may run again for one change, and what
    /// it approves may still fail to be written.
    let approve: @Sendable (Blueprint) async throws -> Void
    /// What is written in the same transaction, behind everything else.
    let record: @Sendable (Transaction, Change) throws -> Void

    /// A request.
    /// - Parameters:
    ///   - approve: whether the whole can be put in force; throws when it cannot. Called before the transaction, once more
    ///     when others changed something meanwhile, and not at all where nothing differs.
    ///   - record: what is written in the same transaction, such as an event of the audit log. Not called for a dry run,
    ///     and not where nothing differs.
    public init(
        actor: String, note: String = "", time: Int64, isDryRun: Bool = false,
        approve: @escaping @Sendable (Blueprint) async throws -> Void = { _ in },
        record: @escaping @Sendable (Transaction, Change) throws -> Void = { _, _ in }
    ) {
        self.actor = actor
        self.note = note
        self.time = time
        self.isDryRun = isDryRun
        self.approve = approve
        self.record = record
    }
}
