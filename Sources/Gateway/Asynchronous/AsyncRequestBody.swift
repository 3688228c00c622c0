public import NIOCore

/// The body of a request as it arrives, in pieces and without framing. Read once: a second reader goes on where the first
/// one stopped.
///
/// Nothing is read ahead but what the connection reads in one go; while nobody asks for a piece, the client is not read
/// from.
public struct AsyncRequestBody: AsyncSequence, Sendable {
    /// A piece, never empty.
    public typealias Element = ByteBuffer

    let delivery: DeliveryReference

    /// Reads from where the reading stands.
    public func makeAsyncIterator() -> Iterator { Iterator(delivery: delivery) }

    /// Reads piece by piece.
    public struct Iterator: AsyncIteratorProtocol {
        let delivery: DeliveryReference

        /// The next piece; nil at the end.
        /// - Throws: `AsyncExchangeError.over` when the client is gone, `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> ByteBuffer? {
            let wait = SingleWait<ByteBuffer?>()
            delivery.run { $0.read(wait) }
            return try await wait.value()
        }
    }
}
