import HTTPWire

/// How the tests of this target feed the scanners.
enum Wire {
    static func scanRequest(_ text: String, limits: WireLimits = WireLimits()) throws(WireDefect) -> RequestHead? {
        try scanRequest([UInt8](text.utf8), limits: limits)
    }

    static func scanRequest(_ bytes: [UInt8], limits: WireLimits = WireLimits()) throws(WireDefect) -> RequestHead? {
        var scanner = RequestHeadScanner(limits: limits)
        return try feed(bytes) { raw throws(WireDefect) in try scanner.scan(raw) }
    }

    static func scanResponse(_ text: String, to method: RequestMethod = .get) throws(WireDefect) -> ResponseHead? {
        var scanner = ResponseHeadScanner(to: method)
        return try feed([UInt8](text.utf8)) { raw throws(WireDefect) in try scanner.scan(raw) }
    }

    /// Typed throws through `withUnsafeBytes`.
    static func feed<T>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(WireDefect) -> T
    ) throws(WireDefect) -> T {
        let result: Result<T, WireDefect> = bytes.withUnsafeBytes { raw in
            do throws(WireDefect) { return .success(try body(raw)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The defect that a request earns, as "status code", or "accepted" or "incomplete".
    static func verdict(_ text: String) -> String { verdict([UInt8](text.utf8)) }

    static func verdict(_ bytes: [UInt8]) -> String {
        do throws(WireDefect) {
            return try scanRequest(bytes) == nil ? "incomplete" : "accepted"
        } catch {
            return "\(error.status) \(error.code)"
        }
    }

    /// Decodes a chunked body given in pieces: its data and the offset behind it, nil when it has not ended.
    static func dechunk(_ pieces: [[UInt8]]) throws(WireDefect) -> (data: [UInt8], rest: Int?) {
        var machine = ChunkedBodyStateMachine()
        var data: [UInt8] = []
        var before = 0
        for piece in pieces {
            var offset = 0
            feeding: while true {
                switch try feed(piece, { raw throws(WireDefect) in try machine.next(raw, at: offset) }) {
                case .data(let start, let end):
                    data += piece[start..<end]
                    offset = end
                case .more: break feeding
                case .end(let next): return (data, before + next)
                }
            }
            before += piece.count
        }
        return (data, nil)
    }

    static func dechunk(_ text: String) throws(WireDefect) -> (data: [UInt8], rest: Int?) {
        try dechunk([[UInt8](text.utf8)])
    }
}
