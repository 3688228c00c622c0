/// What follows from a transaction once it is committed, and never when it is not. Belongs to one run of a transaction, on
/// the database's queue.
final class TransactionEffects {
    /// What the transaction changed, for the feeds.
    var topics: Set<ChangeTopic> = []
    private var hooks: [() -> Void] = []

    func add(_ hook: @escaping () -> Void) { hooks.append(hook) }

    func run() {
        for hook in hooks { hook() }
    }
}

extension Transaction {
    /// Runs a closure once this transaction is on the disk, in the order of the commits and before the writer hears of it;
    /// never when it is rolled back. Everything that a transaction does outside the database (logging, sending, counting,
    /// remembering) belongs into such a closure: the body itself may fail behind it, or run again.
    ///
    /// In a `Store.read` the closure runs once the body has returned.
    /// - Parameter hook: short; it holds up the next writer. It must not use the store.
    public func afterCommit(_ hook: @escaping () -> Void) {
        effects.add(hook)
    }
}
