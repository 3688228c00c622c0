import Codecs
import Dialects

/// One request for a model, from its bytes to the last byte of its answer.
protocol ModelRequest {
    var gateway: ModelGateway { get }
    var journal: RequestJournal { get set }
    /// What was set aside for it; nil before, and once it is settled.
    var spending: Spending? { get set }

    /// Answers it.
    /// - Throws: `ModelError` that the caller is to be told, while nothing was sent; what the exchange throws.
    mutating func run() async throws
}

extension ModelRequest {
    /// Answers it, or tells the caller why not; and writes down what became of it.
    mutating func answer() async throws {
        defer { gateway.tell(journal.record) }
        do {
            try await run()
            await settle()
        } catch let error as ModelError {
            // Nobody answered.
            spending?.release()
            try await journal.refuse(error)
        } catch {
            journal.ends(.clientGone)
            await settle()
            throw error
        }
    }

    /// Sets aside what the request may cost.
    mutating func reserve(
        _ model: CatalogueModel, in catalogue: ModelCatalogue, bytes: Int, output: Int64
    ) async throws(ModelError) {
        spending = try await Spending.reserve(
            model, in: catalogue, for: journal.exchange, bytes: bytes, output: output,
            ledger: gateway.ledger,
            now: gateway.clock.seconds())
    }

    /// Notes what was used, once.
    mutating func settle() async {
        guard let spending else { return }
        self.spending = nil
        guard journal.isOwed else { return spending.release() }
        price(spending)
        await spending.settle(journal.record, spoken: journal.spoken)
    }

    /// Says in the record what was used costs.
    mutating func price(_ spending: Spending?) {
        guard let cost = spending?.cost(of: journal.record, spoken: journal.spoken) else { return }
        journal.record.cost = cost.nanos
        journal.record.currency = cost.currency.code
    }
}
