// The two that need no library: Signet's own command, and a request that bears the token.

export const signet = {
  id: "signet", label: "signet", library: "signet verify", versions: ">= 0.1", literal: "shell", comment: "#", run: null,
  lines: [
    ["//", "signet-equal"],
    ["fixed-time", ["//", "fixed-time-given"]],
    ["long-leeway", ["//", "long-leeway"]],
    ["public", "printf '%s' {{jwk}} > public.json"],
    "printf '%s' \"$TOKEN\" | signet verify \\",
    ["public", "  --key public.json \\"],
    ["secret", "  --secret-env SIGNET_SECRET --secret-form {{form}} --alg {{key-alg}} \\"],
    ["issuer", "  --issuer={{issuer}} \\"],
    ["audience", "  --audience={{audience}} \\"],
    ["type", "  --type={{type}} \\"],
    ["*required", "  --require={{text}} \\"],
    ["*scopes", "  --scope={{text}} \\"],
    ["fixed-time", "  --at={{#now}} \\"],
    "  --leeway={{#leeway}}",
  ],
};

export const curl = {
  id: "curl", label: "curl", library: "curl", versions: ">= 7.61", literal: "shell", comment: "#", run: null, keyless: true,
  lines: [
    ["//", "curl-checks-nothing"],
    ["bound", ["//", "curl-bound"]],
    ["address", "curl --include --globoff {{address}} \\"],
    ["!address", "curl --include 'https://api.example/' \\"],
    '  --header "Authorization: Bearer $TOKEN"',
  ],
};
