import Blueprint
import Codecs
import ControlPlane

/// A user as they are told.
struct UserDocument: Described {
    var id = ""
    var name = ""
    var roles: [String] = []
    var groups: [String] = []
    var profile = JSONObject()
    var isActive = true
    var serverRole: Role?
    var password: String?

    static let schema = Schema<UserDocument>("a user", "Somebody who can log in.") {
        Field("id", \.id, .text(), example: "usr_…", isRequired: true, "`sub` of the user's tokens.")
        Field("name", \.name, .userName, example: "ada", isRequired: true, "What the user logs in with.")
        Field("roles", \.roles, .names, example: "[clerk]", isRequired: true, "What the user is to applications.")
        Field("groups", \.groups, .names, example: "[staff]", isRequired: true, "What the user belongs to.")
        Field(
            "profile", \.profile, .document("claims"), example: "{email: ada@example.com}", isRequired: true,
            "What is known of the person (OpenID Connect Core section 5.1).")
        Field("active", \.isActive, .flag, example: "true", isRequired: true, "Whether the user may log in.")
        Field(
            "server_role", \.serverRole, .nullable(.choice()), example: "viewer", isRequired: true,
            "What the user may do with this server. No token says it.")
        Field(
            "password", optional: \.password, .text(), example: "…",
            "Shown this once, when it was made.")
    }
}

/// A user that is to be made.
struct UserCreation: Described {
    var name = ""
    var password: String?
    var roles: [String] = []
    var groups: [String] = []
    var profile = JSONObject()
    var serverRole: Role?

    static let schema = Schema<UserCreation>(
        "a new user", "Somebody who is to be able to log in.",
        judge: { UserDocument.complaint(roles: $0.roles, groups: $0.groups) }
    ) {
        Field("name", \.name, .userName, example: "ada", isRequired: true, "What the user logs in with.")
        Field(
            "password", optional: \.password, .password, example: "…", isSecret: true,
            "Made and told when it is missing.")
        Field("roles", \.roles, .names, example: "[clerk]", "What the user is to applications.")
        Field("groups", \.groups, .names, example: "[staff]", "What the user belongs to.")
        Field(
            "profile", \.profile, .document("claims"), example: "{email: ada@example.com}",
            "What is known of the person (OpenID Connect Core section 5.1).")
        Field(
            "server_role", \.serverRole, .nullable(.choice()), example: "viewer",
            "What the user may do with this server. Only an owner may say it.")
    }
}

/// What is to be known of a user.
struct UserChange: Described {
    var roles: [String] = []
    var groups: [String] = []
    var profile = JSONObject()

    static let schema = Schema<UserChange>(
        "a user", "What is to be known of a user.",
        judge: { UserDocument.complaint(roles: $0.roles, groups: $0.groups) }
    ) {
        Field("roles", \.roles, .names, example: "[clerk]", isRequired: true, "What the user is to applications.")
        Field("groups", \.groups, .names, example: "[staff]", isRequired: true, "What the user belongs to.")
        Field(
            "profile", \.profile, .document("claims"), example: "{email: ada@example.com}", isRequired: true,
            "What is known of the person (OpenID Connect Core section 5.1).")
    }
}

/// Another password.
struct PasswordChange: Described {
    var password: String?

    static let schema = Schema<PasswordChange>("a password", "Another password.") {
        Field(
            "password", optional: \.password, .password, example: "…", isSecret: true,
            "Made and told when it is missing.")
    }
}

/// Another role on this server.
struct ServerRoleChange: Described {
    var serverRole: Role?

    static let schema = Schema<ServerRoleChange>("a role", "What a user may do with this server.") {
        Field(
            "server_role", \.serverRole, .nullable(.choice()), example: "publisher", isRequired: true,
            "The role, or null for none.")
    }
}

/// A link with which a user sets a new password.
struct ResetLinkDocument: Described {
    var link = ""

    static let schema = Schema<ResetLinkDocument>("a link", "A link with which a user sets a new password.") {
        Field(
            "link", \.link, .text(1...4_096), example: "https://…", isRequired: true,
            "It works once, within half an hour.")
    }
}

/// Where a user is signed in.
struct SessionDocument: Described {
    /// At a browser, or a client's that came of it.
    enum Kind: String, Sendable, CaseIterable { case browser, client }

    var id = ""
    var kind = Kind.browser
    var agent: String?
    var client: String?
    var scope: String?
    var authenticated: Int64 = 0
    var seen: Int64?
    var expires: Int64 = 0

    static let schema = Schema<SessionDocument>("a session", "Where a user is signed in, and what came of it.") {
        Field("id", \.id, .text(), example: "…", isRequired: true, "What ends it is told this.")
        Field("kind", \.kind, .choice(), example: "browser", isRequired: true, "At a browser, or a client's.")
        Field("agent", optional: \.agent, .text(0...1_024), example: "Firefox", "What the browser calls itself.")
        Field("client", optional: \.client, .text(), example: "shop", "Which client.")
        Field("scope", optional: \.scope, .text(0...4_096), example: "openid", "What the client may do.")
        Field(
            "authenticated", \.authenticated, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "When the user proved who they are, in seconds since 1970.")
        Field(
            "seen", optional: \.seen, .integer(0...Int64.max), example: "1767225600",
            "When the browser was last seen, in seconds since 1970.")
        Field(
            "expires", \.expires, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "Until when, in seconds since 1970.")
    }
}

/// A session that was ended.
struct EndedSession: Described {
    var id = ""
    var isEnded = true

    static let schema = Schema<EndedSession>("an ended session", "A session that was ended.") {
        Field("id", \.id, .text(), example: "…", isRequired: true, "Which.")
        Field("ended", \.isEnded, .flag, example: "true", isRequired: true, "That it is over.")
    }
}

extension UserDocument {
    /// How long the names of a user's roles and groups may be together, in bytes: they stand in tokens, and those in header
    /// fields and cookies.
    static let mostBytesOfRoles = 2_048

    static func complaint(roles: [String], groups: [String]) -> String? {
        (roles + groups).reduce(0) { $0 + $1.utf8.count + 3 } <= mostBytesOfRoles
            ? nil
            : "the names of roles and groups may have \(mostBytesOfRoles) bytes together: they stand in every token"
    }
}

extension FieldType where Value == String {
    static var userName: Self {
        .text("1 to 64 letters, digits and . _ - @ +", example: "ada") { UserRecord.isName(ByteString($0)) }
    }

    static var password: Self { .text(1...PasswordHashing.maximumPasswordBytes) }
}

extension FieldType where Value == [String] {
    /// Roles or groups.
    static var names: Self {
        .list(
            of: .text("a name of 1 to 256 bytes", example: "clerk") { name in
                (1...256).contains(name.utf8.count) && !ByteString(name).hasControlCharacter
            }, 0...100)
    }
}
