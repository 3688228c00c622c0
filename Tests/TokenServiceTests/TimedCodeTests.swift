import Codecs
import Testing

@testable import TokenService

@Suite struct TimedCodeTests {
    /// The secret of RFC 6238 appendix B; its codes have eight digits, ours are the last six.
    private let secret = Array("12345678901234567890".utf8)

    @Test(
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ] as [(Int64, String)])
    func `codes are those of RFC 6238`(time: Int64, code: String) throws {
        let timed = try #require(TimedCode(secret: secret))
        #expect(timed.code(step: time / 30) == code)
        #expect(timed.acceptedStep(of: ByteString(code), now: time, after: nil) == time / 30)
    }

    @Test func `a code works one step early and late, and no further`() throws {
        let timed = TimedCode()
        let code = ByteString(timed.code(step: 1_000))
        for (now, isRight) in [(29_969, false), (29_970, true), (30_000, true), (30_059, true), (30_060, false)] {
            #expect((timed.acceptedStep(of: code, now: Int64(now), after: nil) == 1_000) == isRight)
        }
    }

    @Test func `no code works twice, and none before one that worked`() throws {
        let timed = TimedCode()
        let accepted = try #require(
            timed.acceptedStep(of: ByteString(timed.code(step: 1_000)), now: 30_000, after: nil))
        for step in [999, 1_000] as [Int64] {
            #expect(timed.acceptedStep(of: ByteString(timed.code(step: step)), now: 30_000, after: accepted) == nil)
        }
        #expect(timed.acceptedStep(of: ByteString(timed.code(step: 1_001)), now: 30_001, after: accepted) == 1_001)
    }

    @Test(arguments: ["", "12345", "1234567", "abcdef", "12345６"])
    func `other texts are no codes`(text: String) {
        #expect(TimedCode().acceptedStep(of: ByteString(text), now: 30_000, after: nil) == nil)
    }

    @Test func `spaces that people type are passed over`() throws {
        let timed = try #require(TimedCode(secret: secret))
        #expect(timed.acceptedStep(of: "287 082", now: 59, after: nil) == 1)
    }

    @Test func `the address names issuer and account, escaped, and the secret in base 32`() throws {
        let timed = try #require(TimedCode(secret: secret))
        #expect(
            timed.address(issuer: "https://id.example", account: "ada?x=1&y")
                == "otpauth://totp/https%3A%2F%2Fid.example:ada%3Fx%3D1%26y?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=https%3A%2F%2Fid.example&algorithm=SHA1&digits=6&period=30")
    }

    @Test func `a secret prints nothing of itself, and a short one is none`() throws {
        let timed = try #require(TimedCode(secret: secret))
        #expect(!"\(timed)".contains("12345"))
        #expect(!String(reflecting: timed).contains("49"))
        #expect(TimedCode(secret: [UInt8](repeating: 0, count: 15)) == nil)
        #expect(TimedCode(secret: TimedCode().secretBytes) != nil)
    }

    @Test func `a recovery code is read however it is typed, and only by its letters`() throws {
        let code = RecoveryCode()
        #expect(code.text.utf8.count == 19)
        let bare = code.text.filter { $0 != "-" }
        for typed in [code.text, bare, bare.lowercased(), " " + code.text + " "] {
            #expect(RecoveryCode(typed: ByteString(typed))?.hash == code.hash)
        }
        #expect(RecoveryCode(typed: "OIL0-0000-0000-0000")?.text == "0110-0000-0000-0000")
        for typed in ["", String(bare.dropLast()), bare + "0", "UUUU-0000-0000-0000"] {
            #expect(RecoveryCode(typed: ByteString(typed)) == nil)
        }
        #expect(RecoveryCode().hash != code.hash)
        #expect(!"\(code)".contains(bare))
    }
}
