import Blueprint

/// Which page of a list is asked for.
public struct PageRequest: Sendable {
    /// The most that a page holds, and what it holds unless asked.
    static let most: Int64 = 1_000
    static let usual: Int64 = 100

    private static let after = OperationParameter<String>.query(
        "after", .text(1...256), "Begins behind this one: `next` of the page before.")
    private static let limit = OperationParameter<Int64>.query(
        "limit", .integer(1...most), "So many at most; \(usual) unless said.")

    static let parameters = [after.described, limit.described]

    /// What stands before the page; nil for the first.
    public let after: String?
    /// The most that the page may hold, from 1 to 1,000.
    public let limit: Int

    init(after: String?, limit: Int) {
        self.after = after
        self.limit = limit
    }

    init(_ call: OperationCall) throws(ProblemBody) {
        after = try call.value(Self.after)
        limit = Int(try call.value(Self.limit) ?? Self.usual)
    }

    /// `after` as a number.
    /// - Throws: 400 where it is none.
    public func number() throws(ProblemBody) -> Int64? {
        guard let after else { return nil }
        guard let number = Int64(after), number >= 0 else { throw .badParameter("after", "it must be a whole number") }
        return number
    }

    /// The page of a list that is at hand.
    /// - Parameter id: what a page goes on behind; unique in the list.
    public func page<Item>(of list: some Sequence<Item>, id: (Item) -> String) -> Page<Item> {
        var rest = Array(list)[...]
        if let after { rest = rest.drop { id($0) != after }.dropFirst() }
        return Page(items: Array(rest.prefix(limit)), next: rest.count > limit ? rest.prefix(limit).last.map(id) : nil)
    }

    /// The page that was asked of a store with one more than the limit.
    public func page<Item>(ofOneMore items: [Item], id: (Item) -> String) -> Page<Item> {
        let kept = Array(items.prefix(limit))
        return Page(items: kept, next: items.count > limit ? kept.last.map(id) : nil)
    }
}

/// A page of a list.
public struct Page<Item: Sendable>: Sendable {
    /// What is on it.
    public let items: [Item]
    /// `after` of the next page; nil on the last.
    public let next: String?

    /// A page.
    public init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}
