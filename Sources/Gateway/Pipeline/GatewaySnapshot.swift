import Tokens

/// Everything the phases look things up in: one immutable value per event loop, replaced whole.
struct GatewaySnapshot: Sendable {
    var routes: RouteTable
    var revocations: RevocationSnapshot
    /// Whether finished requests are written down.
    var writesAccessLog = false
}
