// The peer node: no library, but a token check written by hand on node:crypto, its keys parsed once; faster than the
// libraries on npm, which go through WebCrypto. The exchange with the runner is in ../README.md.
import crypto from "node:crypto";
import fs from "node:fs";
import readline from "node:readline";

const issuer = "https://idp.example/realms/production";
const audience = "https://api.example/orders";
const folder = process.argv[2];
const claims = JSON.parse(fs.readFileSync(`${folder}/claims.json`, "utf8"));
const isEdwards = (alg) => alg.startsWith("Ed");

function prepare(alg) {
  const suffix = alg === "Ed25519" ? ".EdDSA" : "";
  const home = `${folder}/${alg}`;
  const name = alg === "Ed25519" ? "EdDSA" : alg;
  const head = Buffer.from(JSON.stringify({ alg: name, typ: "JWT", kid: "benchmark-2026" })).toString("base64url");
  const read = (file) => fs.readFileSync(`${home}/${file}`);
  const hash = isEdwards(alg) ? null : `sha${alg.slice(2, 5)}`;
  const options = {};
  if (alg.startsWith("ES")) options.dsaEncoding = "ieee-p1363";
  if (alg.startsWith("PS")) {
    options.padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
    options.saltLength = crypto.constants.RSA_PSS_SALTLEN_DIGEST;
  }
  const one = { name, token: read(`token${suffix}`).toString(), forged: read(`forged${suffix}`).toString(), batches: {} };
  if (alg.startsWith("HS")) {
    const secret = crypto.createSecretKey(read("secret"));
    const mac = (input) => crypto.createHmac(hash, secret).update(input).digest();
    one.holds = (input, signature) => {
      const own = mac(input);
      return own.length === signature.length && crypto.timingSafeEqual(own, signature);
    };
    one.signature = mac;
  } else {
    const publicKey = { key: crypto.createPublicKey(read("public.pem")), ...options };
    const privateKey = { key: crypto.createPrivateKey(read("private.pem")), ...options };
    one.holds = (input, signature) => crypto.verify(hash, Buffer.from(input), publicKey, signature);
    one.signature = (input) => crypto.sign(hash, Buffer.from(input), privateKey);
  }
  one.verify = (token) => {
    const [first, second, third, more] = token.split(".");
    if (third === undefined || more !== undefined) return false;
    if (JSON.parse(Buffer.from(first, "base64url").toString()).alg !== name) return false;
    if (!one.holds(token.slice(0, first.length + 1 + second.length), Buffer.from(third, "base64url"))) return false;
    const said = JSON.parse(Buffer.from(second, "base64url").toString());
    const now = Math.floor(Date.now() / 1000);
    return said.exp > now && said.nbf <= now && said.iss === issuer && said.aud === audience && typeof said.sub === "string";
  };
  one.sign = () => {
    const text = `${head}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
    return `${text}.${one.signature(text).toString("base64url")}`;
  };
  if (!one.verify(one.token) || one.verify(one.forged) || !one.verify(one.sign())) throw new Error(`${alg} does not work`);
  return one;
}

function batch(one, op, count) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index++) {
    if (op === "verify") {
      if (!one.verify(one.token)) throw new Error("refused");
    } else one.sign();
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function measure(one, op, seconds) {
  if (!one.batches[op]) {
    let count = 1;
    while (batch(one, op, count) < 0.002) count *= 2;
    one.batches[op] = count;
  }
  let [done, spent] = [0, 0];
  while (spent < seconds) {
    spent += batch(one, op, one.batches[op]);
    done += one.batches[op];
  }
  return done / spent;
}

console.log(`about node node:crypto by hand, Node ${process.versions.node} with OpenSSL ${process.versions.openssl}`);
const cases = {};
const algorithms = "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K Ed25519 Ed448";
for (const alg of algorithms.split(" ")) {
  try {
    cases[alg] = prepare(alg);
    console.log(`can node ${alg} verify\ncan node ${alg} sign`);
  } catch (error) {
    console.log(`fails node ${alg} ${String(error.message).split("\n")[0]}`);
  }
}
console.log("ready");
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [name, alg, op, seconds] = line.split(" ");
  console.log(`${name} ${alg} ${op} ${measure(cases[alg], op, Number(seconds)).toFixed(1)}`);
}
