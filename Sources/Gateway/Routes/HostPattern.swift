import HTTPWire

/// Which hosts a route serves.
///
/// Capitals, a port and a dot at the end of a request's host make no difference (RFC 9110, section 4.2.3; RFC 3986,
/// section 3.2.2).
enum HostPattern: Hashable, Sendable {
    /// This name or IPv4 address, in lower case.
    case name([UInt8])
    /// Written `*.name`: every host with one or more labels before that name, and not the name itself.
    case below([UInt8])
    /// An address in brackets; all its spellings are the same.
    case address(IPAddress)

    /// The longest host of a request that is looked at (RFC 1035, section 2.3.4).
    static let longest = 255

    /// Reads `api.example`, `*.example` or `[2001:db8::1]`.
    init(_ text: String) throws(PatternComplaint) {
        let all = Array(text.utf8)
        if all.first == UInt8(ascii: "[") {
            let inside = all.dropFirst().dropLast()
            guard all.last == UInt8(ascii: "]"), inside.contains(UInt8(ascii: ":")), let address = IPAddress(inside)
            else { throw PatternComplaint("the host \(text) is not an IPv6 address in brackets; a port is not named") }
            self = .address(address)
            return
        }
        let coversBelow = all.starts(with: "*.".utf8)
        let name = coversBelow ? all.dropFirst(2) : all[...]
        guard !name.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
            throw PatternComplaint("the host \(text) must be written in lower case")
        }
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.count <= Self.longest, labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isOfLabel) }) else {
            throw PatternComplaint(
                "the host \"\(text)\" must be a name like api.example or *.example, without a port or a dot at its end")
        }
        // Addresses have no labels that could be left out.
        if coversBelow, labels.last?.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true {
            throw PatternComplaint("the host \(text) would be part of an address; only names can begin with *.")
        }
        self = coversBelow ? .below(Array(name)) : .name(Array(name))
    }

    private static func isOfLabel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
