extension Glossary {
    /// Claims of the IANA registry "JSON Web Token Claims" and of the specifications that most tokens follow.
    static let registeredClaims = """
        # RFC 7519
        iss | Issuer | Who made the token. | §4.1.1
        sub | Subject | Who the token is about, by the issuer's own identifier. | §4.1.2
        aud | Audience | Who the token is meant for; anybody else must refuse it. | §4.1.3
        exp | Expires | From this moment on the token must be refused. | §4.1.4
        nbf | Not before | Until this moment the token must be refused. | §4.1.5
        iat | Issued at | When the token was made. | §4.1.6
        jti | Token ID | Names this one token; with the issuer, the way to revoke it. | §4.1.7
        # RFC 8693
        act | Actor | Who acts on behalf of the subject, and on behalf of whom in turn. | §4.1
        scope | Scope | What the client may do, names separated by spaces. | §4.2
        client_id | Client | The application the token was given to. | §4.3
        may_act | May act | Who is allowed to act on behalf of the subject. | §4.4
        # RFC 9068
        roles | Roles | Roles the issuer gives the subject, as in RFC 7643. | §2.2.3.1
        groups | Groups | Groups the subject belongs to, as in RFC 7643. | §2.2.3.1
        entitlements | Entitlements | Things the subject is entitled to, as in RFC 7643. | §2.2.3.1
        # RFC 9396
        authorization_details | Authorization details | What exactly was granted, in structure. | §9.1
        # RFC 7800
        cnf | Confirmation | The key the sender must prove to hold; a copy of the token alone is useless. | §3.1
        # RFC 9449
        htm | HTTP method | The method of the request this proof is for. | §4.2
        htu | HTTP address | The address of the request this proof is for. | §4.2
        ath | Access token hash | The access token this proof goes with. | §4.2
        # RFC 8417
        events | Events | What happened, by event type; an event or a logout token has it. | §2.2
        toe | Time of event | When it happened. | §2.2
        txn | Transaction | Ties together events with one cause. | §2.2
        # RFC 9493
        sub_id | Subject identifier | Who the token is about, with the kind of identifier stated. | §4.1
        # RFC 9701
        token_introspection | Introspection | What the server says about a token it was asked about. | §5
        # RFC 8176
        amr | Methods | How the person signed in: pwd, otp, hwk and so on.
        # OpenID Connect Core §2 | https://openid.net/specs/openid-connect-core-1_0.html#IDToken
        azp | Authorized party | The client an ID token was issued to.
        nonce | Nonce | Ties an ID token to the browser that asked for it.
        auth_time | Signed in at | When the person last proved who they are.
        acr | Assurance | How strong the sign-in was, by a name the parties agreed on.
        # OpenID Connect Core §3.1.3.6 | https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken
        at_hash | Access token hash | Ties the ID token to an access token.
        # OpenID Connect Core §3.3.2.11 | https://openid.net/specs/openid-connect-core-1_0.html#HybridIDToken
        c_hash | Code hash | Ties the ID token to an authorization code.
        # OpenID Connect Core §5.1 | https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
        name | Name | The full name, as shown.
        given_name | Given name | The first name or names.
        family_name | Family name | The last name or names.
        middle_name | Middle name | The middle name or names.
        nickname | Nickname | A casual name.
        preferred_username | User name | What the person likes to be called by; not a stable identifier.
        profile | Profile page | A page about the person.
        picture | Picture | The address of a portrait.
        website | Website | The person's own site.
        email | Email | An address; it may change hands, so it identifies nobody.
        email_verified | Email verified | Whether the issuer has checked the address.
        gender | Gender | As the person stated it.
        birthdate | Date of birth | As YYYY-MM-DD, or only the year.
        zoneinfo | Time zone | A name such as Europe/Paris.
        locale | Language | A tag such as en-US.
        phone_number | Phone | A telephone number.
        phone_number_verified | Phone verified | Whether the issuer has checked the number.
        address | Address | The postal address.
        updated_at | Updated at | When this information last changed.
        # OpenID Connect Core §5.6.2 | https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims
        _claim_names | Claims elsewhere | Which claims another party states, and which source has them.
        _claim_sources | Claim sources | Where the claims that others state are to be had.
        # OpenID Connect Core §7.4 | https://openid.net/specs/openid-connect-core-1_0.html#SelfIssuedResponse
        sub_jwk | Subject's key | The key of somebody who issues tokens about themselves.
        # OpenID Connect Front-Channel Logout §3 | https://openid.net/specs/openid-connect-frontchannel-1_0.html
        sid | Session | The sign-in session at the issuer; logout ends it.
        # FAPI 1.0 Part 2 §5.1 | https://openid.net/specs/openid-financial-api-part-2-1_0.html
        s_hash | State hash | Ties the ID token to the state value.
        # OpenID CIBA | https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html
        urn:openid:params:jwt:claim:auth_req_id | Request ID | The sign-in request this ID token answers.
        urn:openid:params:jwt:claim:rt_hash | Refresh token hash | Ties the ID token to a refresh token.
        # RFC 9901
        _sd | Hidden claims | Digests of claims that the holder may disclose one by one. | §4.2.4.1
        _sd_alg | Digest algorithm | The hash function of the hidden claims. | §4.1.1
        sd_hash | Disclosure hash | Ties a key binding to exactly what was disclosed. | §4.3
        # SD-JWT VC | https://datatracker.ietf.org/doc/draft-ietf-oauth-sd-jwt-vc/
        vct | Credential type | What kind of credential this is.
        vct#integrity | Type integrity | The hash of the document that describes the type.
        # Token Status List | https://datatracker.ietf.org/doc/draft-ietf-oauth-status-list/
        status | Status | Where to look up whether this token was revoked or suspended.
        status_list | Status list | The compressed bits that say which tokens are revoked.
        ttl | Time to live | How many seconds a copy of the list may be kept.
        # W3C Verifiable Credentials Data Model 1.1 | https://www.w3.org/TR/vc-data-model-1.1/
        vc | Verifiable credential | What an issuer states about the subject, in the W3C's model.
        vp | Verifiable presentation | Credentials that a holder shows to a verifier.
        """
}
