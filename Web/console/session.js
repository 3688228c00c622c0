// Who is signed in. Authorization code with PKCE (RFC 7636) at the server's own token service, as its public client
// `console`. Tokens live in this module's memory alone; a reload asks again, which a browser that is still signed in
// answers without a question. sessionStorage holds only what the way there and back needs.

const CLIENT = "console";
const SCOPE = "openid profile signet:manage";
const WAY = "signet.console.way";
const redirectURI = `${location.origin}/console/`;

let tokens = null;
let renewal = null;

export class SignInRefused extends Error {}

const base64url = (bytes) => btoa(
  String.fromCharCode(...new Uint8Array(bytes))
).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

// The console is at the issuer's address alone: answers are sent there. Whoever came by another name of the same server
// is led there; without TLS on another machine no browser has what signing in needs.
async function beAtTheIssuer() {
  const issuer = new URL((await metadata()).issuer);
  if (issuer.origin !== location.origin) {
    location.replace(`${issuer.origin}/console/${location.hash}`);
    return false;
  }
  if (!isSecureContext) throw new SignInRefused("Browsers sign in over https only, except on this machine.");
  return true;
}

let described = null;
export const metadata = () => described ??= fetch("/.well-known/openid-configuration").then((answer) => {
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}).catch((problem) => { described = null; throw problem; });

// Leaves for the token service. `silently` asks nobody: it comes back with a code, or with login_required.
export async function leaveToSignIn({ silently }) {
  if (!await beAtTheIssuer()) return;
  const way = { state: random(), nonce: random(), verifier: random(), page: location.hash, silently };
  sessionStorage.setItem(WAY, JSON.stringify(way));
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(way.verifier)));
  location.assign("/authorize?" + new URLSearchParams({
    response_type: "code", client_id: CLIENT, redirect_uri: redirectURI, scope: SCOPE, state: way.state, nonce: way.nonce,
    code_challenge: challenge, code_challenge_method: "S256", ...(silently ? { prompt: "none" } : {}),
  }));
}

// Takes what the token service sent back. -> "in", "out" (nobody is signed in at this browser), or "fresh" (nothing was sent).
export async function arrive() {
  const answer = new URLSearchParams(location.search);
  const way = JSON.parse(sessionStorage.getItem(WAY) ?? "null");
  sessionStorage.removeItem(WAY);
  if (!answer.has("state")) return "fresh";
  history.replaceState(null, "", `/console/${way?.page ?? ""}`);
  if (way === null || answer.get("state") !== way.state) throw new SignInRefused(
    "This answer belongs to another sign-in. Sign in again."
  );
  await checkIssuer(answer.get("iss"));
  if (answer.has("error")) {
    if (way.silently) return "out";
    throw new SignInRefused(answer.get("error_description") ?? answer.get("error"));
  }
  await take({
    grant_type: "authorization_code",
    code: answer.get("code"),
    redirect_uri: redirectURI,
    code_verifier: way.verifier,
  });
  if (claims().nonce !== way.nonce) {
    tokens = null;
    throw new SignInRefused("The ID token belongs to another sign-in. Sign in again.");
  }
  return "in";
}

// RFC 9207: the answer must come from this server and from no other.
async function checkIssuer(issuer) {
  if (issuer !== (await metadata()).issuer) throw new SignInRefused("The answer came from another token service. Sign in again.");
}

async function take(parameters) {
  const response = await fetch("/token", {
    method: "POST",
    body: new URLSearchParams({ client_id: CLIENT, ...parameters }),
  });
  const answer = await response.json().catch(() => ({}));
  const said = answer.error_description ?? answer.detail ?? answer.error ?? `The token service answered ${response.status}.`;
  // Only these are refusals (RFC 6749 section 5.2); anything else may be over in a moment.
  if ([400, 401].includes(response.status)) throw new SignInRefused(said);
  if (!response.ok) throw new Error(said);
  tokens = {
    access: answer.access_token, refresh: answer.refresh_token ?? tokens?.refresh, identity: answer.id_token ?? tokens?.identity,
    until: Date.now() + (answer.expires_in - 20) * 1000,
  };
}

// A good access token, renewed when it is about to expire; null when nobody is signed in any more.
export async function accessToken({ anew = false } = {}) {
  if (tokens === null) return null;
  if (!anew && Date.now() < tokens.until) return tokens.access;
  if (!tokens.refresh) return tokens = null;
  renewal ??= take({ grant_type: "refresh_token", refresh_token: tokens.refresh })
    .catch((problem) => { if (problem instanceof SignInRefused) tokens = null; else throw problem; })
    .finally(() => { renewal = null; });
  await renewal;
  return tokens?.access ?? null;
}

// What the ID token says of the person. It came from the token endpoint itself, so its signature need not be checked
// (OpenID Connect Core section 3.1.3.7); nothing is decided by it, either.
export function claims() {
  if (!tokens?.identity) return {};
  const text = atob(tokens.identity.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
}

// Ends the session at this browser. A form, so that the ID token is in no address.
export function signOut() {
  const fields = {
    id_token_hint: tokens?.identity,
    client_id: CLIENT,
    post_logout_redirect_uri: redirectURI,
    state: "signed-out",
  };
  tokens = null;
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/end-session";
  for (const [name, value] of Object.entries(fields)) {
    if (!value) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

// Whether this page was reached by signing out.
export function wasSignedOut() {
  if (new URLSearchParams(location.search).get("state") !== "signed-out") return false;
  history.replaceState(null, "", "/console/");
  return true;
}
