import Codecs

/// Looks through every claim, at every depth, for what a token should not carry: it is signed, not hidden.
struct CarriedDataLinter {
    let part: PartialToken.Part

    /// The most findings of this kind; a token with more says it clearly enough.
    private static let limit = 24

    func findings() -> [Finding] {
        guard let document = part.document, let place = part.tokenPart else { return [] }
        var findings: [Finding] = []
        for (index, node) in document.nodes.enumerated() {
            guard findings.count < Self.limit else { break }
            if node.kind == .object, node.name.flatMap({ PersonalData.meaning(of: $0) }) == .address {
                // OpenID Connect Core §5.1.1; its members are not told one by one.
                let path = document.path(of: index)
                let text = "\"\(path)\" has the name of somebody's postal address."
                findings.append(Finding(.personalData, text, at: .decoded(place, node.range, path: path)))
            }
            guard node.kind == .string || node.kind == .number else { continue }
            let value = node.string?.bytes ?? Array(document.source(of: index).prefix(PersonalData.longest))
            let isInAddress =
                node.parent.flatMap { document.nodes[$0].name }.flatMap { PersonalData.meaning(of: $0) } == .address
            guard !value.isEmpty,
                let (code, what) = Self.judge(
                    value, name: Self.name(of: index, document), isInAddress: isInAddress, node)
            else { continue }
            let path = document.path(of: index)
            findings.append(Finding(code, "\"\(path)\" \(what).", at: .decoded(place, node.range, path: path)))
        }
        return findings
    }

    /// The name of the claim, of which an array's elements have part.
    private static func name(of index: Int, _ document: LenientJSON) -> ByteString? {
        let node = document.nodes[index]
        if let name = node.name { return name }
        return node.parent.flatMap { document.nodes[$0].name }
    }

    private static func judge(
        _ value: [UInt8], name: ByteString?, isInAddress: Bool, _ node: LenientJSON.Node
    ) -> (FindingCode, String)? {
        let isString = node.kind == .string
        let meaning = name.flatMap { PersonalData.meaning(of: $0) }
        if isString, value.starts(with: "eyJ".utf8), value.contains(UInt8(ascii: ".")) {
            return (.tokenInClaims, "is itself a token")
        }
        if isString, PersonalData.isCredential(value) { return (.secretInClaims, "looks like a key or password") }
        if meaning == .secret { return (.secretInClaims, "has the name of a secret") }
        if value.count <= PersonalData.longest {
            if PersonalData.isCard(value) { return (.paymentCard, "is a payment card's number by its check digit") }
            if isString, PersonalData.isIBAN(value) {
                return (.bankAccount, "is a bank account (IBAN) by its check digits")
            }
            if PersonalData.isNationalID(value) {
                return (.nationalID, "has the form of a state's number for a person")
            }
            if isString, PersonalData.isEmail(value) { return (.emailAddress, "is an e-mail address") }
            if isString, PersonalData.isPhone(value) { return (.phoneNumber, "is a telephone number") }
        }
        switch meaning {
        case .phone: return (.phoneNumber, "has the name of a telephone number")
        case .card: return (.paymentCard, "has the name of a payment card's number")
        case .account: return (.bankAccount, "has the name of a bank account")
        case .nationalID: return (.nationalID, "has the name of a state's number for a person")
        case .birthdate: return (.personalData, "has the name of somebody's date of birth")
        case .address: return isInAddress ? nil : (.personalData, "has the name of somebody's postal address")
        case .personalName:
            // Deeper inside, roles and groups have names as well.
            return isString && node.parent == 0 ? (.personalData, "has the name of a person's name") : nil
        case .secret, nil: return nil
        }
    }
}
