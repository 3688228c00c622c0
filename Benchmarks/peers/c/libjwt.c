// The peer libjwt. It takes the key's text on every call and keeps nothing ready; it compares no claims, so the
// comparisons are made here.
#include "measure.h"
#include <jwt.h>

typedef struct {
    char alg[16];
    jwt_alg_t number;
    Text token, public_key, private_key;
} Case;

static bool is(jwt_t *jwt, const char *claim, const char *wanted) {
    const char *value = jwt_get_grant(jwt, claim);
    return value && strcmp(value, wanted) == 0;
}

static bool check(Case *c, const char *token) {
    jwt_t *jwt = NULL;
    if (jwt_decode(&jwt, token, (unsigned char *)c->public_key.bytes, (int)c->public_key.length) != 0) return false;
    long now = time(NULL);
    bool good = jwt_get_alg(jwt) == c->number && jwt_get_grant_int(jwt, "exp") > now &&
                jwt_get_grant_int(jwt, "nbf") <= now && is(jwt, "iss", ISSUER) && is(jwt, "aud", AUDIENCE) &&
                jwt_get_grant(jwt, "sub") != NULL;
    jwt_free(jwt);
    return good;
}

static bool verify(void *context) {
    Case *c = context;
    return check(c, c->token.bytes);
}

static bool sign(void *context) {
    Case *c = context;
    jwt_t *jwt = NULL;
    if (jwt_new(&jwt) != 0) return false;
    long now = time(NULL);
    jwt_add_grant(jwt, "iss", ISSUER);
    jwt_add_grant(jwt, "sub", SUBJECT);
    jwt_add_grant(jwt, "aud", AUDIENCE);
    jwt_add_grant_int(jwt, "exp", now + 300);
    jwt_add_grant_int(jwt, "nbf", now);
    jwt_add_grant_int(jwt, "iat", now);
    jwt_add_grant(jwt, "jti", TOKEN_ID);
    jwt_add_grant(jwt, "scope", SCOPE);
    jwt_add_header(jwt, "kid", KEY_ID);
    bool good = jwt_set_alg(jwt, c->number, (unsigned char *)c->private_key.bytes, (int)c->private_key.length) == 0;
    char *token = good ? jwt_encode_str(jwt) : NULL;
    good = token != NULL;
    free(token);
    jwt_free(jwt);
    return good;
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    printf("about libjwt libjwt %s, parses its key on each call\n", LIBJWT_VERSION);
    const char *algorithms[] = {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"};
    for (size_t index = 0; index < sizeof algorithms / sizeof *algorithms; index++) {
        const char *alg = algorithms[index];
        Case *c = calloc(1, sizeof *c);
        snprintf(c->alg, sizeof c->alg, "%s", alg);
        c->number = jwt_str_alg(alg);
        c->token = read_material(arguments[1], alg, "token");
        if (!c->token.bytes) continue;
        bool shared = alg[0] == 'H';
        c->public_key = read_material(arguments[1], alg, shared ? "secret" : "public.pem");
        c->private_key = read_material(arguments[1], alg, shared ? "secret" : "private.pem");
        if (check(c, read_material(arguments[1], alg, "forged").bytes)) return 3;
        offer("libjwt", c->alg, "verify", verify, c);
        offer("libjwt", c->alg, "sign", sign, c);
    }
    return answer();
}
