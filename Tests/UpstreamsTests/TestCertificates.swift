/// A certificate for `upstream.example` and 127.0.0.1, its key, and the authority that signed it. They secure nothing
/// and are valid until 2120.
enum TestCertificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBZTCCAQugAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5UZXN0IGF1
        dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGTEXMBUG
        A1UEAwwOVGVzdCBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQm
        jleqk1K0yQbHgwxegwsSKdYNYgY7eet4G/QhPNy2MvSXaEb+yUuQc0qKYOfoMyHT
        MbMJD+AgwMVixhs8kRyvo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQE
        AwICBDAdBgNVHQ4EFgQUXRhjif9/h7TBFSERTn0jkg0k/FcwCgYIKoZIzj0EAwID
        SAAwRQIgAaA9dc3Fo+L7fqnNlGk8KzJQTWhDFZw7FxzC/fMNDc4CIQDf4UviulOo
        +H1ZuD1FGfnsH2owYqzCyX+7oHMhJXySbQ==
        -----END CERTIFICATE-----
        """

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBrTCCAVKgAwIBAgIBAjAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5UZXN0IGF1
        dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGzEZMBcG
        A1UEAwwQdXBzdHJlYW0uZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
        BE9qVe7daWaFb6/zNGkdJ7B7xibwj0HGN+YHh+Tkp/uG0bNizCw0EncFNnvxXlw0
        mQMj6/QCSgKUz8smYSYe3iKjgYYwgYMwIQYDVR0RBBowGIIQdXBzdHJlYW0uZXhh
        bXBsZYcEfwAAATAJBgNVHRMEAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1Ud
        DgQWBBQgIVY7gOCTf7Hf07/r0NOgVu8QpTAfBgNVHSMEGDAWgBRdGGOJ/3+HtMEV
        IRFOfSOSDST8VzAKBggqhkjOPQQDAgNJADBGAiEAzmh59mTk9iBG0D1EBYBQTl0n
        1W4YEw2dmY3E77YW+iYCIQDFkeU1Zp1ns+X9OqDLbmvMDCcMKqcEYF9SUuPMaWaJ
        9w==
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgk2ghFEPUvRF1+vlo
        nv9mFLa2TK1Tc6g6GpgE3+t8Q8uhRANCAARPalXu3WlmhW+v8zRpHSewe8Ym8I9B
        xjfmB4fk5Kf7htGzYswsNBJ3BTZ78V5cNJkDI+v0AkoClM/LJmEmHt4i
        -----END PRIVATE KEY-----
        """
}
