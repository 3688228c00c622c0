import Codecs
import Testing

@testable import OAuth

@Suite struct ClaimRuleTests {
    private let ada = ClaimRule.Attributes(
        name: "ada", roles: ["admin", "user"], groups: ["eng", "berlin"],
        profile: ["department": "engines", "address": ["country": "UK"]])

    @Test(
        arguments: [
            (["claim": "who", "from": "name"], "ada"),
            (["claim": "department", "from": "profile.department"], "engines"),
            (["claim": "where", "from": "profile.address"], ["country": "UK"]),
            (["claim": "x", "from": "profile.none"], nil),
            (["claim": "tenant", "value": "acme"], "acme"), (["claim": "limit", "value": 5], 5),
            (["claim": "roles", "from": "roles"], ["admin", "user"]),
            (["claim": "groups", "from": "groups", "only": ["eng", "ops"]], ["eng"]),
            (["claim": "groups", "from": "groups", "only": ["ops"]], []),
            (["claim": "role", "from": "roles", "first": true], "admin"),
            (["claim": "role", "from": "roles", "only": ["nobody"], "first": true], nil),
            (
                ["claim": "can", "from": "roles", "map": ["admin": ["write", "read"], "user": "read"]],
                ["write", "read"]
            ),
            (["claim": "can", "from": "roles", "map": ["user": "read"]], ["read"]),
        ] as [(JSONObject, JSON?)])
    func `a rule says one claim`(document: JSONObject, wanted: JSON?) throws {
        #expect(try ClaimRule(document).value(for: ada) == wanted)
    }

    @Test(
        arguments: [
            [:], ["claim": "x"], ["claim": "", "from": "name"], ["claim": "x", "from": "password"],
            ["claim": "x", "from": "profile."], ["claim": "x", "from": "name", "value": 1], ["claim": "x", "from": 1],
            ["claim": "sub", "value": "root"], ["claim": "scope", "from": "roles"], ["claim": "cnf", "value": [:]],
            ["claim": "x", "from": "name", "only": ["a"]], ["claim": "x", "value": "y", "first": true],
            ["claim": "x", "from": "roles", "only": "a"], ["claim": "x", "from": "roles", "map": ["a": 1]],
            ["claim": "x", "from": "roles", "in": []], ["claim": "x", "from": "roles", "in": ["userinfo"]],
            ["claim": "x", "from": "roles", "frist": true], ["claim": "x", "from": "roles", "first": "yes"],
        ] as [JSONObject])
    func `other rules are refused`(document: JSONObject) {
        #expect(#expect(throws: OAuthError.self) { try ClaimRule(document) }?.code == .invalidClientMetadata)
    }

    @Test func `a rule stands where it says, and the first of two that has something to say`() throws {
        let rules = try [
            ["claim": "a", "from": "profile.none"], ["claim": "a", "value": 1], ["claim": "a", "value": 2],
            ["claim": "b", "value": 3, "in": ["id_token"]],
        ].map { try ClaimRule($0) }
        #expect(rules.claims(in: .accessToken, for: ada) == ["a": 1])
        #expect(rules.claims(in: .idToken, for: ada) == ["a": 1, "b": 3])
    }

    @Test func `rules are part of a client's document`() throws {
        let document: JSONObject = [
            "client_id": "app", "grant_types": ["client_credentials"],
            "claims": [["claim": "department", "from": "profile.department", "in": ["access_token"]]],
        ]
        let client = try Client(document: document, id: "app")
        #expect(try Client(document: client.document, id: "app") == client)
        #expect(client.document["claims"] == document["claims"])
    }
}
