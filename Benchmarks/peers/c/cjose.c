// The peer cjose. It knows signatures but no claims, so those are read with jansson, its own JSON library, and compared
// here.
#include "measure.h"
#include <cjose/cjose.h>
#include <jansson.h>

typedef struct {
    char alg[16];
    Text token;
    cjose_jwk_t *public_key, *private_key;
} Case;

static bool is(json_t *claims, const char *claim, const char *wanted) {
    const char *value = json_string_value(json_object_get(claims, claim));
    return value && strcmp(value, wanted) == 0;
}

static bool claims_hold(const uint8_t *text, size_t length) {
    json_t *claims = json_loadb((const char *)text, length, JSON_REJECT_DUPLICATES, NULL);
    if (!claims) return false;
    json_int_t now = time(NULL);
    bool good = json_integer_value(json_object_get(claims, "exp")) > now &&
                json_integer_value(json_object_get(claims, "nbf")) <= now && is(claims, "iss", ISSUER) &&
                is(claims, "aud", AUDIENCE) && json_is_string(json_object_get(claims, "sub"));
    json_decref(claims);
    return good;
}

static bool check(Case *c, Text token) {
    cjose_err error;
    cjose_jws_t *jws = cjose_jws_import(token.bytes, token.length, &error);
    if (!jws) return false;
    uint8_t *payload = NULL;
    size_t length = 0;
    const char *alg = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, &error);
    bool good = alg && strcmp(alg, c->alg) == 0 && cjose_jws_verify(jws, c->public_key, &error) &&
                cjose_jws_get_plaintext(jws, &payload, &length, &error) && claims_hold(payload, length);
    cjose_jws_release(jws);
    return good;
}

static bool verify(void *context) {
    Case *c = context;
    return check(c, c->token);
}

static bool sign(void *context) {
    Case *c = context;
    cjose_err error;
    json_int_t now = time(NULL);
    json_t *claims = json_pack(
        "{ss ss ss sI sI sI ss ss}", "iss", ISSUER, "sub", SUBJECT, "aud", AUDIENCE, "exp", now + 300, "nbf", now, "iat", now,
        "jti", TOKEN_ID, "scope", SCOPE);
    char *payload = json_dumps(claims, JSON_COMPACT);
    cjose_header_t *header = cjose_header_new(&error);
    cjose_header_set(header, CJOSE_HDR_ALG, c->alg, &error);
    cjose_header_set(header, "typ", "JWT", &error);
    cjose_header_set(header, CJOSE_HDR_KID, KEY_ID, &error);
    cjose_jws_t *jws = cjose_jws_sign(c->private_key, header, (uint8_t *)payload, strlen(payload), &error);
    const char *token = NULL;
    bool good = jws && cjose_jws_export(jws, &token, &error);
    if (jws) cjose_jws_release(jws);
    cjose_header_release(header);
    free(payload);
    json_decref(claims);
    return good;
}

static cjose_jwk_t *import_key(const char *folder, const char *alg, const char *name) {
    cjose_err error;
    Text text = read_material(folder, alg, name);
    return text.bytes ? cjose_jwk_import(text.bytes, text.length, &error) : NULL;
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    printf("about cjose cjose %s with jansson %s\n", cjose_version(), JANSSON_VERSION);
    const char *algorithms[] = {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512",
                                "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"};
    for (size_t index = 0; index < sizeof algorithms / sizeof *algorithms; index++) {
        const char *alg = algorithms[index];
        Case *c = calloc(1, sizeof *c);
        snprintf(c->alg, sizeof c->alg, "%s", alg);
        c->token = read_material(arguments[1], alg, "token");
        c->public_key = import_key(arguments[1], alg, "public.jwk");
        c->private_key = import_key(arguments[1], alg, "private.jwk");
        if (!c->token.bytes || !c->public_key || !c->private_key) continue;
        if (check(c, read_material(arguments[1], alg, "forged"))) return 3;
        offer("cjose", c->alg, "verify", verify, c);
        offer("cjose", c->alg, "sign", sign, c);
    }
    return answer();
}
