extension IPAddress {
    /// Whether the address may be anybody's on the public internet: global unicast, and nothing that the registries of special
    /// addresses list (RFC 6890; IANA IPv4 and IPv6 Special-Purpose Address Registries).
    ///
    /// Of IPv6 only `2000::/3` is given out (RFC 4291 §2.4), so loopback, unique local, link-local, multicast and the
    /// translations of IPv4 (`64:ff9b::/96`, RFC 6052) are none. IPv4 inside IPv6 is IPv4 here already.
    public var isPublic: Bool {
        if bytes.count == 16, bytes[0] & 0xE0 != 0x20 { return false }
        return !Self.special.contains { $0.contains(self) }
    }

    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        // Teredo, benchmarking and the like, documentation, 6to4, documentation again.
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    ].compactMap { IPNetwork($0) }
}
