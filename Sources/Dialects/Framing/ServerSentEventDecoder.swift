/// Takes a stream of server-sent events apart (WHATWG HTML §9.2.6), in pieces cut anywhere.
///
/// Lines end with LF, CR or CRLF; comments, `id` and `retry` are passed over; several `data` lines are joined by LF; an
/// event that no empty line follows counts when the stream ends. What an event may hold is bounded by `limit` bytes.
struct ServerSentEventDecoder: Sendable {
    /// One event: its name (empty for none) and its data.
    struct Event: Equatable, Sendable {
        var name: [UInt8] = []
        var data: [UInt8] = []
    }

    /// An event or a line is larger than the limit.
    struct TooLarge: Error {}

    private let limit: Int
    /// A line that has not ended yet.
    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false
    private var sawCarriageReturn = false
    private var atStart = true

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes bytes; each event that they complete goes to `deliver`.
    mutating func consume(_ bytes: ArraySlice<UInt8>, _ deliver: (Event) -> Void) throws(TooLarge) {
        var start = bytes.startIndex
        let end = bytes.endIndex
        if sawCarriageReturn, start < end {
            if bytes[start] == 0x0A { start += 1 }
            sawCarriageReturn = false
        }
        while start < end {
            guard let lineEnd = Self.lineEnd(in: bytes, from: start) else {
                guard line.count + (end - start) <= limit else { throw TooLarge() }
                line.append(contentsOf: bytes[start..<end])
                return
            }
            if line.isEmpty {
                try take(bytes[start..<lineEnd], deliver)
            } else {
                guard line.count + (lineEnd - start) <= limit else { throw TooLarge() }
                line.append(contentsOf: bytes[start..<lineEnd])
                let whole = line
                line.removeAll(keepingCapacity: true)
                try take(whole[...], deliver)
            }
            start = lineEnd + 1
            if bytes[lineEnd] == 0x0D {
                if start == end {
                    sawCarriageReturn = true
                } else if bytes[start] == 0x0A {
                    start += 1
                }
            }
        }
    }

    /// The stream is over: a last line and a last event count.
    mutating func finish(_ deliver: (Event) -> Void) throws(TooLarge) {
        if !line.isEmpty {
            let whole = line
            line = []
            try take(whole[...], deliver)
        }
        dispatch(deliver)
    }

    private static func lineEnd(in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            var place = start - bytes.startIndex
            while place < buffer.count {
                if buffer[place] == 0x0A || buffer[place] == 0x0D { return place + bytes.startIndex }
                place += 1
            }
            return nil
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>, _ deliver: (Event) -> Void) throws(TooLarge) {
        var line = line
        if atStart {
            atStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        guard !line.isEmpty else { return dispatch(deliver) }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        let field = line[..<colon]
        var value = line[min(colon + 1, line.endIndex)...]
        if value.first == 0x20 { value = value.dropFirst() }
        if field.elementsEqual("data".utf8) {
            guard event.data.count + value.count < limit else { throw TooLarge() }
            if hasData { event.data.append(0x0A) }
            event.data.append(contentsOf: value)
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            event.name = Array(value.prefix(128))
        }
    }

    private mutating func dispatch(_ deliver: (Event) -> Void) {
        if hasData { deliver(event) }
        event = Event()
        hasData = false
    }
}
