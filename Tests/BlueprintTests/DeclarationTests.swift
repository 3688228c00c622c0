import Codecs
import Testing

@testable import Blueprint

/// Each kind is declared once, and whole.
@Suite("Declarations") struct DeclarationTests {
    private func check<Kind: Described>(_ kind: Kind.Type) throws {
        let properties = Mirror(reflecting: Kind()).children.compactMap(\.label)
        #expect(
            properties.count == Kind.schema.fields.count, "\(kind): \(properties) and \(Kind.schema.fields.map(\.name))"
        )
        #expect(
            Set(Kind.schema.fields.map { AnyHashable($0.keyPath as PartialKeyPath<Kind>) }).count == properties.count)
        #expect(Set(Kind.schema.fields.map(\.name)).count == properties.count)
        for field in Kind.schema.fields {
            #expect(field.help.hasSuffix(".") && field.help.utf8.count < 200, "\(kind).\(field.name)")
            // The example is one that the field takes.
            let node = try YAMLDocument.read("\(field.name): \(field.example)")
            guard case .map(let entries) = node.content, let entry = entries.first else { continue }
            var root = Kind()
            var complaints = DocumentComplaints()
            #expect(field.read(entry.value, &root, &complaints), "\(kind).\(field.name): \(complaints)")
            #expect(field.write(root) != nil, "\(kind).\(field.name): the example is the default")
        }
        if let short = Kind.schema.short { #expect(Kind.schema.fields.contains { $0.name == short }) }
    }

    @Test func `every property has a field, and every field an example that it takes`() throws {
        try check(Blueprint.self)
        try check(Listener.self)
        try check(ListenerTLS.self)
        try check(ListenerCertificate.self)
        try check(Issuer.self)
        try check(Upstream.self)
        try check(Endpoint.self)
        try check(HealthCheck.self)
        try check(Policy.self)
        try check(API.self)
        try check(APIRoute.self)
        try check(APIVersion.self)
        try check(TokenRule.self)
        try check(KeyPlace.self)
        try check(Plan.self)
        try check(Consumer.self)
        try check(Credential.self)
        try check(Subscription.self)
        try check(Provider.self)
        try check(Model.self)
        try check(ModelDeployment.self)
        try check(ModelPrice.self)
        try check(ModelBudget.self)
        try check(Setting.self)
    }

    @Test func `the sections of a document are the kinds, in their order`() {
        #expect(Blueprint.schema.fields.map(\.name) == ObjectKind.allCases.map(\.section))
    }

    @Test func `a path leads to a kind or a field`() throws {
        let limit = try #require(KindReference.find("api.limit")?.field)
        #expect(limit.example == "100/min per consumer")
        #expect(KindReference.find("upstream.endpoints.weight")?.field?.defaultText == "1")
        #expect(KindReference.find("upstreams.connect-timeout")?.field?.defaultText == "5s")
        #expect(KindReference.find("api")?.field == nil)
        #expect(KindReference.find("api.routes.path")?.field?.isRequired == true)
        for wrong in ["", "apis.", "api.limit.more", "nothing", "api.nothing", "."] {
            #expect(KindReference.find(wrong) == nil)
        }
        let all = KindReference.allPaths
        #expect(all.count >= 60 && Set(all).count == all.count)
        for path in all { #expect(KindReference.find(path) != nil, "\(path)") }
    }

    @Test func `the JSON schema says what must be there and forbids what is unknown`() throws {
        let schema = API.schema.jsonSchema
        #expect(schema["required"] == ["path"])
        #expect(schema["additionalProperties"] == false)
        #expect(schema["properties"]?.object?["limit"]?.object?["items"]?.object?["pattern"] != nil)
        #expect(Credential.schema.jsonSchema["properties"]?.object?["secret"]?.object?["writeOnly"] == true)
    }

    @Test(arguments: [("0s", "0s"), ("90s", "90s"), ("120s", "2m"), ("48h", "2d"), ("1500ms", "1500ms")])
    func `a time is written in the largest unit that loses nothing`(text: String, written: String) {
        #expect(TimeSpan(text)?.text == written)
    }

    @Test(arguments: ["", "5", "s", "-1s", "1.5s", "01s", "5 s", "9999999999999999999d", "5S", "１s"])
    func `anything else is no time`(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(arguments: [
        "0/min", "5", "5/minute", "5/min per", "5/min per dog", "-5/s", "5/s per consumer more", "/s", "5/",
    ])
    func `anything else is no limit`(text: String) {
        #expect(Limit(text) == nil)
    }

    @Test func `sizes are read and written`() {
        #expect(ByteSize("64KiB")?.bytes == 65_536)
        #expect(ByteSize(bytes: 1 << 20).text == "1MiB")
        #expect(ByteSize("1MB") == nil)
        #expect(ByteSize("99999999999GiB") == nil)
    }

    @Test(arguments: [("paht", "path"), ("upstreem", "upstream"), ("acces", "access"), ("LIMIT", "limit")])
    func `a slip finds what was meant`(text: String, name: String) {
        #expect(NearestName.of(text, among: API.schema.fields.map(\.name)) == name)
    }

    @Test func `nobody means something quite different`() {
        #expect(NearestName.of("quota", among: API.schema.fields.map(\.name)) == nil)
    }
}
