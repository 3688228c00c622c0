import Codecs
import OAuth

/// What scopes mean to the person who is asked, in plain words.
enum ScopeMeaning {
    /// One entry for each scope, in the order in which they were asked for. A scope that is not ours is shown by its
    /// name.
    static func entries(_ scope: Scope) -> [[String: String]] {
        scope.names.map { name in
            known[name].map { ["meaning": $0] } ?? ["meaning": "Use its permission", "name": name.text]
        }
    }

    private static let known: [ByteString: String] = [
        Client.managementScope: "Manage this server: its applications, people and keys",
        "openid": "Know who you are here",
        "profile": "See your name and profile",
        "email": "See your e-mail address",
        "phone": "See your telephone number",
        "address": "See your postal address",
        "roles": "See your roles",
        "groups": "See your groups",
        "offline_access": "Keep this access while you are away",
    ]
}
