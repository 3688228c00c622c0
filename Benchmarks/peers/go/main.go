// The peer golang-jwt, its keys parsed once. The exchange with the runner is in ../README.md.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/golang-jwt/jwt"
)

const (
	issuer   = "https://idp.example/realms/production"
	audience = "https://api.example/orders"
)

type claims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"`
}

type peerCase struct {
	token, forged   string
	method          jwt.SigningMethod
	parser          *jwt.Parser
	public, private interface{}
	claims          claims
	batches         map[string]int
}

func read(folder, alg, name string) []byte {
	text, _ := os.ReadFile(filepath.Join(folder, alg, name))
	return text
}

func prepare(folder, alg string) (*peerCase, error) {
	name, suffix := alg, ""
	if alg == "Ed25519" {
		name, suffix = "EdDSA", ".EdDSA"
	}
	c := &peerCase{
		token: string(read(folder, alg, "token"+suffix)), forged: string(read(folder, alg, "forged"+suffix)),
		method: jwt.GetSigningMethod(name), parser: jwt.NewParser(jwt.WithValidMethods([]string{name})),
		batches: map[string]int{},
	}
	public, private := read(folder, alg, "public.pem"), read(folder, alg, "private.pem")
	var err error
	switch alg[0:2] {
	case "HS":
		c.public = read(folder, alg, "secret")
		c.private = c.public
	case "RS", "PS":
		if c.public, err = jwt.ParseRSAPublicKeyFromPEM(public); err == nil {
			c.private, err = jwt.ParseRSAPrivateKeyFromPEM(private)
		}
	case "ES":
		if c.public, err = jwt.ParseECPublicKeyFromPEM(public); err == nil {
			c.private, err = jwt.ParseECPrivateKeyFromPEM(private)
		}
	default:
		if c.public, err = jwt.ParseEdPublicKeyFromPEM(public); err == nil {
			c.private, err = jwt.ParseEdPrivateKeyFromPEM(private)
		}
	}
	if err != nil {
		return nil, err
	}
	if err = c.check(c.token); err != nil {
		return nil, err
	}
	if c.check(c.forged) == nil {
		return nil, fmt.Errorf("a forged token passed")
	}
	now := time.Now()
	c.claims = claims{jwt.RegisteredClaims{
		Issuer: issuer, Subject: "3f1c2a54-9b7e-4d53-8f5e-1f0a6f7b2c11", Audience: jwt.ClaimStrings{audience},
		ExpiresAt: jwt.NewNumericDate(now.Add(300 * time.Second)), NotBefore: jwt.NewNumericDate(now),
		IssuedAt: jwt.NewNumericDate(now), ID: "b7a0c9f2-51d4-4f0f-9d43-0a6cfd9a7e21",
	}, "orders:read orders:write invoices:read invoices:write customers:read tickets:read profile email offline_access"}
	return c, nil
}

// The library checks exp and nbf; iss and aud are asked of its claims.
func (c *peerCase) check(token string) error {
	found := claims{}
	_, err := c.parser.ParseWithClaims(token, &found, func(*jwt.Token) (interface{}, error) { return c.public, nil })
	if err != nil {
		return err
	}
	if !found.VerifyIssuer(issuer, true) || !found.VerifyAudience(audience, true) || found.Subject == "" {
		return fmt.Errorf("claims")
	}
	return nil
}

func (c *peerCase) sign() error {
	token := jwt.NewWithClaims(c.method, c.claims)
	token.Header["kid"] = "benchmark-2026"
	_, err := token.SignedString(c.private)
	return err
}

func (c *peerCase) batch(op string, count int) float64 {
	start := time.Now()
	for index := 0; index < count; index++ {
		var err error
		if op == "verify" {
			err = c.check(c.token)
		} else {
			err = c.sign()
		}
		if err != nil {
			panic(err)
		}
	}
	return time.Since(start).Seconds()
}

func (c *peerCase) measure(op string, seconds float64) float64 {
	batch := c.batches[op]
	if batch == 0 {
		for batch = 1; c.batch(op, batch) < 0.002; batch *= 2 {
		}
		c.batches[op] = batch
	}
	done, spent := 0, 0.0
	for spent < seconds {
		spent += c.batch(op, batch)
		done += batch
	}
	return float64(done) / spent
}

func main() {
	folder := os.Args[1]
	fmt.Printf("about golang-jwt golang-jwt 4.4 from Debian with %s, old\n", runtime.Version())
	cases := map[string]*peerCase{}
	for _, alg := range strings.Fields("HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 Ed25519") {
		c, err := prepare(folder, alg)
		for _, op := range []string{"verify", "sign"} {
			if err != nil {
				fmt.Printf("fails golang-jwt %s %s %v\n", alg, op, err)
			} else {
				fmt.Printf("can golang-jwt %s %s\n", alg, op)
			}
		}
		cases[alg] = c
	}
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var name, alg, op string
		var seconds float64
		fmt.Sscan(lines.Text(), &name, &alg, &op, &seconds)
		fmt.Printf("%s %s %s %.1f\n", name, alg, op, cases[alg].measure(op, seconds))
	}
}
