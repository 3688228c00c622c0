"""Tokens that bring their key in a certificate chain (x5c). Certificates made by pyca/cryptography, tokens by PyJWT."""

import base64
import datetime
import hashlib
import json
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from signet_process import binary

NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
PEM_BLOCK = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


@dataclass
class Holder:
    certificate: x509.Certificate
    key: object

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def usage(*, sign: bool = False, issue: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign, content_commitment=False, key_encipherment=not (sign or issue), data_encipherment=False,
        key_agreement=False, key_cert_sign=issue, crl_sign=False, encipher_only=False, decipher_only=False)


def certified(
    subject: str, issuer: Holder | None = None, *, key=None, issues: bool = False, path_length: int | None = None,
    begins=NOW - DAY, ends=NOW + DAY, extensions: list[tuple[x509.ExtensionType, bool]] = (), by=None,
) -> Holder:
    """A key and a certificate for it, by the issuer or by itself. `by`: another key to sign with than the issuer's."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder().subject_name(name(subject))
        .issuer_name(issuer.certificate.subject if issuer else name(subject)).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=issues, path_length=path_length if issues else None), critical=True))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    signer = by or (issuer.key if issuer else key)
    hash_ = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Holder(builder.sign(signer, hash_), key)


ROOT = certified("Root", issues=True)
MIDDLE = certified("Middle", ROOT, issues=True)
OTHER = certified("Other root", issues=True)


def token(holder: Holder, chain: list[Holder] | None, algorithm: str = "ES256", **header) -> str:
    fields = dict(header)
    if chain is not None:
        fields["x5c"] = [base64.b64encode(one.der).decode() for one in chain]
    now = int(time.time())
    return jwt.encode({"sub": "ada", "iat": now, "exp": now + 300}, holder.key, algorithm, headers=fields)


def verify(folder: Path, text: str, roots: list[Holder], *options: str) -> tuple[int, str]:
    (folder / "roots.pem").write_bytes(b"".join(root.pem for root in roots))
    done = subprocess.run(
        [binary(), "verify", "--x5c-roots", "roots.pem", *options], cwd=folder, input=text.encode(), timeout=30,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


KEYS = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()), "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate, "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "PS256": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_chain_to_a_trusted_root_is_taken(tmp_path: Path, algorithm: str) -> None:
    leaf = certified("Signer", MIDDLE, key=KEYS[algorithm](), extensions=[(usage(sign=True), True)])
    text = token(leaf, [leaf, MIDDLE], algorithm)
    status, output = verify(tmp_path, text, [OTHER, ROOT])
    assert status == 0 and output.endswith("valid\n"), output
    # With the root at its end; from the root itself; and with the leaf as the anchor.
    assert verify(tmp_path, token(leaf, [leaf, MIDDLE, ROOT], algorithm), [ROOT])[0] == 0
    assert verify(tmp_path, text, [MIDDLE])[0] == 0
    direct = certified("Signer", ROOT, key=leaf.key)
    assert verify(tmp_path, token(direct, [direct], algorithm), [ROOT])[0] == 0
    # The signature still decides.
    head, payload, signature = text.split(".")
    other = token(leaf, [leaf, MIDDLE], algorithm).split(".")[2] if algorithm not in ("RS256", "EdDSA") else "A" * len(signature)
    status, output = verify(tmp_path, f"{head}.{payload[:-4]}AAAA.{other}", [ROOT])
    assert status == 1 and "signature-mismatch" in output, output


def bad_chains():
    leaf = certified("Signer", MIDDLE)
    yield "none", leaf, None
    yield "no middle", leaf, [leaf]
    yield "another root", leaf, [leaf, certified("Middle", OTHER, issues=True, key=MIDDLE.key)]
    yield "wrong order", leaf, [leaf, ROOT, MIDDLE]
    yield "issuer first", leaf, [MIDDLE, leaf]
    yield "twice the same", leaf, [leaf, leaf, MIDDLE]
    alone = certified("Signer")
    yield "self-signed", alone, [alone]
    imitated = certified("Root", issues=True)
    own = certified("Signer", imitated)
    yield "a root of the same name", own, [own, imitated]
    forged = certified("Signer", MIDDLE, by=ec.generate_private_key(ec.SECP256R1()))
    yield "a forged signature", forged, [forged, MIDDLE]
    old = certified("Signer", MIDDLE, begins=NOW - 3 * DAY, ends=NOW - DAY)
    yield "expired", old, [old, MIDDLE]
    early = certified("Signer", MIDDLE, begins=NOW + DAY, ends=NOW + 3 * DAY)
    yield "not yet valid", early, [early, MIDDLE]
    late = certified("Middle", ROOT, issues=True, begins=NOW - 3 * DAY, ends=NOW - DAY)
    under = certified("Signer", late)
    yield "an expired middle", under, [under, late]
    plain = certified("Middle", ROOT, issues=False)
    under = certified("Signer", plain)
    yield "a middle that may not issue", under, [under, plain]
    wrong = certified("Middle", ROOT, issues=True, extensions=[(usage(sign=True), True)])
    under = certified("Signer", wrong)
    yield "a middle whose key is not for certificates", under, [under, wrong]
    cipher = certified("Signer", MIDDLE, extensions=[(usage(), True)])
    yield "a key for encryption", cipher, [cipher, MIDDLE]
    short = certified("Short", ROOT, issues=True, path_length=0)
    deep = certified("Deep", short, issues=True)
    under = certified("Signer", deep)
    yield "a longer path than is allowed", under, [under, deep, short]
    narrow = certified("Narrow", ROOT, issues=True, extensions=[
        (x509.NameConstraints([x509.DNSName("example.org")], None), True)])
    outside = certified("Signer", narrow, extensions=[(x509.SubjectAlternativeName([x509.DNSName("example.com")]), False)])
    yield "a name outside of the constraints", outside, [outside, narrow]
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    critical = certified("Signer", MIDDLE, extensions=[(unknown, True)])
    yield "an unknown critical extension", critical, [critical, MIDDLE]
    # Each one could have issued every other: a search without an order would try all ways through them.
    first = certified("Mesh", issues=True)
    mesh = [certified("Mesh", first, key=first.key, issues=True, extensions=[
        (x509.SubjectAlternativeName([x509.DNSName(f"{number}.example")]), False)]) for number in range(9)]
    under = certified("Signer", mesh[0])
    yield "a mesh", under, [under, *mesh]
    long = [certified("Long 0", issues=True)]
    for number in range(1, 12):
        long.append(certified(f"Long {number}", long[-1], issues=True))
    yield "eleven and more", long[-1], long[::-1]


@pytest.mark.parametrize("holder, chain", [pytest.param(h, c, id=i) for i, h, c in bad_chains()])
def test_a_chain_that_no_anchor_vouches_for(tmp_path: Path, holder: Holder, chain: list[Holder] | None) -> None:
    started = time.monotonic()
    status, output = verify(tmp_path, token(holder, chain), [ROOT])
    assert status == 1 and output.endswith("refused: certificate-untrusted\n"), output
    assert time.monotonic() - started < 10
    # To whoever has its key, the chain says nothing; only its length may be too much.
    (tmp_path / "key.pem").write_bytes(holder.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    done = subprocess.run([binary(), "verify", "--key", "key.pem"], cwd=tmp_path, input=token(holder, chain).encode(),
                          timeout=30, stdout=subprocess.PIPE)
    assert done.returncode == 0 or b"refused: token-too-large" in done.stdout


def test_a_hash_of_another_certificate(tmp_path: Path) -> None:
    leaf = certified("Signer", MIDDLE)

    def hash_of(one: Holder) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(one.der).digest()).rstrip(b"=").decode()

    assert verify(tmp_path, token(leaf, [leaf, MIDDLE], **{"x5t#S256": hash_of(leaf)}), [ROOT])[0] == 0
    status, output = verify(tmp_path, token(leaf, [leaf, MIDDLE], **{"x5t#S256": hash_of(MIDDLE)}), [ROOT])
    assert status == 1 and "certificate-untrusted" in output


@pytest.mark.parametrize("value", ["text", [], [1], ["&&&"], ["AAAA"], [""], {}, None, ["MAA="]], ids=repr)
def test_what_is_no_chain(tmp_path: Path, value: object) -> None:
    leaf = certified("Signer", MIDDLE)
    status, output = verify(tmp_path, token(leaf, None, x5c=value), [ROOT])
    assert status == 1 and output.endswith("refused: certificate-untrusted\n"), output


def test_a_secret_is_no_certificate(tmp_path: Path) -> None:
    leaf = certified("Signer", MIDDLE)
    text = jwt.encode({"sub": "ada"}, "x" * 64, "HS256", headers={"x5c": [base64.b64encode(leaf.der).decode()]})
    status, output = verify(tmp_path, text, [ROOT])
    assert status == 1 and "algorithm-not-allowed" in output


def test_signet_sends_a_chain_along_and_shows_it(tmp_path: Path) -> None:
    leaf = certified("Signer", MIDDLE)
    (tmp_path / "leaf.key").write_bytes(leaf.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (tmp_path / "chain.pem").write_bytes(leaf.pem + MIDDLE.pem)
    (tmp_path / "other.pem").write_bytes(MIDDLE.pem)

    def signet(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run([binary(), *words], cwd=tmp_path, timeout=30, capture_output=True, text=True)

    made = signet("sign", "--key", "leaf.key", "--x5c", "chain.pem", "--subject", "ada", "--expires-in", "5m")
    assert made.returncode == 0, made.stderr
    assert verify(tmp_path, made.stdout, [ROOT])[0] == 0
    sent = jwt.get_unverified_header(made.stdout.strip())["x5c"]
    assert [base64.b64decode(one) for one in sent] == [leaf.der, MIDDLE.der]
    refused = signet("sign", "--key", "leaf.key", "--x5c", "other.pem", "--subject", "ada")
    assert refused.returncode == 2 and "not for the key that signs" in refused.stderr

    shown = signet("key", "show", "chain.pem")
    assert shown.returncode == 0, shown.stderr
    for one, issuer in [(leaf, "Middle"), (MIDDLE, "Root")]:
        assert f'certificate for "{one.certificate.subject.rfc4514_string()}"' in shown.stdout
        assert f'issued by "CN={issuer}"' in shown.stdout
        assert one.certificate.fingerprint(hashes.SHA256()).hex() in shown.stdout
        assert one.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ") in shown.stdout
        assert f"{one.certificate.serial_number:x}" in shown.stdout


def test_a_chain_stays_with_its_key_through_every_form(tmp_path: Path) -> None:
    leaf = certified("Signer", MIDDLE)
    (tmp_path / "chain.pem").write_bytes(leaf.pem + MIDDLE.pem)

    def signet(*words: str) -> str:
        done = subprocess.run([binary(), *words], cwd=tmp_path, timeout=30, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    jwk = json.loads(signet("key", "convert", "chain.pem", "--to", "jwk"))
    assert [base64.b64decode(one) for one in jwk["x5c"]] == [leaf.der, MIDDLE.der]
    hashed = base64.urlsafe_b64encode(leaf.certificate.fingerprint(hashes.SHA256())).decode().rstrip("=")
    assert jwk["x5t#S256"] == hashed
    assert "d" not in jwk
    (tmp_path / "key.jwk").write_text(json.dumps(jwk))
    assert json.loads(signet("key", "public", "key.jwk")) == jwk
    named = jwk | {"kid": signet("key", "thumbprint", "key.jwk").strip()}
    assert json.loads(signet("jwks", "make", "key.jwk")) == {"keys": [named]}
    assert PEM_BLOCK.findall(signet("key", "convert", "key.jwk", "--to", "x509")) == PEM_BLOCK.findall(
        (leaf.pem + MIDDLE.pem).decode())
    (tmp_path / "bare.jwk").write_text(json.dumps({k: v for k, v in jwk.items() if not k.startswith("x5")}))
    refused = subprocess.run([binary(), "key", "convert", "bare.jwk", "--to", "x509"], cwd=tmp_path, timeout=30,
                             capture_output=True, text=True)
    assert refused.returncode == 2 and "no certificate came with this key" in refused.stderr
