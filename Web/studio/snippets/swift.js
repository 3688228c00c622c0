// Signet's own library: the judge of this page is the same code.

const cases = {
  HS256: ".hs256", HS384: ".hs384", HS512: ".hs512", RS256: ".rs256", RS384: ".rs384", RS512: ".rs512", PS256: ".ps256",
  PS384: ".ps384", PS512: ".ps512", ES256: ".es256", ES384: ".es384", ES512: ".es512", ES256K: ".es256k", Ed25519: ".ed25519",
  Ed448: ".ed448", "ML-DSA-65": ".mlDSA65", "ML-DSA-87": ".mlDSA87",
};
const forms = { utf8: ".utf8", base64: ".base64", base64url: ".base64url", hex: ".hex" };

export default {
  id: "swift", label: "Swift", library: "Signet JOSE", versions: ">= 0.1", literal: "swift", comment: "//", file: "main.swift", run: "swift run",
  names: { case: cases },
  lines: [
    ["//", "swift-same-code"],
    ["fixed-time", ["//", "fixed-time"]],
    "import Codecs",
    "import Foundation",
    "import JOSE",
    "import Tokens",
    "",
    "let environment = ProcessInfo.processInfo.environment",
    ["public", "let keys = try KeySet(publicJWKS: Array({{jwks}}.utf8))"],
    ["secret",
      'let secret = Array((environment["SIGNET_SECRET"] ?? "").utf8)',
      ...Object.entries(forms).map(([form, name]) =>
        [form, `let keys = try KeySet(try KeyReader.read(secret, as: ${name}, algorithm: {{:case}}))`])],
    "let policy = ClaimPolicy(",
    "    algorithms: [{{:case}}],",
    ["type", "    types: [{{type}}],"],
    ["issuer", "    issuers: [{{issuer}}],"],
    ["audience", "    audiences: [{{audience}}],"],
    "    leeway: {{#leeway}},",
    ["names", "    requiredClaims: [{{required,}}].map { ClaimRequirement(text: $0) },"],
    ["scopes", "    scopes: [{{scopes,}}],"],
    ["EdDSA", "    acceptsEdDSA: true,"],
    ["bound", ["    //", "bound"]],
    "    confirmation: .unchecked)",
    "let verifier = TokenVerifier(keys: keys, policy: policy)",
    "do throws(TokenRejection) {",
    '    let token = try verifier.verify(environment["TOKEN"] ?? "", now: Int64(Date().timeIntervalSince1970))',
    '    print("valid", token.claims.subject?.text ?? "")',
    "} catch {",
    '    print("refused: \\(error.code.rawValue)")',
    "    exit(1)",
    "}",
  ],
};
