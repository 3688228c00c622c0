/// Calls in the order they came; taking the first costs the same however many wait.
struct WaitingCalls {
    private var calls: [UpstreamCall] = []
    private var start = 0

    var count: Int { calls.count - start }
    var first: UpstreamCall? { start < calls.count ? calls[start] : nil }

    mutating func append(_ call: UpstreamCall) { calls.append(call) }

    mutating func popFirst() -> UpstreamCall? {
        guard start < calls.count else { return nil }
        let call = calls[start]
        start += 1
        if start == calls.count || start > 64 && start > calls.count / 2 {
            calls.removeFirst(start)
            start = 0
        }
        return call
    }

    mutating func remove(_ call: UpstreamCall) {
        guard let index = calls[start...].firstIndex(where: { $0 === call }) else { return }
        calls.remove(at: index)
    }
}
