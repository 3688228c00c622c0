import HTTPWire
import Testing

@Suite struct `Chunked bodies` {
    @Test(arguments: [
        ("5\r\nhello\r\n0\r\n\r\nGET", "hello", 15),
        ("0\r\n\r\n", "", 5),
        ("00000005\r\nhello\r\n000\r\n\r\n", "hello", 24),
        ("a;name=value\r\n0123456789\r\n0;x\r\n\r\n", "0123456789", 33),
        ("1\r\na\r\n2\r\nbc\r\n0\r\nX: y\r\nContent-Length: 3\r\n\r\n", "abc", 43),
    ])
    func `data comes out and the end is where it is`(_ text: String, _ data: String, _ end: Int) throws {
        let result = try Wire.dechunk(text)
        #expect(result.data == [UInt8](data.utf8))
        #expect(result.rest == end)
    }

    @Test(arguments: [
        "0x5\r\n", "5_0\r\n", "+5\r\n", " 5\r\n", "5 \r\n", "5 ;x\r\n", "\r\n", ";x\r\n", "-1\r\n", "g\r\n", "5\n",
        "5\rx",
        "ffffffffffffffff\r\n", "8000000000000000\r\n", "00000000000000005\r\n",
        "\(String(repeating: "1", count: 40))\r\n",
        "5;a\nb\r\n", "5;a\rb\r\n", "5;a\0b\r\n", "5;\(String(repeating: "a", count: 300))", "5;\u{E9}\r\n",
        "5\r\nhelloX", "5\r\nhello\n", "5\r\nhello\rX", "5\r\nhello!\r\n",
        "0\r\n X: y\r\n\r\n", "0\r\nX y\r\n\r\n", "0\r\n: y\r\n\r\n", "0\r\nX: a\0\r\n\r\n", "0\r\nX: a\n\r\n",
        "0\r\n\n", "0\r\nX : y\r\n\r\n",
        "0\r\nX: \(String(repeating: "a", count: 9000))",
    ])
    func `a size, an extension or a trailer that is not strict is refused`(_ text: String) {
        #expect(throws: WireDefect.self) { try Wire.dechunk(text) }
    }

    @Test func `the largest size is accepted`() throws {
        #expect(try Wire.dechunk("7fffffffffffffff\r\nabc").data == [UInt8]("abc".utf8))
    }

    @Test func `all extensions of a message together are bounded`() {
        let chunk = "1;\(String(repeating: "a", count: 200))\r\nx\r\n"
        #expect(throws: WireDefect.self) { try Wire.dechunk(String(repeating: chunk, count: 100)) }
    }

    @Test func `a body cut at any byte reads the same`() throws {
        let bytes = [UInt8]("3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\nNEXT".utf8)
        for cut in 0...bytes.count {
            let result = try Wire.dechunk([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(result.data == [UInt8]("abc0123456789".utf8))
            #expect(result.rest == bytes.count - 4)
        }
        let single = try Wire.dechunk(bytes.map { [$0] })
        #expect(single.rest == bytes.count - 4)
    }
}
