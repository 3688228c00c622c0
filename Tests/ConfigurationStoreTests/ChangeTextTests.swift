import Blueprint
import Codecs
import Testing

@testable import ConfigurationStore

/// Changes read well on a terminal, and nothing in them does anything to it.
@Suite("The text of changes") struct ChangeTextTests {
    private func line(_ before: JSON, _ after: JSON) -> String {
        ObjectChange(
            object: ObjectReference(.api, "orders"), before: before, after: after, ownerBefore: .console,
            ownerAfter: .console
        ).description
    }

    @Test func `each field tells what it was and what it is`() {
        #expect(
            line(["limit": ["1/s"], "streams": true], ["limit": ["1/s", "9/min"], "timeout": "5s"])
                == "~ api orders: limit 1/s → [1/s, 9/min]; streams true → default; timeout default → 5s")
    }

    @Test func `what is nested is told value by value`() {
        #expect(
            line(
                ["access": ["jwt": ["audience": ["a"], "leeway": "5s"]]],
                ["access": ["jwt": ["audience": ["b"], "leeway": "5s"]]])
                == "~ api orders: access.jwt.audience a → b")
        #expect(
            line(["access": "anonymous"], ["access": ["api-key": ["header": "K"]]])
                == "~ api orders: access anonymous → { api-key: { header: K } }")
        #expect(
            line(["routes": ["a": [:], "b": [:]]], ["routes": ["b": [:], "a": [:]]])
                == "~ api orders: routes in another order")
    }

    @Test func `a secret is told by where it comes from`() {
        #expect(
            line(["secret": ["env": "OLD"]], ["secret": ["env": "RECENT"]]) == "~ api orders: secret.env OLD → RECENT")
    }

    @Test func `control characters and what turns the direction are written out`() {
        #expect(
            line(["title": "a"], ["title": "b\u{1B}[31m\u{9B}0m\u{202E}c\nd\u{7F} Zoë"])
                == "~ api orders: title a → b\\u{1b}[31m\\u{9b}0m\\u{202e}c\\u{a}d\\u{7f} Zoë")
        let owned = ConfigurationError.objectsOwnedByOther([
            .init(object: ObjectReference(.api, "orders"), owner: .file("a\u{1B}b"))
        ])
        #expect(!owned.description.contains("\u{1B}"))
        let unknown = ConfigurationError.objectUnknown(ObjectReference(.api, "a\u{9B}b"))
        #expect(unknown.description == "there is no api a\\u{9b}b [object-unknown]")
    }
}
