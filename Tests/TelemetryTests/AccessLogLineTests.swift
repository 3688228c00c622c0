import Codecs
import Telemetry
import Testing

@Suite struct AccessLogLineTests {
    private static let names: [ByteString] = [
        "time", "trace", "method", "path", "status", "duration_ms", "upstream_ms", "api", "route", "consumer",
        "subject", "client", "credential", "address", "bytes_in", "bytes_out", "upstream", "attempts", "ended", "code",
        "phase", "model",
    ]

    @Test func `a record is one line with all of its members`() throws {
        let caller = CallerIdentity(
            consumer: "acme", subject: "user-1", client: "app", credential: "key-7", plan: "gold")
        let record = Records.record(
            firstByte: 9_000_999, method: .patch, status: 403, end: .refused, code: "scope-missing", phase: "authorize",
            requestBytes: 10, responseBytes: 321, caller: caller, upstream: "east")
        let expected =
            #"{"time":"2023-11-14T22:13:20.123Z","trace":"\#(record.trace)","method":"PATCH","path":"/shop/orders","#
            + #""status":403,"duration_ms":12.345,"upstream_ms":9.000,"api":"shop","route":"orders","#
            + #""consumer":"acme","subject":"user-1","client":"app","credential":"key-7","address":"192.0.2.7","#
            + #""bytes_in":10,"bytes_out":321,"upstream":"east","attempts":1,"ended":"refused","#
            + #""code":"scope-missing","phase":"authorize","model":null}"# + "\n"
        #expect(String(decoding: line(record), as: UTF8.self) == expected)
    }

    @Test func `a language model stands in its line with what it took`() throws {
        var record = Records.record()
        record.model = ModelFacts(
            name: "fast\"", providerModel: "gpt", inputTokens: 7, outputTokens: -1, cost: "0.01 USD")
        let known = try members(line(record))["model"]
        #expect(
            known == [
                "name": "fast\"", "provider_model": "gpt", "input_tokens": 7, "output_tokens": 0, "cost": "0.01 USD",
            ])
        record.model = ModelFacts(name: "x")
        #expect(
            try members(line(record))["model"] == [
                "name": "x", "provider_model": .null, "input_tokens": .null, "output_tokens": .null, "cost": .null,
            ])
    }

    @Test func `what is not known is null, and the order stays`() throws {
        let record = Records.record(duration: -5, route: nil, status: -1, requestBytes: -1)
        let object = try members(line(record))
        #expect(object.members.map(\.name) == Self.names)
        for name in ["upstream_ms", "api", "route", "consumer", "subject", "credential", "upstream", "code", "phase"] {
            #expect(object[ByteString(name)] == .null)
        }
        #expect(object["status"]?.int64 == 0)
        #expect(object["bytes_in"]?.int64 == 0)
    }

    @Test func `a line is appended behind what is there`() throws {
        var output = line(Records.record())
        AccessLogLine.append(Records.record(status: 204), to: &output)
        let lines = output.split(separator: 0x0A)
        #expect(lines.count == 2)
        #expect(try lines.map { try members(Array($0))["status"]?.int64 } == [200, 204])
    }

    @Test func `every byte in a path stays inside its string`() throws {
        for byte in UInt8.min...UInt8.max {
            // At each place within a word of eight, and at the end.
            for place in 0...9 {
                var path = Array("/123456789".utf8)
                path[place] = byte
                let written = line(Records.record(path: path))
                let text = try #require(try members(written)["path"]?.string)
                #expect(text.bytes == (byte < 0x80 ? path : replaced(path)))
            }
        }
    }

    @Test(arguments: [
        "\",\"status\":200,\"path\":\"", "\\", "\\\"", "a\nb\r\n{\"status\":200}", "\u{0}\u{1B}[31m\u{7F}", "é漢😀",
        "\u{85}\u{9B}31m", "\u{2028}\u{2029}", "\u{202E}gpj.exe\u{2066}", "\u{FEFF}\u{200B}\u{61C}", "\u{FFFD}",
        "</script>", "12345678\"", "1234567\\", "\u{10FFFF}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}",
    ])
    func `hostile texts come back as they were, from a line without a control character`(text: String) throws {
        let caller = CallerIdentity(consumer: text, subject: text, client: text, credential: text)
        let record = Records.record(
            route: RouteLabels(api: text, route: text), method: .other(text), path: Array(text.utf8), code: text,
            phase: text, caller: caller, upstream: text)
        let written = line(record)
        let object = try members(written)
        #expect(object.members.map(\.name) == Self.names)
        for name in ["path", "method", "api", "route", "consumer", "subject", "client", "credential", "code", "phase"] {
            #expect(object[ByteString(name)]?.string?.bytes == Array(text.utf8))
        }
        let scalars = String(decoding: written, as: UTF8.self).unicodeScalars.dropLast()
        #expect(
            !scalars.contains {
                [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            })
    }

    @Test(
        arguments: [
            [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8], [0xC3],
            [0xE2, 0x80],
            [0xF0, 0x9F, 0x98], [0x80], [0xFF, 0xFE], [0xC3, 0x22], [0xE2, 0x80, 0x22], [0xE2, 0x22, 0xA8],
            [0xF0, 0x5C],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are replaced and take nothing with them`(bytes: [UInt8]) throws {
        for prefix in ["", "a", "1234567", "12345678"] {
            let path = Array(prefix.utf8) + bytes + Array("z".utf8)
            let text = try #require(try members(line(Records.record(path: path)))["path"]?.string)
            #expect(text.bytes.starts(with: prefix.utf8))
            #expect(text.bytes.last == UInt8(ascii: "z"))
            #expect(text.text.contains("\u{FFFD}"))
            #expect(text.text.unicodeScalars.filter(\.isASCII).count == path.filter { $0 < 0x80 }.count)
        }
    }

    @Test func `texts from outside are cut at the end of a character, so that a line has a greatest length`() throws {
        let long = String(repeating: "\u{1}", count: 10_000)
        let caller = CallerIdentity(consumer: long, subject: long, client: long, credential: long)
        let written = line(
            Records.record(
                route: RouteLabels(api: long, route: long), method: .other(long), path: Array(long.utf8), code: long,
                phase: long, caller: caller, upstream: long))
        #expect(written.count < 20_000)
        for before in 0..<8 {
            let path =
                Array(String(repeating: "a", count: before).utf8) + Array(String(repeating: "😀", count: 100).utf8)
            let record = Records.record(path: path)
            let text = try #require(try members(line(record))["path"]?.string)
            #expect(path.starts(with: text.bytes) && (253...256).contains(text.count))
            #expect(record.path == text.text)
        }
        // Nothing but the rests of characters is cut all the same.
        let rests = [UInt8](repeating: 0x80, count: 1_000)
        #expect(Records.record(path: rests).withPath(\.count) == 256)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1970-01-01T00:00:00.000Z"), (Int64.min, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59.999Z"), (1_735_689_600_000, "2025-01-01T00:00:00.000Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `time is civil time`(start: Int64, text: String) throws {
        #expect(try members(line(Records.record(start: start)))["time"]?.string?.text == text)
    }

    @Test(arguments: [(1970, 0, 12_000), (2090, 43_830, 4_200)])
    func `each day follows the one before it`(firstYear: Int, firstDay: Int64, count: Int64) {
        var line: [UInt8] = []
        var record = Records.record()
        var (year, month, day) = (firstYear, 1, 1)
        for number in firstDay..<(firstDay + count) {
            let digits = [year, month, day].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
            line.removeAll(keepingCapacity: true)
            record.start = number * 86_400_000
            AccessLogLine.append(record, to: &line)
            guard line.starts(with: "{\"time\":\"\(digits)T00:00:00.000Z\"".utf8) else {
                Issue.record("day \(number) is not \(digits)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test func `a method token is known by its bytes`() {
        for (token, method) in [
            ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("PATCH", .patch), ("DELETE", .delete),
            ("OPTIONS", .options), ("get", .other("get")), ("GETS", .other("GETS")), ("", .other("")),
            (String(repeating: "M", count: 99), .other(String(repeating: "M", count: 32))),
        ] as [(String, ExchangeMethod)] {
            #expect(Array(token.utf8).withUnsafeBytes { ExchangeMethod($0) } == method)
        }
    }

    private func line(_ record: borrowing ExchangeRecord) -> [UInt8] {
        var output: [UInt8] = []
        AccessLogLine.append(record, to: &output)
        return output
    }

    private func members(_ line: [UInt8]) throws -> JSONObject {
        #expect(!line.dropLast().contains(0x0A))
        return try #require(try JSONReader.read(line).object)
    }

    private func replaced(_ bytes: [UInt8]) -> [UInt8] {
        Array(String(decoding: bytes, as: UTF8.self).utf8)
    }
}
