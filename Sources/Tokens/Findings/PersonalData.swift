import Codecs

/// Recognises what belongs to a person by its form alone: check digits where there are any. Each answer is linear in a
/// text of bounded length.
enum PersonalData {
    /// The longest text that is looked at.
    static let longest = 256

    /// `local@domain.tld`, nothing around it.
    static func isEmail(_ text: [UInt8]) -> Bool {
        guard text.count >= 6, text.count <= longest, let at = text.firstIndex(of: UInt8(ascii: "@")), at > 0,
            text.lastIndex(of: UInt8(ascii: "@")) == at
        else { return false }
        let domain = text[(at + 1)...]
        guard let dot = domain.lastIndex(of: UInt8(ascii: ".")), dot > at + 1, domain.count - (dot - at) >= 2 else {
            return false
        }
        let plain = text.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") && $0 != 0x7F }
        return plain && domain[(dot + 1)...].allSatisfy { Bytes.isLetter($0) || $0 >= 0x80 }
    }

    /// An international number: `+`, then 8 to 15 digits (ITU-T E.164), with the usual signs between.
    static func isPhone(_ text: [UInt8]) -> Bool {
        guard text.first == UInt8(ascii: "+"), text.count <= 32 else { return false }
        var digits = 0
        for byte in text.dropFirst() {
            if Bytes.isDigit(byte) {
                digits += 1
            } else if ![0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F].contains(byte) {
                return false
            }
        }
        return digits >= 8 && digits <= 15
    }

    /// A payment card's number: an issuer's prefix and length, and Luhn's check digit (ISO/IEC 7812-1).
    static func isCard(_ text: [UInt8]) -> Bool {
        guard text.count >= 13, text.count <= 32 else { return false }
        var digits: [UInt8] = []
        for byte in text {
            if Bytes.isDigit(byte) {
                digits.append(byte - UInt8(ascii: "0"))
            } else if byte != 0x20 && byte != UInt8(ascii: "-") {
                return false
            }
        }
        guard digits.count >= 13, digits.count <= 19, Set(digits).count > 1 else { return false }
        let prefix = digits.prefix(4).reduce(0) { $0 * 10 + Int($1) }
        let known: Bool
        switch prefix {
        case 4000...4999: known = digits.count == 13 || digits.count == 16 || digits.count == 19
        case 5100...5599, 2221...2720, 6011, 6440...6599, 3528...3589: known = digits.count == 16
        case 3400...3499, 3700...3799: known = digits.count == 15
        case 6200...6299: known = digits.count >= 16
        default: known = false
        }
        guard known else { return false }
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = index.isMultiple(of: 2) ? Int(digit) : Int(digit) * 2
            sum += value > 9 ? value - 9 : value
        }
        return sum.isMultiple(of: 10)
    }

    /// An International Bank Account Number: two letters, check digits, the remainder modulo 97 (ISO 13616).
    static func isIBAN(_ text: [UInt8]) -> Bool {
        let account = text.count <= 48 ? text.filter { $0 != 0x20 } : []
        guard account.count >= 15, account.count <= 34, Bytes.isLetter(account[0]), Bytes.isLetter(account[1]),
            Bytes.isDigit(account[2]), Bytes.isDigit(account[3])
        else { return false }
        var remainder = 0
        for byte in account[4...] + account[..<4] {
            if Bytes.isDigit(byte) {
                remainder = (remainder * 10 + Int(byte - UInt8(ascii: "0"))) % 97
            } else if Bytes.isLetter(byte) {
                remainder = (remainder * 100 + Int((byte | 0x20) - UInt8(ascii: "a")) + 10) % 97
            } else {
                return false
            }
        }
        return remainder == 1
    }

    /// A number of the forms that states give their people: the United States' `ddd-dd-dddd`, Brazil's CPF with its
    /// two check digits, France's of fifteen digits with its two.
    static func isNationalID(_ text: [UInt8]) -> Bool {
        guard text.count >= 11, text.count <= 21 else { return false }
        let shape = text.map { Bytes.isDigit($0) ? UInt8(ascii: "d") : $0 }
        let digits = text.filter { Bytes.isDigit($0) }.map { Int($0 - UInt8(ascii: "0")) }
        if shape.elementsEqual("ddd-dd-dddd".utf8) {
            let area = digits[0] * 100 + digits[1] * 10 + digits[2]
            return area != 0 && area != 666 && area < 900
        }
        if shape.elementsEqual("ddd.ddd.ddd-dd".utf8) {
            func check(_ count: Int) -> Int {
                let sum = digits.prefix(count).enumerated().reduce(0) { $0 + $1.element * (count + 1 - $1.offset) }
                return sum * 10 % 11 % 10
            }
            return check(9) == digits[9] && check(10) == digits[10]
        }
        let isFrench = shape.allSatisfy { $0 == UInt8(ascii: "d") || $0 == 0x20 } && digits.count == 15
        guard isFrench, digits[0] == 1 || digits[0] == 2 else { return false }
        let month = digits[3] * 10 + digits[4]
        let number = digits.prefix(13).reduce(Int64(0)) { $0 * 10 + Int64($1) }
        return (1...12).contains(month) && 97 - number % 97 == Int64(digits[13] * 10 + digits[14])
    }

    /// Whether a text begins like a key that a service hands out, or a private key.
    static func isCredential(_ text: [UInt8]) -> Bool {
        text.count >= 20 && credentials.contains { text.count > $0.count && text.starts(with: $0) }
    }

    private static let credentials: [[UInt8]] = [
        "-----BEGIN PRIVATE", "-----BEGIN RSA PRIVATE", "-----BEGIN EC PRIVATE", "-----BEGIN OPENSSH", "AKIA", "ASIA",
        "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "rk_live_", "sk-", "AIza",
        "npm_",
        "hvs.", "SG.",
    ].map { Array($0.utf8) }

    /// What the name of a claim says that it holds.
    enum Meaning {
        case secret
        case phone
        case card
        case account
        case nationalID
        case birthdate
        case address
        case personalName
    }

    private static let meanings: [(words: String, meaning: Meaning)] = [
        (
            """
            password passwd pwd pass passphrase secret clientsecret apikey apisecret privatekey secretkey accesskey
            pin cvv cvc securitycode passwordhash hashedpassword mothersmaidenname recoverycode otp totpsecret mfasecret
            dbpassword databasepassword connectionstring
            """, .secret
        ),
        ("phone phonenumber mobile mobilenumber msisdn telephone tel cell cellphone", .phone),
        ("cardnumber creditcard creditcardnumber ccnumber pan debitcard", .card),
        ("iban accountnumber bankaccount bankaccountnumber sortcode routingnumber", .account),
        (
            """
            ssn socialsecuritynumber nationalid nationalidnumber nationalinsurancenumber nino taxid tin passport
            passportnumber cpf bsn pesel dni nif personnummer aadhaar driverslicense idcardnumber nir
            """, .nationalID
        ),
        // OpenID Connect Core §5.1, and what others call the same.
        ("birthdate dateofbirth birthday dob", .birthdate),
        ("address streetaddress postaladdress homeaddress street postalcode postcode zipcode", .address),
        ("name givenname familyname middlename firstname lastname surname fullname", .personalName),
    ]

    private static let names: [ByteString: Meaning] = {
        var names: [ByteString: Meaning] = [:]
        for (words, meaning) in meanings {
            for word in Array(words.utf8).split(whereSeparator: { $0 <= 0x20 }) {
                names[ByteString(utf8: Array(word))] = meaning
            }
        }
        return names
    }()

    /// What a claim of this name holds; case, `_`, `-` and spaces do not count.
    static func meaning(of name: ByteString) -> Meaning? {
        guard name.count <= 64 else { return nil }
        let plain = name.bytes.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") && $0 != 0x20 }
        return names[ByteString(utf8: plain.map { Bytes.lower($0) })]
    }
}
