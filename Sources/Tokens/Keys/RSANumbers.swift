/// The numbers of a private RSA key as documents write them (RFC 8017 §3.2, RFC 7518 §6.3.2), big-endian.
package struct RSANumbers {
    package var modulus: [UInt8]
    package var publicExponent: [UInt8]
    package var privateExponent: [UInt8]
    package var prime1: [UInt8]
    package var prime2: [UInt8]
    package var exponent1: [UInt8]
    package var exponent2: [UInt8]
    package var coefficient: [UInt8]

    /// All eight, so far as a document gave them.
    package init(
        modulus: [UInt8], publicExponent: [UInt8], privateExponent: [UInt8], prime1: [UInt8], prime2: [UInt8],
        exponent1: [UInt8], exponent2: [UInt8], coefficient: [UInt8]
    ) {
        self.modulus = modulus
        self.publicExponent = publicExponent
        self.privateExponent = privateExponent
        self.prime1 = prime1
        self.prime2 = prime2
        self.exponent1 = exponent1
        self.exponent2 = exponent2
        self.coefficient = coefficient
    }

    /// The numbers of a key whose primes are known; the last three are computed.
    package init(modulus: [UInt8], publicExponent: [UInt8], privatePart: RSAPrivatePart) {
        let exponent = NaturalNumber(privatePart.exponent)
        let prime1 = NaturalNumber(privatePart.prime1)
        let prime2 = NaturalNumber(privatePart.prime2)
        self.init(
            modulus: modulus, publicExponent: publicExponent, privateExponent: privatePart.exponent,
            prime1: privatePart.prime1, prime2: privatePart.prime2,
            exponent1: exponent.modulo(prime1.minus(.one)).bytes, exponent2: exponent.modulo(prime2.minus(.one)).bytes,
            // By Fermat's little theorem, q^(p-2) is the inverse of q modulo the prime p.
            coefficient: prime2.power(prime1.minus(NaturalNumber(2)), modulo: prime1).bytes)
    }

    /// The key, once its numbers have been seen to belong together. A key whose parts contradict each other gives its
    /// factors away with one signature (Boneh, DeMillo, Lipton: on the importance of checking for faults).
    package func material() throws(KeyError) -> KeyMaterial {
        try KeyStrength.check(modulus: modulus, exponent: publicExponent)
        for number in [privateExponent, prime1, prime2, exponent1, exponent2, coefficient] {
            guard !number.isEmpty, number.count <= modulus.count else { throw Self.inconsistent }
        }
        let prime1 = NaturalNumber(prime1)
        let prime2 = NaturalNumber(prime2)
        let below1 = prime1.minus(.one)
        let below2 = prime2.minus(.one)
        guard prime1.isOdd, prime2.isOdd, !below1.isZero, !below2.isZero, prime1 != prime2,
            prime1.times(prime2) == NaturalNumber(modulus)
        else { throw Self.inconsistent }
        let exponent = NaturalNumber(privateExponent)
        let publicExponent = NaturalNumber(publicExponent)
        let exponent1 = NaturalNumber(exponent1)
        let exponent2 = NaturalNumber(exponent2)
        guard exponent.modulo(below1) == exponent1, exponent.modulo(below2) == exponent2,
            publicExponent.times(exponent1).modulo(below1) == .one,
            publicExponent.times(exponent2).modulo(below2) == .one,
            NaturalNumber(coefficient).times(prime2).modulo(prime1) == .one
        else { throw Self.inconsistent }
        return .rsa(
            modulus: modulus, exponent: self.publicExponent,
            privatePart: RSAPrivatePart(exponent: privateExponent, prime1: self.prime1, prime2: self.prime2))
    }

    private static let inconsistent = KeyError(
        .malformed, "the numbers of this private RSA key do not belong together (RFC 7518 §6.3.2)")

    /// The largest modulus, in bytes, whose factors are looked for: that takes some 20 ms, and the time grows with
    /// the third power.
    private static let largestRecovered = 256

    /// The primes of a key that gives only its private exponent (NIST SP 800-56B revision 2, appendix C.1).
    static func recovering(
        modulus: [UInt8], publicExponent: [UInt8], privateExponent: [UInt8]
    ) throws(KeyError) -> KeyMaterial {
        try KeyStrength.check(modulus: modulus, exponent: publicExponent)
        guard modulus.count <= largestRecovered else {
            throw KeyError(
                .unsupported, "a private RSA key of more than 2048 bits needs its primes \"p\" and \"q\" beside \"d\"")
        }
        guard privateExponent.count <= modulus.count else { throw inconsistent }
        let product = NaturalNumber(privateExponent).times(NaturalNumber(publicExponent)).minus(.one)
        let number = NaturalNumber(modulus)
        let below = number.minus(.one)
        let (odd, twos) = product.oddPart
        guard !product.isZero, twos > 0 else { throw inconsistent }
        // Each candidate finds the factors with a chance of at least one half; the first primes are as good as any.
        for candidate: UInt32 in [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53] {
            var root = NaturalNumber(candidate).power(odd, modulo: number)
            if root == .one || root == below { continue }
            var square = root.times(root).modulo(number)
            var left = twos
            while square != .one, square != below, left > 1 {
                root = square
                square = root.times(root).modulo(number)
                left -= 1
            }
            if square == below { continue }
            // Whatever is raised to a multiple of the group's order is 1; else `d` belongs to another key.
            guard square == .one else { throw inconsistent }
            let factor = root.minus(.one).commonDivisor(number)
            let other = number.divided(by: factor).quotient
            let (greater, lesser) = factor < other ? (other, factor) : (factor, other)
            let part = RSAPrivatePart(exponent: privateExponent, prime1: greater.bytes, prime2: lesser.bytes)
            return try RSANumbers(modulus: modulus, publicExponent: publicExponent, privatePart: part).material()
        }
        throw inconsistent
    }
}
