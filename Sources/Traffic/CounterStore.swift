/// Counters of one layout, densely in memory, found by an index with open addressing. Not for several threads at once.
///
/// An index entry holds 32 bits of the hash and the counter's slot plus one, so that a search reads no counter but the
/// right one. A removed counter's slot is filled by the last one.
struct CounterStore: ~Copyable {
    let layout: CounterLayout
    private(set) var count = 0
    /// How many of them are overflow counters.
    private(set) var overflowCount = 0
    /// Where sweeping goes on.
    var cursor = 0

    private let stride: Int
    private var slots: UnsafeMutableRawPointer?
    private var capacity = 0
    private var index: UnsafeMutablePointer<UInt64>?
    private var mask = 0

    private static var smallest: Int { 16 }

    init(_ layout: CounterLayout) {
        self.layout = layout
        stride = layout.stride
    }

    deinit {
        slots?.deallocate()
        index?.deallocate()
    }

    /// Bytes allocated.
    var bytes: Int { capacity * stride + (index == nil ? 0 : (mask + 1) * MemoryLayout<UInt64>.size) }

    /// The counter in a slot below `count`, or nil.
    @inline(__always)
    subscript(slot: Int) -> Counter? {
        guard let slots, slot >= 0, slot < count else { return nil }
        return Counter(at: slots + slot * stride, layout)
    }

    /// What the counter in a slot begins with.
    @inline(__always)
    func head(_ slot: Int) -> CounterHead? {
        guard let slots, slot >= 0, slot < count else { return nil }
        return (slots + slot * stride).assumingMemoryBound(to: CounterHead.self).pointee
    }

    /// The slot of a counter.
    func find(_ tag: CounterTag, _ key: LimitKey, hash: UInt64) -> Int? {
        guard let index, let slots else { return nil }
        let fragment = UInt32(truncatingIfNeeded: hash)
        var place = Int(fragment) & mask
        while index[place] != 0 {
            if UInt32(truncatingIfNeeded: index[place] &>> 32) == fragment {
                let slot = Int(index[place] & 0xFFFF_FFFF) - 1
                let head = (slots + slot * stride).assumingMemoryBound(to: CounterHead.self)
                if head.pointee.key == key, head.pointee.tag == tag { return slot }
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Adds an empty counter that is not there yet; slots stay as they are.
    mutating func insert(_ tag: CounterTag, _ key: LimitKey, hash: UInt64, at position: Int64) -> Int {
        if count == capacity { resize(to: max(Self.smallest, capacity + capacity / 4)) }
        guard let slots, let index else { return -1 }
        let slot = count
        count += 1
        if key == .overflow { overflowCount += 1 }
        let address = slots + slot * stride
        address.initializeMemory(as: UInt8.self, repeating: 0, count: stride)
        address.bindMemory(to: CounterHead.self, capacity: 1)
            .initialize(to: CounterHead(key: key, tag: tag, position: position, total: 0))
        Self.enter(UInt32(truncatingIfNeeded: hash), slot, index, mask)
        return slot
    }

    /// Removes the counter in a slot; the last counter takes the slot.
    mutating func remove(_ slot: Int) {
        guard let slots, let index, let gone = head(slot), let last = head(count - 1) else { return }
        if let place = place(of: slot, gone) { close(place) }
        if gone.key == .overflow { overflowCount -= 1 }
        count -= 1
        if slot != count, let place = place(of: count, last) {
            index[place] = index[place] & ~0xFFFF_FFFF | UInt64(slot + 1)
            (slots + slot * stride).copyMemory(from: slots + count * stride, byteCount: stride)
        }
        if count == 0 {
            resize(to: 0)
        } else if capacity > Self.smallest, count < capacity / 4 {
            resize(to: max(Self.smallest, capacity / 2))
        }
    }

    /// Where the index speaks of a slot.
    private func place(of slot: Int, _ head: CounterHead) -> Int? {
        guard let index else { return nil }
        let fragment = UInt32(truncatingIfNeeded: head.tag.hash(with: head.key))
        let entry = UInt64(fragment) &<< 32 | UInt64(slot + 1)
        var place = Int(fragment) & mask
        while index[place] != 0 {
            if index[place] == entry { return place }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Empties a place of the index and moves back what stood behind it, so that searches need no marks of removal.
    private func close(_ place: Int) {
        guard let index else { return }
        var hole = place
        var next = (place + 1) & mask
        while index[next] != 0 {
            let home = Int(index[next] &>> 32) & mask
            if (next - home) & mask >= (next - hole) & mask {
                index[hole] = index[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        index[hole] = 0
    }

    private static func enter(
        _ fragment: UInt32, _ slot: Int, _ index: UnsafeMutablePointer<UInt64>, _ mask: Int
    ) {
        var place = Int(fragment) & mask
        while index[place] != 0 { place = (place + 1) & mask }
        index[place] = UInt64(fragment) &<< 32 | UInt64(slot + 1)
    }

    /// Makes room for so many counters, at least as many as there are.
    private mutating func resize(to wanted: Int) {
        let places = wanted == 0 ? 0 : Self.places(for: wanted)
        let slotsBefore = slots
        slots = wanted == 0 ? nil : .allocate(byteCount: wanted * stride, alignment: 16)
        if let slotsBefore {
            slots?.copyMemory(from: slotsBefore, byteCount: count * stride)
            slotsBefore.deallocate()
        }
        capacity = wanted
        guard places != (index == nil ? 0 : mask + 1) else { return }
        let indexBefore = index
        let placesBefore = index == nil ? 0 : mask + 1
        index = nil
        mask = max(places - 1, 0)
        if places > 0 {
            let fresh = UnsafeMutablePointer<UInt64>.allocate(capacity: places)
            fresh.initialize(repeating: 0, count: places)
            for place in 0..<placesBefore {
                guard let entry = indexBefore?[place], entry != 0 else { continue }
                Self.enter(UInt32(truncatingIfNeeded: entry &>> 32), Int(entry & 0xFFFF_FFFF) - 1, fresh, mask)
            }
            index = fresh
        }
        indexBefore?.deallocate()
    }

    /// A power of two that is filled to three quarters at most.
    private static func places(for counters: Int) -> Int {
        var places = smallest
        while places * 3 < counters * 4 { places *= 2 }
        return places
    }
}
