/// What was counted, under the numbers of `SeriesNames`. A value: a copy is a snapshot.
struct MetricsTally: Sendable {
    var requests: [SeriesNames.RequestKey: UInt64] = [:]
    /// A row for each route.
    var durations = DurationHistograms()
    /// Bytes in and out, two cells for each route.
    var bodyBytes: [UInt64] = []
    /// A row for each upstream.
    var firstBytes = DurationHistograms()
    /// A cell for each refusal.
    var refusals: [UInt64] = []

    mutating func addBytes(_ received: Int64, _ sent: Int64, route: Int) {
        Self.grow(&bodyBytes, to: route * 2 + 1)
        bodyBytes[route * 2] &+= UInt64(clamping: received)
        bodyBytes[route * 2 + 1] &+= UInt64(clamping: sent)
    }

    mutating func addRefusal(_ number: Int) {
        Self.grow(&refusals, to: number)
        refusals[number] &+= 1
    }

    /// Adds what another loop counted.
    mutating func add(_ other: MetricsTally) {
        requests.merge(other.requests) { $0 &+ $1 }
        durations.add(other.durations)
        firstBytes.add(other.firstBytes)
        Self.add(other.bodyBytes, to: &bodyBytes)
        Self.add(other.refusals, to: &refusals)
    }

    private static func grow(_ cells: inout [UInt64], to index: Int) {
        if cells.count <= index { cells.append(contentsOf: repeatElement(0, count: index + 1 - cells.count)) }
    }

    private static func add(_ others: [UInt64], to cells: inout [UInt64]) {
        grow(&cells, to: others.count - 1)
        for (index, count) in others.enumerated() { cells[index] &+= count }
    }
}
