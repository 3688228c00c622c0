import Telemetry
import Testing

@Suite struct TraceIDTests {
    @Test func `an identifier is 32 digits and reads back`() {
        for _ in 0..<200 {
            let trace = TraceID()
            #expect(trace.description.utf8.count == 32)
            #expect(TraceID(trace.description) == trace)
        }
    }

    @Test func `two are not the same`() {
        #expect(Set((0..<1_000).map { _ in TraceID() }).count == 1_000)
    }

    @Test func `leading zeros are kept, and case does not count`() {
        let text = "000000000000000a00000000000000ff"
        #expect(TraceID(text)?.description == text)
        #expect(TraceID(text.uppercased()) == TraceID(text))
    }

    @Test(arguments: [
        "", "0", "000000000000000a00000000000000f", "000000000000000a00000000000000fff",
        "+00000000000000a00000000000000ff", "00000000000000 a00000000000000ff", "000000000000000g00000000000000ff",
        "-00000000000000a-0000000000000ff", "000000000000000a+0000000000000ff",
        "\u{FF10}0000000000000a00000000000000ff",
        "0x0000000000000a00000000000000ff",
    ])
    func `anything but 32 hexadecimal digits is refused`(text: String) {
        #expect(TraceID(text) == nil)
    }
}
