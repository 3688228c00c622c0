import Codecs
import NIOCore
import Testing

@testable import TokenService

@Suite struct PasswordTests {
    private let word = Array("correct horse".utf8)

    @Test func `a hash describes itself, and only its own password matches`() throws {
        let hash = try PasswordHash(of: word, cost: .forTests)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        let read = try #require(PasswordHash(text: hash.text))
        #expect(try read.matches(word))
        #expect(try !read.matches(word + [0x20]))
        #expect(try !read.matches([]))
        #expect(try PasswordHash(of: word, cost: .forTests).text != hash.text)
    }

    @Test func `the standard cost is the one that the guidance lists`() throws {
        let cost = ScryptCost.standard
        #expect((cost.logRounds, cost.blockSize, cost.parallelism) == (15, 8, 3))
    }

    @Test func `a stored text that this program would not write is not read`() throws {
        let good = try PasswordHash(of: word, cost: .forTests).text
        #expect(PasswordHash(text: good) != nil)
        for bad in [
            "", "$", good + "$", good + "A", String(good.dropLast()), "x" + good,
            good.replacing("ln=4", with: "ln=99"), good.replacing("ln=4", with: "ln=0"),
            good.replacing("ln=4", with: "ln=+4"), good.replacing("ln=4", with: "ln="),
            good.replacing("p=1", with: "p=0"), good.replacing("r=8,", with: ""), good.replacing("scrypt", with: "md5"),
        ] {
            #expect(PasswordHash(text: bad) == nil, "\(bad)")
        }
    }

    @Test func `more work than the limit is refused at once`() async throws {
        let hashing = PasswordHashing(cost: .forTests, maximumWorkload: 0)
        let problem = await #expect(throws: (any Error).self) { try await hashing.hash(word) }
        #expect("\(String(describing: problem))".contains("login-overloaded"))
        #expect(hashing.startedCount == 0)
    }

    @Test func `work that waited past the deadline is not begun`() async throws {
        let hashing = PasswordHashing(cost: .forTests, deadline: .zero)
        await #expect(throws: (any Error).self) { try await hashing.matches(word, stored: nil) }
        #expect(hashing.startedCount == 0)
        let patient = PasswordHashing(cost: .forTests)
        #expect(try await !patient.matches(word, stored: nil))
        #expect(patient.startedCount == 1)
    }
}

@Suite struct LoginThrottleTests {
    private func address(_ text: String) throws -> SocketAddress {
        try SocketAddress(ipAddress: text, port: 1)
    }

    @Test func `a stranger's wrong tries do not slow the owner at another address`() throws {
        let throttle = LoginThrottle()
        let stranger = try address("192.0.2.1")
        for _ in 0..<5 { #expect(throttle.admit(account: "ada", address: stranger, now: 0) == nil) }
        #expect(throttle.admit(account: "ada", address: stranger, now: 0) == 1)
        #expect(throttle.admit(account: "ada", address: try address("192.0.2.2"), now: 0) == nil)
    }

    @Test func `tries count before the password is looked at`() throws {
        let throttle = LoginThrottle()
        let place = try address("192.0.2.1")
        let admitted = (0..<1000).count { _ in throttle.admit(account: "ada", address: place, now: 0) == nil }
        #expect(admitted == 5)
    }

    @Test func `the longest wait is five minutes, and a clock set back does not lengthen it`() throws {
        let throttle = LoginThrottle()
        let place = try address("192.0.2.1")
        var now: Int64 = 0
        var longest: Int64 = 0
        for _ in 0..<40 {
            if let wait = throttle.admit(account: "ada", address: place, now: now) {
                longest = max(longest, wait)
                now += wait
            }
        }
        #expect(longest == 300)
        #expect(throttle.admit(account: "ada", address: place, now: now - 1_000_000).map { $0 <= 300 } ?? true)
    }

    @Test func `many accounts from one address are slowed too, other addresses are not`() throws {
        let throttle = LoginThrottle()
        let place = try address("2001:db8::1")
        let neighbour = try address("2001:db8::ffff:2")
        let admitted = (0..<200).count {
            throttle.admit(account: ByteString("user\($0)"), address: $0 % 2 == 0 ? place : neighbour, now: 0) == nil
        }
        #expect(admitted == 50)
        #expect(throttle.admit(account: "x", address: try address("2001:db8:0:1::1"), now: 0) == nil)
        #expect(throttle.admit(account: "x", address: try address("::ffff:192.0.2.1"), now: 0) == nil)
    }

    @Test func `a try whose password was never looked at is given back`() throws {
        let throttle = LoginThrottle()
        let place = try address("192.0.2.1")
        for _ in 0..<200 {
            #expect(throttle.admit(account: "ada", address: place, now: 0) == nil)
            throttle.withdrawn(account: "ada", address: place)
        }
        #expect(throttle.count == 0)
    }

    @Test func `tries are forgotten with time`() throws {
        let throttle = LoginThrottle()
        let place = try address("192.0.2.1")
        for now: Int64 in 0..<5 { #expect(throttle.admit(account: "ada", address: place, now: now) == nil) }
        // A day later all five are free again.
        for now: Int64 in 0..<5 { #expect(throttle.admit(account: "ada", address: place, now: 86_400 + now) == nil) }
        #expect(throttle.admit(account: "ada", address: place, now: 86_404) == 1)
    }

    @Test func `memory stays bounded`() throws {
        let throttle = LoginThrottle(capacity: 100)
        for number in 0..<10_000 {
            let place = try address("198.51.\(number / 256 % 256).\(number % 256)")
            _ = throttle.admit(account: "ada", address: place, now: Int64(number))
        }
        #expect(throttle.count <= 102)
    }
}
