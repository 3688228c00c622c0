#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The system's random numbers, fetched many at a time: a system call for each would be felt.
struct BulkRandom: RandomNumberGenerator {
    /// `getentropy` gives at most 256 bytes at a time.
    private static let size = 32
    private var numbers: [UInt64] = []

    mutating func next() -> UInt64 {
        if numbers.isEmpty { fill() }
        return numbers.popLast() ?? .random(in: .min ... .max)
    }

    private mutating func fill() {
        numbers = Array(repeating: 0, count: Self.size)
        let isFilled = numbers.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) == 0 }
        // One by one it always works, or the process has larger troubles.
        if !isFilled { numbers = [] }
    }
}
