import Codecs
import Testing

@testable import OAuth

@Suite struct UserCodeTests {
    @Test func `each letter is as likely as another`() {
        var next: UInt8 = 0
        let code = UserCode { count in
            defer { next &+= UInt8(count) }
            return (0..<count).map { next &+ UInt8($0) }
        }
        #expect(code.text == "BCDF-GHJK")
        // 240 to 255 would come round to the first letters once more.
        var calls = 0
        let other = UserCode { count in
            calls += 1
            return [UInt8](repeating: calls == 1 ? 250 : 239, count: count)
        }
        #expect(calls == 2)
        #expect(other.text == "ZZZZ-ZZZZ")
    }

    @Test(arguments: ["wdjb-mjht", "WDJBMJHT", " WDJB MJHT "])
    func `what people type is read`(text: String) {
        #expect(UserCode(typed: ByteString(text))?.text == "WDJB-MJHT")
    }

    @Test(arguments: ["", "WDJB-MJH", "WDJB-MJHTX", "WDJB-MJHA", "WDJB-MJH0", "WDJB–MJHT"])
    func `other texts are no codes`(text: String) {
        #expect(UserCode(typed: ByteString(text)) == nil)
    }
}
