/// A whole number that is not negative, of any size: just enough arithmetic to see whether the numbers of an RSA key
/// belong together. It takes a time that depends on the numbers, so it serves where keys are read, not where they are used.
package struct NaturalNumber: Equatable, Sendable {
    /// The least significant first; the last one is not zero.
    private var limbs: [UInt32]

    private init(limbs: [UInt32]) {
        self.limbs = limbs
        while self.limbs.last == 0 { self.limbs.removeLast() }
    }

    /// The number in big-endian bytes.
    package init(_ bytes: [UInt8]) {
        var limbs: [UInt32] = []
        limbs.reserveCapacity(bytes.count / 4 + 1)
        var end = bytes.count
        while end > 0 {
            let start = max(end - 4, 0)
            limbs.append(bytes[start..<end].reduce(0) { $0 << 8 | UInt32($1) })
            end = start
        }
        self.init(limbs: limbs)
    }

    package static let zero = NaturalNumber(limbs: [])
    package static let one = NaturalNumber(limbs: [1])

    package init(_ small: UInt32) {
        self.init(limbs: [small])
    }

    /// Big-endian, without leading zeros; zero is empty.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for limb in limbs.reversed() {
            for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: limb >> shift)) }
        }
        return Array(bytes.drop { $0 == 0 })
    }

    package var isZero: Bool { limbs.isEmpty }
    package var isOdd: Bool { (limbs.first ?? 0) & 1 == 1 }

    private var bitCount: Int {
        guard let top = limbs.last else { return 0 }
        return limbs.count * 32 - top.leadingZeroBitCount
    }

    private func bit(_ place: Int) -> Bool {
        limbs[place / 32] >> UInt32(place % 32) & 1 == 1
    }

    package static func < (left: NaturalNumber, right: NaturalNumber) -> Bool {
        guard left.limbs.count == right.limbs.count else { return left.limbs.count < right.limbs.count }
        for place in left.limbs.indices.reversed() where left.limbs[place] != right.limbs[place] {
            return left.limbs[place] < right.limbs[place]
        }
        return false
    }

    /// The number less another; zero where the other is greater.
    package func minus(_ other: NaturalNumber) -> NaturalNumber {
        guard !(self < other) else { return .zero }
        var result = limbs
        var borrow: Int64 = 0
        for place in result.indices {
            let difference =
                Int64(result[place]) &- borrow &- Int64(place < other.limbs.count ? other.limbs[place] : 0)
            result[place] = UInt32(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        return NaturalNumber(limbs: result)
    }

    package func plus(_ other: NaturalNumber) -> NaturalNumber {
        var result: [UInt32] = []
        var carry: UInt64 = 0
        for place in 0..<max(limbs.count, other.limbs.count) {
            carry += place < limbs.count ? UInt64(limbs[place]) : 0
            carry += place < other.limbs.count ? UInt64(other.limbs[place]) : 0
            result.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        return NaturalNumber(limbs: result + [UInt32(truncatingIfNeeded: carry)])
    }

    package func times(_ other: NaturalNumber) -> NaturalNumber {
        guard !isZero, !other.isZero else { return .zero }
        var result = [UInt32](repeating: 0, count: limbs.count + other.limbs.count)
        // Through pointers: these loops are most of what it takes to find the primes of a key.
        result.withUnsafeMutableBufferPointer { result in
            other.limbs.withUnsafeBufferPointer { factors in
                for (place, limb) in limbs.enumerated() {
                    var carry: UInt64 = 0
                    for offset in factors.indices {
                        let sum =
                            UInt64(limb) &* UInt64(factors[offset]) &+ UInt64(result[place &+ offset]) &+ carry
                        result[place &+ offset] = UInt32(truncatingIfNeeded: sum)
                        carry = sum >> 32
                    }
                    result[place + factors.count] = UInt32(truncatingIfNeeded: carry)
                }
            }
        }
        return NaturalNumber(limbs: result)
    }

    /// The number divided by two as often as it is even, and how often that was; zero stays what it is.
    package var oddPart: (odd: NaturalNumber, twos: Int) {
        guard let first = limbs.firstIndex(where: { $0 != 0 }) else { return (self, 0) }
        let shift = limbs[first].trailingZeroBitCount
        var result: [UInt32] = []
        for place in first..<limbs.count {
            let above = place + 1 < limbs.count ? UInt64(limbs[place + 1]) : 0
            result.append(UInt32(truncatingIfNeeded: (above << 32 | UInt64(limbs[place])) >> UInt64(shift)))
        }
        return (NaturalNumber(limbs: result), first * 32 + shift)
    }

    /// What is left of the division by another number; zero where that is zero.
    package func modulo(_ divisor: NaturalNumber) -> NaturalNumber {
        divided(by: divisor).remainder
    }

    /// Long division (Knuth, The Art of Computer Programming, volume 2, algorithm D); both zero for a divisor of zero.
    package func divided(by divisor: NaturalNumber) -> (quotient: NaturalNumber, remainder: NaturalNumber) {
        guard let top = divisor.limbs.last else { return (.zero, .zero) }
        guard !(self < divisor) else { return (.zero, self) }
        let length = divisor.limbs.count
        guard length > 1 else { return divided(byLimb: top) }
        // Both are shifted so that the divisor's top bit is set; the estimates below are then off by two at most.
        let shift = top.leadingZeroBitCount
        let divisorLimbs = Self.shifted(divisor.limbs, by: shift).dropLast().map { UInt64($0) }
        var rest = Self.shifted(limbs, by: shift)
        let first = divisorLimbs[length - 1]
        let second = divisorLimbs[length - 2]
        var quotient = [UInt32](repeating: 0, count: limbs.count - length + 1)
        for place in quotient.indices.reversed() {
            let head = UInt64(rest[place + length]) << 32 | UInt64(rest[place + length - 1])
            var estimate = head / first
            var left = head % first
            while estimate > 0xFFFF_FFFF || estimate &* second > (left << 32 | UInt64(rest[place + length - 2])) {
                estimate &-= 1
                left &+= first
                if left > 0xFFFF_FFFF { break }
            }
            var carry: UInt64 = 0
            var borrow: Int64 = 0
            // `rest` is longer than `place + length`.
            rest.withUnsafeMutableBufferPointer { rest in
                divisorLimbs.withUnsafeBufferPointer { divisor in
                    for offset in divisor.indices {
                        let product = estimate &* divisor[offset] &+ carry
                        carry = product >> 32
                        let difference =
                            Int64(rest[place &+ offset]) &- borrow &- Int64(product & 0xFFFF_FFFF)
                        rest[place &+ offset] = UInt32(truncatingIfNeeded: difference)
                        borrow = difference < 0 ? 1 : 0
                    }
                }
            }
            let difference = Int64(rest[place + length]) &- borrow &- Int64(carry)
            rest[place + length] = UInt32(truncatingIfNeeded: difference)
            if difference < 0 {
                estimate &-= 1
                var carry: UInt64 = 0
                for offset in 0..<length {
                    let sum = UInt64(rest[place + offset]) &+ divisorLimbs[offset] &+ carry
                    rest[place + offset] = UInt32(truncatingIfNeeded: sum)
                    carry = sum >> 32
                }
                rest[place + length] = UInt32(truncatingIfNeeded: UInt64(rest[place + length]) &+ carry)
            }
            quotient[place] = UInt32(truncatingIfNeeded: estimate)
        }
        let remainder = Self.shiftedDown(Array(rest.prefix(length)), by: shift)
        return (NaturalNumber(limbs: quotient), NaturalNumber(limbs: remainder))
    }

    private func divided(byLimb divisor: UInt32) -> (quotient: NaturalNumber, remainder: NaturalNumber) {
        var quotient = limbs
        var rest: UInt64 = 0
        for place in limbs.indices.reversed() {
            let head = rest << 32 | UInt64(limbs[place])
            quotient[place] = UInt32(truncatingIfNeeded: head / UInt64(divisor))
            rest = head % UInt64(divisor)
        }
        return (NaturalNumber(limbs: quotient), NaturalNumber(UInt32(truncatingIfNeeded: rest)))
    }

    /// One limb longer, for the bits that go up.
    private static func shifted(_ limbs: [UInt32], by shift: Int) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(limbs.count + 1)
        var carry: UInt32 = 0
        for limb in limbs {
            let wide = UInt64(limb) << UInt64(shift)
            result.append(UInt32(truncatingIfNeeded: wide) | carry)
            carry = UInt32(truncatingIfNeeded: wide >> 32)
        }
        result.append(carry)
        return result
    }

    private static func shiftedDown(_ limbs: [UInt32], by shift: Int) -> [UInt32] {
        var result = limbs
        for place in limbs.indices {
            let above = place + 1 < limbs.count ? UInt64(limbs[place + 1]) : 0
            result[place] = UInt32(truncatingIfNeeded: (above << 32 | UInt64(limbs[place])) >> UInt64(shift))
        }
        return result
    }

    /// The power by an exponent, modulo another number.
    package func power(_ exponent: NaturalNumber, modulo modulus: NaturalNumber) -> NaturalNumber {
        var result = NaturalNumber.one.modulo(modulus)
        let factor = modulo(modulus)
        var place = exponent.bitCount
        while place > 0 {
            place -= 1
            result = result.times(result).modulo(modulus)
            if exponent.bit(place) { result = result.times(factor).modulo(modulus) }
        }
        return result
    }

    /// The greatest common divisor with another number.
    package func commonDivisor(_ other: NaturalNumber) -> NaturalNumber {
        var (greater, lesser) = (self, other)
        while !lesser.isZero { (greater, lesser) = (lesser, greater.modulo(lesser)) }
        return greater
    }
}
