/// Public keys of EdDSA that belong to no secret: points of small order, under which one signature fits many messages
/// (J80). They are refused when a key is read; no honest key is among them.
enum SmallOrderPoints {
    /// Whether 32 bytes encode one of the eight points of small order on edwards25519 (RFC 8032 §5.1.2): y is 0, 1, -1 or
    /// one of the two ordinates of order eight, with either sign of x, and also where y is written as y + p.
    static func containsEd25519(_ key: [UInt8]) -> Bool {
        guard key.count == 32, let last = key.last else { return false }
        let ordinate = key.dropLast() + [last & 0x7F]
        return ed25519.contains { $0.elementsEqual(ordinate) }
    }

    /// Whether 57 bytes encode one of the four points of small order on edwards448 (RFC 8032 §5.2.2): y is 0, 1 or -1,
    /// likewise.
    static func containsEd448(_ key: [UInt8]) -> Bool {
        guard key.count == 57, let last = key.last, last & 0x7F == 0 else { return false }
        return ed448.contains { $0.elementsEqual(key.dropLast()) }
    }

    private static let ed25519: [[UInt8]] = [
        number(0, zeros: 31), number(1, zeros: 31),
        // p - 1, p, p + 1 with p = 2^255 - 19
        [0xEC] + ones(30) + [0x7F], [0xED] + ones(30) + [0x7F], [0xEE] + ones(30) + [0x7F],
        // The ordinates of order eight, ± sqrt((sqrt(d + 1) + 1) / d)
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
            0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
            0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ],
    ]

    private static let ed448: [[UInt8]] = [
        number(0, zeros: 55), number(1, zeros: 55),
        // p - 1, p, p + 1 with p = 2^448 - 2^224 - 1
        [0xFE] + ones(27) + [0xFE] + ones(27), ones(28) + [0xFE] + ones(27),
        [UInt8](repeating: 0, count: 28) + ones(28),
    ]

    private static func number(_ low: UInt8, zeros: Int) -> [UInt8] { [low] + [UInt8](repeating: 0, count: zeros) }
    private static func ones(_ count: Int) -> [UInt8] { [UInt8](repeating: 0xFF, count: count) }
}
