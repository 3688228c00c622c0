/// Maps byte strings to numbers, each string within a scope (the node it leads away from): one open-addressing table in
/// flat arrays, asked with bytes where they lie.
///
/// The hash has no secret: what is in the table comes from the configuration, and a request can only choose among the
/// chains that are there.
struct ByteTable: Sendable {
    private struct Key {
        let hash: UInt32
        let scope: UInt32
        let start: UInt32
        let length: UInt32
        let value: UInt32
    }

    /// The number of a key plus one, or 0; a power of two, at most half of them taken.
    private var slots: [UInt32] = [0, 0, 0, 0]
    private var keys: [Key] = []
    private var bytes: [UInt8] = []
    /// No string is longer.
    private(set) var longest = 0

    /// The value of a string, whose hash the caller has made by its own rule; nil when it is not there.
    func value(of string: UnsafeRawBufferPointer, hash: ByteHash, in scope: Int) -> Int? {
        let hash = hash.mixed(with: scope)
        let mask = slots.count &- 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            let key = keys[Int(slots[slot]) &- 1]
            if key.hash == hash, Int(key.scope) == scope, isEqual(key, string) { return Int(key.value) }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// Eight bytes at a time.
    private func isEqual(_ key: Key, _ string: UnsafeRawBufferPointer) -> Bool {
        guard Int(key.length) == string.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            let known = UnsafeRawBufferPointer(rebasing: bytes[Int(key.start)..<(Int(key.start) + string.count)])
            var index = 0
            while string.count - index >= 8 {
                let word = string.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if word != known.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
                index += 8
            }
            while index < string.count {
                if string[index] != known[index] { return false }
                index += 1
            }
            return true
        }
    }

    /// Adds a string that is not there.
    mutating func add(_ string: [UInt8], hash: ByteHash, in scope: Int, value: Int) {
        let key = Key(
            hash: hash.mixed(with: scope), scope: UInt32(truncatingIfNeeded: scope),
            start: UInt32(truncatingIfNeeded: bytes.count), length: UInt32(truncatingIfNeeded: string.count),
            value: UInt32(truncatingIfNeeded: value))
        bytes += string
        keys.append(key)
        longest = max(longest, string.count)
        if keys.count * 2 > slots.count {
            slots = [UInt32](repeating: 0, count: slots.count * 2)
            for number in keys.indices { occupy(number) }
        } else {
            occupy(keys.count - 1)
        }
    }

    private mutating func occupy(_ number: Int) {
        let mask = slots.count - 1
        var slot = Int(keys[number].hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(truncatingIfNeeded: number + 1)
    }
}

/// FNV-1a of 64 bits, one byte after the other, so that it is made while the end of a segment is looked for.
struct ByteHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    /// 32 bits that depend on all of them and on a scope: FNV's own are poor.
    func mixed(with scope: Int) -> UInt32 {
        var mixed = state ^ (UInt64(truncatingIfNeeded: scope) &* 0x9E37_79B9_7F4A_7C15)
        mixed ^= mixed >> 32
        mixed = mixed &* 0xD6E8_FEB8_6659_FD93
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    /// Of bytes from left to right, as segments and methods are hashed.
    static func forward(_ bytes: some Sequence<UInt8>) -> ByteHash {
        var hash = ByteHash()
        for byte in bytes { hash.add(byte) }
        return hash
    }

    /// Of bytes from right to left, as hosts are hashed: one pass gives the hash of every name that a host ends in.
    static func backward(_ bytes: some BidirectionalCollection<UInt8>) -> ByteHash {
        forward(bytes.reversed())
    }
}
