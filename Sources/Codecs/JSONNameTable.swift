/// The names of the objects that are open while a text is read, to find one that stands twice. Lives in memory that the
/// caller lends; an object with many members, or a text with many names, goes over to a hash set.
struct JSONNameTable {
    /// A name and what tells it from most others.
    struct Entry {
        let key: UInt64
        let name: JSONPlace
    }

    /// How many names the lent memory should hold: 960 bytes, since what is larger than a kilobyte is lent from the heap.
    static let capacity = 40
    /// From here on an object's names are not compared one by one: that would become quadratic.
    private static let fewest = 32

    private let entries: UnsafeMutableBufferPointer<Entry>
    private var count = 0
    /// A bit for each key that was ever kept: most names are seen to be new at a glance.
    private var seen: UInt64 = 0

    init(_ memory: UnsafeMutableBufferPointer<Entry>) {
        entries = memory
    }

    /// Starts an object; the answer is to be given back to `close`.
    func open() -> Int { count }

    /// Forgets the names of an object.
    mutating func close(_ scope: Int) { count = scope }

    /// Remembers a name of the object that was opened at `scope`; false if it was there.
    @inline(__always)
    mutating func insert(
        _ name: JSONName, in text: UnsafeBufferPointer<UInt8>, _ origin: Int, since scope: Int,
        _ many: inout Set<ByteString>?
    ) -> Bool {
        let bit: UInt64 = 1 << ((name.key &* 0x9E37_79B9_7F4A_7C15) >> 58)
        guard seen & bit == 0, count &- scope < Self.fewest, count < entries.count, many == nil else {
            return insert(name, bit, in: text, origin, since: scope, &many)
        }
        seen |= bit
        keep(name)
        return true
    }

    @inline(__always)
    private mutating func keep(_ name: JSONName) {
        entries.initializeElement(at: count, to: Entry(key: name.key, name: name.place))
        count &+= 1
    }

    /// The same for a name that may have been there, or has no room.
    @inline(never)
    private mutating func insert(
        _ name: JSONName, _ bit: UInt64, in text: UnsafeBufferPointer<UInt8>, _ origin: Int, since scope: Int,
        _ many: inout Set<ByteString>?
    ) -> Bool {
        if many != nil { return many?.insert(name.place.string(in: text, origin)).inserted ?? false }
        for index in scope..<count where entries[index].key == name.key {
            guard !Self.same(entries[index].name, name.place, in: text, origin) else { return false }
        }
        seen |= bit
        if count - scope < Self.fewest, count < entries.count {
            keep(name)
            return true
        }
        var set: Set<ByteString> = [name.place.string(in: text, origin)]
        for index in scope..<count { set.insert(entries[index].name.string(in: text, origin)) }
        many = set
        return true
    }

    private static func same(
        _ left: JSONPlace, _ right: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int
    ) -> Bool {
        guard !left.hasEscapes, !right.hasEscapes else {
            return left.string(in: text, origin) == right.string(in: text, origin)
        }
        return JSONPlace.equal(left.stretch(of: text, origin), right.stretch(of: text, origin))
    }
}

/// A name as it is met in a text.
struct JSONName {
    let place: JSONPlace
    /// The name as a number where it has eight bytes or fewer, else 0; see `JSONMember.shortName`.
    let short: UInt64
    /// The same for the same name, escapes resolved; need not be hard to collide with.
    let key: UInt64

    @inline(__always)
    init(_ place: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int) {
        self.place = place
        let start = place.offset &- origin
        if place.count <= 8, !place.hasEscapes, start + 8 <= text.count, let first = text.baseAddress {
            short = ShortBytes.number(first + start, count: place.count)
            key = short
        } else {
            (short, key) = Self.numbers(place, in: text, origin)
        }
    }

    @inline(never)
    private static func numbers(
        _ place: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int
    ) -> (short: UInt64, key: UInt64) {
        guard place.hasEscapes else { return numbers(place.stretch(of: text, origin)) }
        return place.string(in: text, origin).bytes.withUnsafeBufferPointer { numbers($0) }
    }

    /// A long name's key tells it from others by its length, its first and its last eight bytes.
    private static func numbers(_ bytes: UnsafeBufferPointer<UInt8>) -> (short: UInt64, key: UInt64) {
        guard bytes.count > 8, let start = bytes.baseAddress else {
            let short = ShortBytes.number(bytes)
            return (short, short)
        }
        let raw = UnsafeRawPointer(start)
        let first = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        let last = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
        return (0, (first &* 0x9E37_79B9_7F4A_7C15 ^ last ^ UInt64(bytes.count)) &* 0xD6E8_FEB8_6659_FD93)
    }
}

/// Up to eight bytes as one number, the first byte the highest: "iss" is 0x697373.
enum ShortBytes {
    /// The number of `count` bytes, at most eight, behind which enough follow to read eight at once.
    @inline(__always)
    static func number(_ start: UnsafePointer<UInt8>, count: Int) -> UInt64 {
        let eight = UInt64(bigEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
        // A shift by 64, for no bytes at all, gives 0.
        return eight >> UInt64(64 &- 8 &* count)
    }

    /// The number of at most eight bytes; 0 for more, and for those that hold a NUL, which would make a longer name look
    /// like a shorter one.
    static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
        guard bytes.count <= 8, !bytes.contains(0) else { return 0 }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
