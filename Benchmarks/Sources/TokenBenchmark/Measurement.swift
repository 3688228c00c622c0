import Foundation

/// One row: the same work done by the library and by the bare primitive.
struct Operation {
    let name: String
    /// Does the token's work so many times.
    let token: (Int) throws -> Void
    /// Does the primitive's work so many times.
    let primitive: (Int) throws -> Void
}

/// Times both sides of an operation in turn.
struct Measurement {
    /// Operations a second, medians.
    let token: Double
    let primitive: Double
    /// Median and range of the ratios within one repeat.
    let ratio: String

    static func compare(_ operation: Operation, repeats: Int, seconds: Double) throws -> Measurement {
        let tokenBatch = try calibrate(operation.token, seconds: seconds)
        let primitiveBatch = try calibrate(operation.primitive, seconds: seconds)
        var token: [Double] = []
        var primitive: [Double] = []
        for _ in 0..<repeats {
            token.append(try rate(operation.token, batch: tokenBatch))
            primitive.append(try rate(operation.primitive, batch: primitiveBatch))
        }
        let ratios = zip(token, primitive).map { $0 / $1 }.sorted()
        return Measurement(
            token: median(token), primitive: median(primitive),
            ratio: String(format: "%.2f (%.2f–%.2f)", median(ratios), ratios.first ?? 0, ratios.last ?? 0))
    }

    private static func calibrate(_ work: (Int) throws -> Void, seconds: Double) throws -> Int {
        var batch = 1
        while true {
            let elapsed = try time(work, batch: batch)
            if elapsed > 0.02 { return max(1, Int(Double(batch) * seconds / elapsed)) }
            batch *= 4
        }
    }

    private static func rate(_ work: (Int) throws -> Void, batch: Int) throws -> Double {
        Double(batch) / (try time(work, batch: batch))
    }

    private static func time(_ work: (Int) throws -> Void, batch: Int) throws -> Double {
        let start = ContinuousClock.now
        try work(batch)
        let elapsed = ContinuousClock.now - start
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}
