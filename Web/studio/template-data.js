// What tokens of known kinds say: those that specifications describe, and how those of well-known issuers look. Every name,
// number and address in them is made up.

const hour = 3600;
const uuid = () => crypto.randomUUID();
const short = () => uuid().replaceAll("-", "").slice(0, 12);

// Each: { id, group, type, alg, header?, claims(now) }; `type` is the header's "typ", `alg` what such tokens are signed with.
// The names that people read are in texts/*.js, under "template.ID".
export const templates = [
  {
    id: "access-token", group: "specified", type: "at+jwt", alg: "ES256", // RFC 9068 section 2
    claims: (now) => ({
      iss: "https://login.example", sub: "5f2c9b1e", aud: "https://orders.example", client_id: "shop-web",
      scope: "orders:read orders:write", roles: ["buyer"], iat: now, exp: now + hour, jti: uuid(),
    }),
  },
  {
    id: "id-token", group: "specified", type: "JWT", alg: "RS256", // OpenID Connect Core 1.0 section 2
    claims: (now) => ({
      iss: "https://login.example", sub: "5f2c9b1e", aud: "shop-web", nonce: short(), auth_time: now - 120, acr: "urn:example:mfa",
      amr: ["pwd", "otp"], name: "Ada Example", email: "ada@login.example", email_verified: true, iat: now, exp: now + hour,
    }),
  },
  {
    id: "service-account", group: "specified", type: "JWT", alg: "RS256", // RFC 7523 section 3, as a grant
    claims: (now) => ({
      iss: "robot@project.example", sub: "robot@project.example", aud: "https://login.example/token", scope: "reports:read",
      iat: now, exp: now + 300, jti: uuid(),
    }),
  },
  {
    id: "client-assertion", group: "specified", type: "client-authentication+jwt", alg: "PS256", // RFC 7523 section 3
    claims: (now) => ({ iss: "shop-web", sub: "shop-web", aud: "https://login.example", iat: now, exp: now + 60, jti: uuid() }),
  },
  {
    id: "dpop-proof", group: "specified", type: "dpop+jwt", alg: "ES256", carriesKey: true, // RFC 9449 section 4.2
    claims: (now) => ({ jti: uuid(), htm: "GET", htu: "https://orders.example/orders", iat: now }),
  },
  {
    id: "logout-token", group: "specified", type: "logout+jwt", alg: "RS256", // OpenID Connect Back-Channel Logout 1.0 section 2.4
    claims: (now) => ({
      iss: "https://login.example", sub: "5f2c9b1e", aud: "shop-web", sid: short(), iat: now, exp: now + 120, jti: uuid(),
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    }),
  },
  {
    id: "entra", group: "vendor", type: "JWT", alg: "RS256",
    claims: (now) => {
      const tenant = uuid();
      return {
        aud: "api://orders", iss: `https://login.microsoftonline.com/${tenant}/v2.0`, iat: now, nbf: now, exp: now + hour,
        aio: "AXQAi/8TAAAA", azp: uuid(), azpacr: "1", name: "Ada Example", oid: uuid(), preferred_username: "ada@example.com",
        rh: "0.AAAA", roles: ["Orders.Reader"], scp: "Orders.Read User.Read", sub: short(), tid: tenant, uti: short(), ver: "2.0",
      };
    },
  },
  {
    id: "keycloak", group: "vendor", type: "JWT", alg: "RS256",
    claims: (now) => ({
      exp: now + 300, iat: now, jti: `onrtac:${uuid()}`, iss: "https://keycloak.example/realms/shop", aud: ["orders", "account"], sub: uuid(),
      typ: "Bearer", azp: "shop-web", sid: uuid(), acr: "1", "allowed-origins": ["https://shop.example"],
      realm_access: { roles: ["offline_access", "buyer"] }, resource_access: { account: { roles: ["view-profile"] } },
      scope: "openid profile email", email_verified: true, name: "Ada Example", preferred_username: "ada",
    }),
  },
  {
    id: "auth0", group: "vendor", type: "JWT", alg: "RS256",
    claims: (now) => ({
      iss: "https://shop.eu.auth0.com/", sub: "auth0|5f2c9b1e0a", aud: ["https://orders.example", "https://shop.eu.auth0.com/userinfo"],
      iat: now, exp: now + 24 * hour, scope: "openid profile orders:read", azp: short(), permissions: ["orders:read"], org_id: "org_example",
    }),
  },
  {
    id: "cognito", group: "vendor", type: null, alg: "RS256",
    claims: (now) => ({
      sub: uuid(), "cognito:groups": ["buyers"], iss: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE00", version: 2,
      client_id: short(), origin_jti: uuid(), event_id: uuid(), token_use: "access", scope: "openid orders/read", auth_time: now,
      exp: now + hour, iat: now, jti: uuid(), username: "ada",
    }),
  },
  {
    id: "google", group: "vendor", type: "JWT", alg: "RS256",
    claims: (now) => ({
      iss: "https://accounts.google.com", azp: "1234567890-example.apps.googleusercontent.com", aud: "1234567890-example.apps.googleusercontent.com",
      sub: "112233445566778899001", hd: "example.com", email: "ada@example.com", email_verified: true, at_hash: short(),
      name: "Ada Example", given_name: "Ada", family_name: "Example", iat: now, exp: now + hour,
    }),
  },
  {
    id: "github-actions", group: "vendor", type: "JWT", alg: "RS256",
    claims: (now) => ({
      jti: uuid(), sub: "repo:example/orders:ref:refs/heads/main", aud: "https://github.com/example", ref: "refs/heads/main",
      sha: "da39a3ee5e6b4b0d3255bfef95601890afd80709", repository: "example/orders", repository_owner: "example", run_id: "1234567890",
      run_number: "42", run_attempt: "1", repository_visibility: "private", actor: "ada", workflow: "release", head_ref: "", base_ref: "",
      event_name: "push", ref_type: "branch", environment: "production", runner_environment: "github-hosted",
      job_workflow_ref: "example/orders/.github/workflows/release.yml@refs/heads/main",
      iss: "https://token.actions.githubusercontent.com", nbf: now - 10, exp: now + 300, iat: now,
    }),
  },
  {
    id: "kubernetes", group: "vendor", type: null, alg: "RS256",
    claims: (now) => ({
      aud: ["https://kubernetes.default.svc.cluster.local"], exp: now + hour, iat: now, iss: "https://kubernetes.default.svc.cluster.local", jti: uuid(),
      "kubernetes.io": {
        namespace: "shop", node: { name: "worker-1", uid: uuid() }, pod: { name: "orders-7d9f", uid: uuid() },
        serviceaccount: { name: "orders", uid: uuid() }, warnafter: now + hour - 7,
      },
      nbf: now, sub: "system:serviceaccount:shop:orders",
    }),
  },
];
