import Codecs

/// Puts the parts of an answer one after the other: providers may interleave the fragments of several calls, or send a
/// fragment before the call's name, and callers may get neither (peers C.3-3, 10).
///
/// A call is passed on as it comes while it is the open one. It ends when its arguments are a whole JSON value and
/// something else begins, or when the provider says so. What comes meanwhile for others is held, up to `limit` bytes.
struct PartSequencer: Sendable {
    /// More calls, or more held bytes, than an answer may have.
    struct TooMuch: Error {}

    /// What a held event takes beside its text.
    private static let eventOverhead = 128
    /// The most calls of one answer.
    static let maximumCalls = 256

    private struct Call: Sendable {
        var key: Int64
        var id: ByteString?
        var name: ByteString?
        var signature: ByteString?
        var held: [UInt8] = []
        var scan = ArgumentScan()
        var isOver = false
    }

    private let limit: Int
    private var heldBytes = 0
    /// The calls from the open one on; those before it are done with.
    private var waiting: [Call] = []
    private var isOpen = false
    private var heldEvents: [AnswerEvent] = []
    private var begun = 0
    /// How many calls were passed on.
    var begunCount: Int { begun }
    /// How many calls there were, whatever became of them.
    private(set) var callCount = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Text, reasoning and whatever else is no call; it waits for an open call whose arguments are not whole.
    mutating func pass(_ event: AnswerEvent, size: Int, into events: inout [AnswerEvent]) throws(TooMuch) {
        advance(&events, isFollowed: true)
        guard !waiting.isEmpty else { return events.append(event) }
        try hold(size + Self.eventOverhead)
        heldEvents.append(event)
    }

    /// A fragment of the call with this key: its head, its arguments, or both, in any order.
    mutating func call(
        key: Int64, id: ByteString?, name: ByteString?, signature: ByteString? = nil, arguments: ByteString?,
        into events: inout [AnswerEvent]
    ) throws(TooMuch) {
        let place = try self.place(of: key)
        if let id, waiting[place].id == nil { waiting[place].id = id }
        if let name, waiting[place].name == nil { waiting[place].name = name }
        if let signature, waiting[place].signature == nil { waiting[place].signature = signature }
        if let arguments, !arguments.isEmpty {
            waiting[place].scan.take(arguments.bytes)
            if place == 0, isOpen {
                events.append(.toolArgumentsDelta(number: begun - 1, arguments))
                return
            }
            try hold(arguments.count)
            waiting[place].held.append(contentsOf: arguments.bytes)
        }
        advance(&events)
    }

    /// Whether a call with this key has begun, and is not over, under another identifier.
    func isOther(key: Int64, id: ByteString) -> Bool {
        waiting.contains { $0.key == key && !$0.isOver && $0.id != nil && $0.id != id }
    }

    /// The provider says that the call with this key is over.
    mutating func callEnd(key: Int64, into events: inout [AnswerEvent]) {
        guard let place = waiting.firstIndex(where: { $0.key == key && !$0.isOver }) else { return }
        waiting[place].isOver = true
        advance(&events)
    }

    /// The answer is over: everything that waits goes out, whole or not.
    mutating func finish(into events: inout [AnswerEvent]) {
        advance(&events, force: true)
    }

    private mutating func place(of key: Int64) throws(TooMuch) -> Int {
        if let place = waiting.firstIndex(where: { $0.key == key && !$0.isOver }) { return place }
        guard callCount < Self.maximumCalls else { throw TooMuch() }
        callCount += 1
        waiting.append(Call(key: key))
        return waiting.count - 1
    }

    private mutating func hold(_ count: Int) throws(TooMuch) {
        heldBytes += count
        guard heldBytes <= limit else { throw TooMuch() }
    }

    /// Begins and ends calls as far as may be.
    private mutating func advance(_ events: inout [AnswerEvent], isFollowed: Bool = false, force: Bool = false) {
        while let call = waiting.first {
            if !isOpen {
                guard let id = call.id ?? (force || call.isOver ? Self.inventedID(begun) : nil), let name = call.name
                else {
                    guard force || call.isOver else { return }
                    // A call without a name is none.
                    waiting.removeFirst()
                    continue
                }
                events.append(.toolCallBegin(number: begun, id: id, name: name, signature: call.signature))
                begun += 1
                isOpen = true
                if !call.held.isEmpty {
                    events.append(.toolArgumentsDelta(number: begun - 1, ByteString(utf8: call.held)))
                    heldBytes -= call.held.count
                    waiting[0].held = []
                }
            }
            // The last one stays open as long as more may come for it.
            guard force || call.isOver || ((isFollowed || waiting.count > 1) && call.scan.isWhole) else { break }
            events.append(.toolCallEnd(number: begun - 1))
            waiting.removeFirst()
            isOpen = false
        }
        guard waiting.isEmpty, !heldEvents.isEmpty else { return }
        events.append(contentsOf: heldEvents)
        heldEvents = []
        heldBytes = 0
    }

    /// Some providers give calls no identifiers; the caller needs one to answer with.
    private static func inventedID(_ number: Int) -> ByteString { ByteString("call_\(number)") }
}

/// Whether JSON text that comes in pieces is a whole object.
struct ArgumentScan: Sendable {
    private var depth = 0
    private var inString = false
    private var escaped = false
    /// Nothing at all is not whole: the arguments may still come.
    private(set) var isWhole = false

    mutating func take(_ bytes: [UInt8]) {
        for byte in bytes {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { isWhole = true }
            default: break
            }
        }
    }
}
