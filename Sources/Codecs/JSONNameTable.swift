/// The names of the objects that are open while a text is read, to find one that stands twice. Lives in memory that the
/// caller lends; an object with many members, or a text with many names, goes over to a hash set.
struct JSONNameTable {
    /// A name and a hash of it.
    struct Entry {
        let hash: UInt32
        let name: JSONPlace
    }

    /// How many names the lent memory should hold: 960 bytes, since what is larger than a kilobyte is lent from the heap.
    static let capacity = 60
    /// From here on an object's names are not compared one by one: that would become quadratic.
    private static let fewest = 32

    private let entries: UnsafeMutableBufferPointer<Entry>
    private var count = 0
    /// A bit for each hash that was ever kept, by its lowest six bits: most names are seen to be new at a glance.
    private var seen: UInt64 = 0

    init(_ memory: UnsafeMutableBufferPointer<Entry>) {
        entries = memory
    }

    /// Starts an object; the answer is to be given back to `close`.
    func open() -> Int { count }

    /// Forgets the names of an object.
    mutating func close(_ scope: Int) { count = scope }

    /// Remembers a name of the object that was opened at `scope`; false if it was there.
    mutating func insert(
        _ name: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int, since scope: Int,
        _ many: inout Set<ByteString>?
    ) -> Bool {
        if many != nil { return many?.insert(name.string(in: text, origin)).inserted ?? false }
        let hash = Self.hash(name, in: text, origin)
        let bit: UInt64 = 1 << UInt64(hash & 63)
        if seen & bit != 0 {
            for index in scope..<count where entries[index].hash == hash {
                guard !Self.same(entries[index].name, name, in: text, origin) else { return false }
            }
        }
        seen |= bit
        if count - scope < Self.fewest, count < entries.count {
            entries[count] = Entry(hash: hash, name: name)
            count += 1
            return true
        }
        var set: Set<ByteString> = [name.string(in: text, origin)]
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

    private static func hash(_ name: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int) -> UInt32 {
        guard name.hasEscapes else { return hash(name.stretch(of: text, origin), endOf: text) }
        return name.string(in: text, origin).bytes.withUnsafeBufferPointer { hash($0, endOf: $0) }
    }

    /// Tells most names apart by their length, their first and their last eight bytes; need not be hard to collide with.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, endOf text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var mixed = UInt64(truncatingIfNeeded: bytes.count)
        if bytes.count >= 8, let start = bytes.baseAddress {
            let raw = UnsafeRawPointer(start)
            mixed ^= UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            mixed ^= UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
        } else {
            mixed ^= ShortBytes.number(bytes, endOf: text) << 8
        }
        mixed = mixed &* 0xD6E8_FEB8_6659_FD93
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }
}
