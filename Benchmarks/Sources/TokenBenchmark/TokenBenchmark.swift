import Foundation
import TokenWork
import Tokens

/// `bench-jwt`: the library and swift-crypto's bare primitives, as two contestants of jwt/measure.py.
///
/// `bench-jwt FOLDER` says what it can do and then answers questions on standard input, like every program in peers/.
/// `bench-jwt FOLDER --list` only says it; `--only ALG --op verify --seconds 1` asks one question of all that can
/// answer it.
@main
struct TokenBenchmark {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.popFirst() else {
            FileHandle.standardError.write(
                Data("usage: bench-jwt FOLDER [--list | --only ALG --op OP --seconds S]\n".utf8))
            exit(2)
        }
        var options: [String: String] = [:]
        while let name = arguments.popFirst() { options[name] = name == "--list" ? "" : arguments.popFirst() }

        let rows = offer(folder, only: options["--only"])
        if options["--list"] != nil { return }
        if options["--only"] != nil {
            let seconds = Double(options["--seconds"] ?? "") ?? 1
            for row in rows where options["--op"].map({ $0 == row.work.operation }) ?? true {
                try row.answer(seconds: seconds)
            }
            return
        }
        print("ready")
        fflush(nil)
        while let line = readLine() {
            let words = line.split(separator: " ")
            guard words.count == 4, let seconds = Double(words[3]) else { throw BrokenWork("what is '\(line)'?") }
            for row in rows
            where row.work.name == words[0] && row.work.algorithm == words[1] && row.work.operation == words[2] {
                try row.answer(seconds: seconds)
            }
        }
    }

    private static func offer(_ folder: String, only: String?) -> [Row] {
        print("about signet this library, one thread")
        print("about swift-crypto bare primitives, swift-crypto's public API (BoringSSL); HMAC: a keyed value, copied")
        print("about swift-crypto-keying the same, HMAC keyed for each message")
        var rows: [Row] = []
        for algorithm in SignatureAlgorithm.allCases where only == nil || only == algorithm.rawValue {
            do {
                let material = try Material(algorithm, in: folder)
                rows += try PrimitiveWork.all(material).map(Row.init)
                rows += try SignetWork.all(material).map(Row.init)
                if algorithm == .hs256 { rows.append(Row(try SignetWork.cache(material))) }
                if algorithm == .rs256 { rows += try SignetWork.steps(material).map(Row.init) }
            } catch {
                print("fails signet \(algorithm.rawValue) \(error)")
            }
        }
        for row in rows { print("can \(row.work.name) \(row.work.algorithm) \(row.work.operation)") }
        return rows
    }
}

/// Work with the batch that takes a few milliseconds, found once.
final class Row {
    let work: Work
    private var batch = 0

    init(_ work: Work) { self.work = work }

    func answer(seconds: Double) throws {
        let rate = String(format: "%.1f", try measure(seconds: seconds))
        print("\(work.name) \(work.algorithm) \(work.operation) \(rate)")
        fflush(nil)
    }

    private func measure(seconds: Double) throws -> Double {
        if batch == 0 {
            batch = 1
            while try time(batch) < 0.002 { batch *= 2 }
        }
        var (done, spent) = (0, 0.0)
        while spent < seconds {
            spent += try time(batch)
            done += batch
        }
        return Double(done) / spent
    }

    private func time(_ count: Int) throws -> Double {
        let start = ContinuousClock.now
        try work.run(count)
        let elapsed = ContinuousClock.now - start
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
}
