/// An amount of a currency in whole billionths of its unit, never as a floating-point number.
///
/// Sums stop at the ends of Int64, some nine billion units: an amount that is too large stays too large.
public struct Money: Sendable, Hashable {
    /// Billionths of the currency's unit.
    public let nanos: Int64
    /// The currency.
    public let currency: Currency

    /// How many billionths a unit is.
    static let nanosOfUnit: Int64 = 1_000_000_000
    private static let places = 9

    /// An amount.
    public init(nanos: Int64, _ currency: Currency) {
        self.nanos = nanos
        self.currency = currency
    }

    /// Nothing of a currency.
    public static func zero(_ currency: Currency) -> Money { Money(nanos: 0, currency) }

    /// Reads `12.50`: digits, and at most nine behind a point. No sign, exponent or blank.
    /// - Returns: nil for anything else, and for what does not fit.
    public init?(_ text: String, _ currency: Currency) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let units = Self.digits(parts[0]) else { return nil }
        var nanos: Int64 = 0
        if parts.count == 2 {
            guard parts[1].count <= Self.places, var part = Self.digits(parts[1]) else { return nil }
            for _ in parts[1].count..<Self.places { part *= 10 }
            nanos = part
        }
        let (whole, isTooLarge) = units.multipliedReportingOverflow(by: Self.nanosOfUnit)
        let (sum, overflows) = whole.addingReportingOverflow(nanos)
        guard !isTooLarge, !overflows else { return nil }
        self.init(nanos: sum, currency)
    }

    /// The amount as `12.50`: two digits behind the point, and more where there are more.
    public var text: String {
        let size = nanos.magnitude
        let (units, rest) = size.quotientAndRemainder(dividingBy: Self.nanosOfUnit.magnitude)
        var digits = String(rest)
        digits = String(repeating: "0", count: Self.places - digits.utf8.count) + digits
        while digits.utf8.count > 2, digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(nanos < 0 ? "-" : "")\(units).\(digits)"
    }

    /// The sum.
    /// - Throws: `CurrencyMismatch` where the currencies differ.
    public func adding(_ other: Money) throws(CurrencyMismatch) -> Money {
        guard other.currency == currency else { throw CurrencyMismatch(left: currency, right: other.currency) }
        return Money(nanos: nanos.addingUpToBounds(other.nanos), currency)
    }

    /// The difference.
    /// - Throws: `CurrencyMismatch` where the currencies differ.
    public func subtracting(_ other: Money) throws(CurrencyMismatch) -> Money {
        guard other.currency == currency else { throw CurrencyMismatch(left: currency, right: other.currency) }
        return Money(nanos: nanos.subtractingUpToBounds(other.nanos), currency)
    }

    private static func digits(_ text: Substring.UTF8View) -> Int64? {
        guard !text.isEmpty, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(Substring(text))
    }
}

extension Money: CustomStringConvertible {
    /// `12.50 EUR`.
    public var description: String { "\(text) \(currency)" }
}

/// Amounts of two currencies have no sum.
public struct CurrencyMismatch: Error, Sendable, Equatable {
    /// One.
    public let left: Currency
    /// The other.
    public let right: Currency
}

extension Int64 {
    /// The sum, or the end of the range that it lies behind.
    func addingUpToBounds(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the end of the range that it lies behind.
    func subtractingUpToBounds(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (other < 0 ? .max : .min) : difference
    }
}
