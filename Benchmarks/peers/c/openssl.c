// The bare primitives of the system's libcrypto, its keys ready, on the signing input of the same tokens.
//
// Public keys: EVP with one reused context where OpenSSL allows it (RSA, ECDSA), a fresh one for EdDSA. HMAC: the
// low-level SHA functions with both pads hashed beforehand, which is the least work that an HMAC can be; no public API of
// swift-crypto does so little.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "measure.h"
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

typedef struct {
    char alg[16];
    uint8_t *input;
    size_t input_length;
    uint8_t signature[8192];
    size_t signature_length;
    EVP_PKEY *private_key, *public_key;
    EVP_PKEY_CTX *signing, *verifying;
    const EVP_MD *hash;
    int hash_bits;
    SHA256_CTX inner256, outer256;
    SHA512_CTX inner512, outer512;
} Case;

static size_t decode_base64url(const char *text, size_t length, uint8_t *out) {
    uint32_t value = 0;
    int bits = 0;
    size_t count = 0;
    for (size_t index = 0; index < length; index++) {
        char c = text[index];
        int digit = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '-' ? 62 : 63;
        value = value << 6 | (uint32_t)digit;
        bits += 6;
        if (bits >= 8) bits -= 8, out[count++] = (uint8_t)(value >> bits);
    }
    return count;
}

static void prepare_hmac(Case *c, const uint8_t *secret, size_t length) {
    uint8_t inner[128], outer[128];
    size_t block = c->hash_bits == 256 ? 64 : 128;
    memset(inner, 0x36, block), memset(outer, 0x5c, block);
    for (size_t index = 0; index < length; index++) inner[index] ^= secret[index], outer[index] ^= secret[index];
    switch (c->hash_bits) {
    case 256:
        SHA256_Init(&c->inner256), SHA256_Update(&c->inner256, inner, block);
        SHA256_Init(&c->outer256), SHA256_Update(&c->outer256, outer, block);
        break;
    case 384:
        SHA384_Init(&c->inner512), SHA384_Update(&c->inner512, inner, block);
        SHA384_Init(&c->outer512), SHA384_Update(&c->outer512, outer, block);
        break;
    default:
        SHA512_Init(&c->inner512), SHA512_Update(&c->inner512, inner, block);
        SHA512_Init(&c->outer512), SHA512_Update(&c->outer512, outer, block);
    }
}

static void hmac(Case *c, uint8_t *out) {
    if (c->hash_bits == 256) {
        SHA256_CTX inner = c->inner256, outer = c->outer256;
        SHA256_Update(&inner, c->input, c->input_length);
        SHA256_Final(out, &inner);
        SHA256_Update(&outer, out, 32);
        SHA256_Final(out, &outer);
        return;
    }
    SHA512_CTX inner = c->inner512, outer = c->outer512;
    SHA512_Update(&inner, c->input, c->input_length);
    SHA512_Final(out, &inner);
    SHA512_Update(&outer, out, (size_t)c->hash_bits / 8);
    SHA512_Final(out, &outer);
}

static bool verify_hmac(void *context) {
    Case *c = context;
    uint8_t mac[64];
    hmac(c, mac);
    return CRYPTO_memcmp(mac, c->signature, c->signature_length) == 0;
}

static bool sign_hmac(void *context) {
    uint8_t mac[64];
    hmac(context, mac);
    return true;
}

static bool verify_digest(void *context) {
    Case *c = context;
    uint8_t digest[64];
    unsigned size = 0;
    EVP_Digest(c->input, c->input_length, digest, &size, c->hash, NULL);
    return EVP_PKEY_verify(c->verifying, c->signature, c->signature_length, digest, size) == 1;
}

static bool sign_digest(void *context) {
    Case *c = context;
    uint8_t digest[64], signature[1024];
    unsigned size = 0;
    size_t length = sizeof signature;
    EVP_Digest(c->input, c->input_length, digest, &size, c->hash, NULL);
    return EVP_PKEY_sign(c->signing, signature, &length, digest, size) == 1;
}

static bool verify_message(void *context) {
    Case *c = context;
    EVP_MD_CTX *fresh = EVP_MD_CTX_new();
    bool good = EVP_DigestVerifyInit(fresh, NULL, NULL, NULL, c->public_key) == 1 &&
                EVP_DigestVerify(fresh, c->signature, c->signature_length, c->input, c->input_length) == 1;
    EVP_MD_CTX_free(fresh);
    return good;
}

static bool sign_message(void *context) {
    Case *c = context;
    uint8_t signature[256];
    size_t length = sizeof signature;
    EVP_MD_CTX *fresh = EVP_MD_CTX_new();
    bool good = EVP_DigestSignInit(fresh, NULL, NULL, NULL, c->private_key) == 1 &&
                EVP_DigestSign(fresh, signature, &length, c->input, c->input_length) == 1;
    EVP_MD_CTX_free(fresh);
    return good;
}

static EVP_PKEY *read_key(const char *folder, const char *alg, bool secret) {
    Text pem = read_material(folder, alg, secret ? "private.pem" : "public.pem");
    BIO *bio = BIO_new_mem_buf(pem.bytes, (int)pem.length);
    EVP_PKEY *key = secret ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return key;
}

static bool prepare_context(Case *c, EVP_PKEY_CTX *context, bool pss) {
    if (EVP_PKEY_CTX_set_signature_md(context, c->hash) != 1) return false;
    if (c->alg[1] != 'S' || c->alg[0] == 'E') return true;
    int padding = pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    if (EVP_PKEY_CTX_set_rsa_padding(context, padding) != 1) return false;
    return !pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, c->hash_bits / 8) == 1;
}

/// r and s as the DER that libcrypto wants; converted once, before anything is timed.
static void write_der(Case *c) {
    size_t half = c->signature_length / 2;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    ECDSA_SIG_set0(pair, BN_bin2bn(c->signature, (int)half, NULL), BN_bin2bn(c->signature + half, (int)half, NULL));
    uint8_t *out = c->signature;
    c->signature_length = (size_t)i2d_ECDSA_SIG(pair, &out);
    ECDSA_SIG_free(pair);
}

static void offer_case(const char *folder, const char *alg) {
    Text token = read_material(folder, alg, "token");
    if (!token.bytes) return;
    Case *c = calloc(1, sizeof *c);
    snprintf(c->alg, sizeof c->alg, "%s", alg);
    char *dot = strrchr(token.bytes, '.');
    c->input = (uint8_t *)token.bytes;
    c->input_length = (size_t)(dot - token.bytes);
    c->signature_length = decode_base64url(dot + 1, token.length - c->input_length - 1, c->signature);
    c->hash_bits = atoi(alg + 2);
    c->hash = c->hash_bits == 256 ? EVP_sha256() : c->hash_bits == 384 ? EVP_sha384() : EVP_sha512();
    if (alg[0] == 'H') {
        Text secret = read_material(folder, alg, "secret");
        prepare_hmac(c, (uint8_t *)secret.bytes, secret.length);
        offer("openssl", c->alg, "verify", verify_hmac, c);
        offer("openssl", c->alg, "sign", sign_hmac, c);
        return;
    }
    c->private_key = read_key(folder, alg, true), c->public_key = read_key(folder, alg, false);
    if (!c->private_key || !c->public_key) return;
    if (alg[1] == 'd') {
        offer("openssl", c->alg, "verify", verify_message, c);
        offer("openssl", c->alg, "sign", sign_message, c);
        return;
    }
    if (alg[0] == 'E') write_der(c);
    c->signing = EVP_PKEY_CTX_new(c->private_key, NULL), c->verifying = EVP_PKEY_CTX_new(c->public_key, NULL);
    if (EVP_PKEY_sign_init(c->signing) != 1 || EVP_PKEY_verify_init(c->verifying) != 1) return;
    if (!prepare_context(c, c->signing, alg[0] == 'P') || !prepare_context(c, c->verifying, alg[0] == 'P')) return;
    offer("openssl", c->alg, "verify", verify_digest, c);
    offer("openssl", c->alg, "sign", sign_digest, c);
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    printf("about openssl the system's libcrypto, bare: %s\n", OpenSSL_version(OPENSSL_VERSION));
    const char *algorithms[] = {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384",
                                "PS512", "ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448"};
    for (size_t index = 0; index < sizeof algorithms / sizeof *algorithms; index++) offer_case(arguments[1], algorithms[index]);
    return answer();
}
