// A verifier as people write it by hand with node's own crypto: JSON lines in, JSON lines out, in order.
// Careful where it is easy to be (letters, three parts, the key's algorithm, crit), and no more than that.
import crypto from 'node:crypto';
import readline from 'node:readline';

const keys = new Map();

function importKey(jwk) {
  const text = JSON.stringify(jwk);
  if (!keys.has(text)) {
    keys.set(text, jwk.kty === 'oct'
      ? crypto.createSecretKey(Buffer.from(jwk.k, 'base64url')) : crypto.createPublicKey({ key: jwk, format: 'jwk' }));
  }
  return keys.get(text);
}

function verify({ token, key: given, alg: wanted }) {
  const parts = token.split('.');
  if (parts.length !== 3 || parts.some((part) => !/^[A-Za-z0-9_-]*$/.test(part))) return false;
  const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString('utf8'));
  if (header.alg !== wanted || header.crit !== undefined) return false;
  const jwk = given.keys ? given.keys.find((one) => one.kid === header.kid) ?? given.keys[0] : given;
  if (jwk.alg !== undefined && jwk.alg !== wanted) return false;
  const key = importKey(jwk);
  const data = Buffer.from(`${parts[0]}.${parts[1]}`);
  const signature = Buffer.from(parts[2], 'base64url');
  const hash = `sha${wanted.slice(2, 5)}`;
  if (wanted.startsWith('HS')) {
    const mac = crypto.createHmac(hash, key).update(data).digest();
    return mac.length === signature.length && crypto.timingSafeEqual(mac, signature);
  }
  if (wanted.startsWith('RS')) return crypto.verify(hash, data, key, signature);
  if (wanted.startsWith('PS')) {
    const padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
    return crypto.verify(hash, data, { key, padding, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST }, signature);
  }
  if (wanted.startsWith('ES')) return crypto.verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
  return crypto.verify(null, data, key, signature);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  let ok = false;
  try {
    ok = verify(JSON.parse(line));
  } catch {
    ok = false;
  }
  process.stdout.write(ok ? 'true\n' : 'false\n');
}
