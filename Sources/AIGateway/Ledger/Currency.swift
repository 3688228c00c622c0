/// A currency by its code of ISO 4217.
public struct Currency: Sendable, Hashable, CustomStringConvertible {
    /// Three capital letters: `EUR`.
    public let code: String

    /// A currency; nil for anything but three capital letters.
    public init?(_ code: String) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
        self.code = code
    }

    private init(known code: String) { self.code = code }

    /// ISO 4217's code for what has no currency: of an entry whose price nobody knows.
    public static let none = Currency(known: "XXX")

    /// The code.
    public var description: String { code }
}
