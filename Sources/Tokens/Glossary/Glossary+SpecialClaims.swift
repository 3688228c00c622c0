extension Glossary {
    /// Registered claims of narrower fields: requests and clients as tokens, federation, identity proofing, devices, telephony.
    static let specialClaims = """
        # RFC 9101
        response_type | Response type | What a signed authorization request asks for. | §4
        response_mode | Response mode | How the answer to a signed request is to come back. | §4
        redirect_uri | Redirect URI | Where the answer to a signed request is to go. | §4
        state | State | The client's own value of a signed request, which the answer repeats. | §4
        code_challenge | PKCE challenge | Ties the code of a signed request to the client that asked. | §4
        code_challenge_method | PKCE method | How the challenge was made: S256. | §4
        # RFC 7591
        software_id | Software | The software of a client, the same in each installation. | §2
        software_version | Software version | The version of a client's software. | §2
        client_name | Client name | A client's name as people see it. | §2
        redirect_uris | Redirect URIs | Where a client may be sent back to. | §2
        grant_types | Grant types | The ways a client may get tokens. | §2
        jwks_uri | Keys of the client | Where a client's public keys are. | §2
        token_endpoint_auth_method | Client authentication | How a client proves who it is. | §2
        # OpenID Federation 1.0 | https://openid.net/specs/openid-federation-1_0.html
        jwks | Keys | The public keys of the subject.
        metadata | Metadata | What the subject is and offers, by role.
        metadata_policy | Metadata policy | What members below may state about themselves.
        constraints | Constraints | Limits on the chain of trust.
        authority_hints | Superiors | Who vouches for the subject.
        trust_marks | Trust marks | Signed marks that the subject was awarded.
        trust_mark_issuers | Mark issuers | Who may award which trust mark.
        trust_mark_owners | Mark owners | Who owns which trust mark.
        # OpenID Identity Assurance | https://openid.net/specs/openid-connect-4-identity-assurance-1_0.html
        verified_claims | Verified claims | Claims with the evidence by which they were checked.
        place_of_birth | Place of birth | Where the person was born.
        nationalities | Nationalities | The person's nationalities, as country codes.
        birth_family_name | Family name at birth | The family name the person was born with.
        birth_given_name | Given name at birth | The given name the person was born with.
        birth_middle_name | Middle name at birth | The middle name the person was born with.
        salutation | Salutation | How to address the person, such as "Mr.".
        title | Title | The person's title, such as "Dr.".
        msisdn | Mobile number | The mobile number in international form.
        also_known_as | Also known as | A stage name, a religious name or another alias.
        # RFC 8485
        vot | Vector of trust | How the identity was proofed and authenticated, component by component.
        vtm | Trustmark | Where the vector of trust is explained.
        # RFC 9200
        ace_profile | ACE profile | How a constrained device is to use the token.
        cnonce | Client nonce | Shows a device without a clock that the token is fresh.
        exi | Expires in | Seconds of life from when a device without a clock first sees the token.
        # RFC 9711
        eat_nonce | Nonce | Shows that an attestation is fresh.
        ueid | Device ID | Identifies one device for good.
        sueids | Device IDs | Identifiers of a device that can change, as with a new owner.
        oemid | Manufacturer | Who made the hardware.
        hwmodel | Hardware model | The model of the hardware.
        hwversion | Hardware version | The version of the hardware.
        swname | Software | The name of the software that runs.
        swversion | Software version | The version of the software that runs.
        oemboot | Authorized boot | Whether the manufacturer authorized the software that booted.
        dbgstat | Debug status | Whether debugging is off, and for good.
        location | Location | Where the device is.
        uptime | Uptime | Seconds since the device booted.
        bootcount | Boot count | How often the device has booted.
        bootseed | Boot seed | A random value of this boot.
        dloas | Certifications | Certifications the device has received.
        manifests | Manifests | What software is installed.
        measurements | Measurements | Hashes of what is installed.
        measres | Measurement results | How measurements compare with what they should be.
        submods | Submodules | Statements about parts of the device.
        intuse | Intended use | What the attestation is for.
        eat_profile | Profile | The rules this attestation follows.
        # RFC 8225
        orig | Caller | Who calls. | §5.2.1
        dest | Called party | Who is called. | §5.2.1
        mky | Media keys | Fingerprints of the keys of the call's media. | §5.2.2
        # RFC 8588
        attest | Attestation | How well the carrier knows the caller: A, B or C.
        origid | Origin ID | Where in the network the call came in.
        # RFC 8946
        div | Diverted | Whose number a forwarded call was for. | §3
        opt | Original | The caller-identity token before the call was forwarded.
        # RFC 9795
        rcd | Call data | The caller's name and details, as shown.
        rcdi | Call data integrity | Hashes of the caller's details.
        crn | Call reason | Why the person calls.
        # RFC 9246
        cdniv | CDN claim set | The version of a signed content address.
        cdnicrit | CDN critical | Claims of a signed content address that must be understood.
        cdniip | CDN client | The network the content may be fetched from.
        cdniuc | CDN content | The addresses this token opens.
        cdniets | CDN renewal | Seconds of life of a renewed token.
        cdnistt | CDN transport | How a renewed token is handed over.
        cdnistd | CDN depth | How much of the path a renewed token is for.
        # RFC 9321
        sig_val_claims | Validation result | The result of checking a signature.
        """
}
