/// A provider's keys, used in turn; one that is refused or has too much to do rests. A value, in milliseconds of any clock.
struct KeyRing: Sendable {
    private var restsUntil: [Int64]
    private var next = 0

    /// Keys by their number; a provider without keys has one that is nothing.
    init(count: Int) { restsUntil = Array(repeating: .min, count: max(1, count)) }

    /// From when on a key may be used: the past while one may now.
    var readyAt: Int64 { restsUntil.min() ?? .max }

    /// The next key that does not rest.
    mutating func take(now: Int64) -> Int? {
        for step in restsUntil.indices {
            let number = (next + step) % restsUntil.count
            guard restsUntil[number] <= now else { continue }
            next = (number + 1) % restsUntil.count
            return number
        }
        return nil
    }

    /// Lets a key rest; it never rests shorter than it did.
    mutating func rest(_ number: Int, until: Int64) {
        guard restsUntil.indices.contains(number) else { return }
        restsUntil[number] = max(restsUntil[number], until)
    }
}
