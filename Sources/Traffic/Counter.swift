/// A limit's number and period in one word.
struct CounterTag: Equatable {
    private let word: UInt64

    init(number: UInt32, period: TrafficPeriod) { word = UInt64(number) &<< 8 | UInt64(period.rawValue) }

    var number: UInt32 { UInt32(truncatingIfNeeded: word &>> 8) }
    var period: TrafficPeriod { TrafficPeriod(rawValue: UInt8(truncatingIfNeeded: word)) ?? .month }

    /// Where the counter of a key lies: the upper bits choose the shard, the lower ones the place in its index. The
    /// key's bits are secret already, the tag only has to part the limits of one key.
    func hash(with key: LimitKey) -> UInt64 {
        var hash = (key.low ^ (word &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash &>> 32
        return hash &* 0xD6E8_FEB8_6659_FD93
    }
}

/// How wide a counter's sub-buckets are: as narrow as its limit allows, since most counters belong to small limits.
enum CounterLayout: Int, CaseIterable {
    /// A total and no sub-buckets.
    case calendar = 0
    case rolling8 = 1
    case rolling16 = 2
    case rolling32 = 4
    case rolling64 = 8

    /// Bytes of a sub-bucket.
    var width: Int { rawValue }

    /// Bytes of a counter.
    var stride: Int {
        let bytes = MemoryLayout<CounterHead>.size + Int(TrafficPeriod.ring) * width
        return (bytes + 7) & ~7
    }

    /// Its place among a shard's stores.
    var ordinal: Int {
        switch self {
        case .calendar: 0
        case .rolling8: 1
        case .rolling16: 2
        case .rolling32: 3
        case .rolling64: 4
        }
    }
}

/// What every counter begins with; a rolling counter's sub-buckets follow in memory.
struct CounterHead {
    let key: LimitKey
    let tag: CounterTag
    /// The window, or the latest sub-bucket, that the counter has got to.
    var position: Int64
    /// Uses in the window: of a rolling counter the sum of its sub-buckets.
    var total: Int64

    /// Whether nothing of it counts any more at a position.
    func isOver(at now: Int64) -> Bool {
        if total == 0 { return true }
        return tag.period.isCalendar ? position != now : now - position >= TrafficPeriod.ring
    }
}

/// One counter in a store, valid until the store changes.
struct Counter {
    private let head: UnsafeMutablePointer<CounterHead>
    private let cells: UnsafeMutableRawPointer
    private let layout: CounterLayout

    init(at address: UnsafeMutableRawPointer, _ layout: CounterLayout) {
        head = address.assumingMemoryBound(to: CounterHead.self)
        cells = address + MemoryLayout<CounterHead>.size
        self.layout = layout
    }

    var total: Int64 { head.pointee.total }
    var position: Int64 { head.pointee.position }

    /// Forgets what has left the window at a position.
    func advance(to now: Int64) {
        let steps = now - head.pointee.position
        if layout == .calendar {
            if steps == 0 { return }
            head.pointee.total = 0
        } else {
            if steps <= 0 { return }
            if steps >= TrafficPeriod.ring {
                head.pointee.total = 0
                cells.initializeMemory(as: UInt8.self, repeating: 0, count: Int(TrafficPeriod.ring) * layout.width)
            } else {
                for position in (now - steps + 1)...now {
                    let cell = Self.cell(position)
                    head.pointee.total -= self[cell]
                    self[cell] = 0
                }
            }
        }
        head.pointee.position = now
    }

    /// Counts uses at the position it has got to.
    func add(_ uses: Int64) {
        head.pointee.total += uses
        guard layout != .calendar else { return }
        let cell = Self.cell(head.pointee.position)
        self[cell] += uses
    }

    /// Takes one use back that was counted at a position or, when the shard's time was later, after it.
    func takeBack(from since: Int64) {
        guard head.pointee.total > 0, since > head.pointee.position - TrafficPeriod.ring else { return }
        if layout == .calendar {
            if since == head.pointee.position { head.pointee.total -= 1 }
            return
        }
        guard since <= head.pointee.position else { return }
        for position in since...head.pointee.position where self[Self.cell(position)] > 0 {
            self[Self.cell(position)] -= 1
            head.pointee.total -= 1
            return
        }
    }

    /// Takes over another counter's uses; both are of one layout.
    func copyUses(of other: Counter) {
        head.pointee.position = other.position
        head.pointee.total = other.total
        cells.copyMemory(from: other.cells, byteCount: Int(TrafficPeriod.ring) * layout.width)
    }

    /// The position whose expiry leaves at most `most` uses; of a calendar counter always its window.
    func position(leavingAtMost most: Int64) -> Int64 {
        let latest = head.pointee.position
        guard layout != .calendar else { return latest }
        var left = head.pointee.total
        for position in (latest - TrafficPeriod.subBuckets)..<latest {
            left -= self[Self.cell(position)]
            if left <= most { return position }
        }
        return latest
    }

    /// The ring's cell of a position; positions below zero come before the clock's beginning and hold nothing.
    @inline(__always)
    private static func cell(_ position: Int64) -> Int {
        Int(truncatingIfNeeded: UInt64(bitPattern: position + TrafficPeriod.ring) % UInt64(TrafficPeriod.ring))
    }

    private subscript(cell: Int) -> Int64 {
        get {
            switch layout {
            case .calendar: 0
            case .rolling8: Int64(cells.load(fromByteOffset: cell, as: UInt8.self))
            case .rolling16: Int64(cells.load(fromByteOffset: cell * 2, as: UInt16.self))
            case .rolling32: Int64(cells.load(fromByteOffset: cell * 4, as: UInt32.self))
            case .rolling64: cells.load(fromByteOffset: cell * 8, as: Int64.self)
            }
        }
        nonmutating set {
            switch layout {
            case .calendar: break
            case .rolling8:
                cells.storeBytes(of: UInt8(truncatingIfNeeded: newValue), toByteOffset: cell, as: UInt8.self)
            case .rolling16:
                cells.storeBytes(of: UInt16(truncatingIfNeeded: newValue), toByteOffset: cell * 2, as: UInt16.self)
            case .rolling32:
                cells.storeBytes(of: UInt32(truncatingIfNeeded: newValue), toByteOffset: cell * 4, as: UInt32.self)
            case .rolling64: cells.storeBytes(of: newValue, toByteOffset: cell * 8, as: Int64.self)
            }
        }
    }
}
