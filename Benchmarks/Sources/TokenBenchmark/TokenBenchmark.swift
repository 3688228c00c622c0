import Foundation

/// `bench-jwt`: verify and sign, each algorithm, beside the bare primitive of swift-crypto in the same run.
///
/// Both sides of a row do the same cryptography on the same bytes; what differs is everything around it: finding the
/// parts, base64url, JSON, the policy. The two are timed in turn, so that a busy moment of the machine meets both. The
/// ratio is the figure to trust; figures of different runs do not compare.
@main
struct TokenBenchmark {
    static let repeats = 7

    static func main() throws {
        let seconds = CommandLine.arguments.count > 1 ? Double(CommandLine.arguments[1]) ?? 0.2 : 0.2
        let cases = try TokenCase.all()
        let width = Int((Double(cases.count * 2 * repeats) * seconds * 2).rounded(.up))
        print("Verify and sign in one thread; \(repeats) repeats of \(seconds) s a side, in turn; about \(width) s.")
        print(
            "ratio: token operations per primitive operation in the same repeat, median (least–most); 1.00 is the limit"
        )
        print("")
        print(Table.line("", "token/s", "us", "primitive/s", "us", "ratio"))
        for tokenCase in cases {
            for operation in [tokenCase.verify, tokenCase.sign] {
                let row = try Measurement.compare(operation, repeats: repeats, seconds: seconds)
                print(
                    Table.line(
                        operation.name, Table.count(row.token), Table.microseconds(row.token),
                        Table.count(row.primitive), Table.microseconds(row.primitive), row.ratio))
            }
        }
    }
}

/// Lines of figures in columns.
enum Table {
    static func line(_ name: String, _ columns: String...) -> String {
        name.padding(toLength: 16, withPad: " ", startingAt: 0)
            + columns.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
    }

    static func count(_ perSecond: Double) -> String { String(format: "%.0f", perSecond) }
    static func microseconds(_ perSecond: Double) -> String { String(format: "%.2f", 1_000_000 / perSecond) }
}
