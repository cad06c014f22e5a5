package grant

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Role is who somebody is in a session.
type Role string

// The roles.
const (
	Client Role = "client"
	Viewer Role = "viewer"
	// Colleague is a second technician, whom the first called in to look on.
	Colleague Role = "colleague"
)

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return r == Client || r == Viewer || r == Colleague }

// TokenType is the explicit type in a token's header (RFC 8725 §3.11).
type TokenType string

const (
	// JoinToken opens one socket, once.
	JoinToken TokenType = "join+jwt"
	// AccessToken is what the viewer shows the client: the most it may do.
	AccessToken TokenType = "access+jwt"
)

// Audiences, one to a type.
const (
	audienceSignaling = "beside:signaling"
	audienceClient    = "beside:client"
)

const (
	// JoinLife is how long a join token may wait for its one use.
	JoinLife = time.Minute
	// MaxAccessLife bounds an access token.
	MaxAccessLife = 10 * time.Minute

	maxTokenBytes = 2048
	leeway        = 5 * time.Second
)

// ErrToken reports a token that is not to be believed. The wrapped text says
// why, for the log; the sender is told no more than "token refused".
var ErrToken = errors.New("token refused")

// Token is the content of a token: who holds it, in which session, and the most
// that it may do. What it may do now is Token ∩ grant, decided by the client.
type Token struct {
	Type    TokenType
	Issuer  string // the broker's public address, exactly
	Subject string // "technician:<id>" or "client:<session>"
	Session string
	Role    Role
	Scopes  Set
	ID      string // jti
	Holder  string // RFC 7638 thumbprint of the holder's key (cnf.jkt, RFC 7800)
	Issued  time.Time
	Expires time.Time
}

// claims is the wire form (RFC 7519).
type claims struct {
	jwt.RegisteredClaims
	Session string `json:"sid"`
	Role    Role   `json:"role"`
	Scopes  string `json:"scope"`
	Confirm struct {
		Thumbprint string `json:"jkt"`
	} `json:"cnf"`
}

// Issuer signs tokens with one key. It is immutable and safe for concurrent use.
type Issuer struct {
	name string
	key  ed25519.PrivateKey
	kid  string
}

// NewIssuer returns the issuer that signs as the broker at the public address
// name.
func NewIssuer(name string, key ed25519.PrivateKey) *Issuer {
	return &Issuer{name: name, key: key, kid: Thumbprint(key.Public().(ed25519.PublicKey))}
}

// Sign completes t (issuer, id, issue time) and signs it. It refuses a life over
// the type's bound.
func (i *Issuer) Sign(t Token) (string, Token, error) {
	now := time.Now().Truncate(time.Second)
	if t.Issued.IsZero() {
		t.Issued = now
	}
	t.Issuer, t.ID = i.name, rand.Text()
	if life := t.Expires.Sub(t.Issued); life <= 0 || life > t.Type.maxLife() {
		return "", Token{}, fmt.Errorf("sign %s: life %v is not within %v", t.Type, life, t.Type.maxLife())
	}
	c := claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.Issuer, Subject: t.Subject, Audience: jwt.ClaimStrings{t.Type.audience()},
			IssuedAt: jwt.NewNumericDate(t.Issued), NotBefore: jwt.NewNumericDate(t.Issued),
			ExpiresAt: jwt.NewNumericDate(t.Expires), ID: t.ID,
		},
		Session: t.Session, Role: t.Role, Scopes: t.Scopes.String(),
	}
	c.Confirm.Thumbprint = t.Holder
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c)
	unsigned.Header["typ"], unsigned.Header["kid"] = string(t.Type), i.kid
	signed, err := unsigned.SignedString(i.key)
	if err != nil {
		return "", Token{}, fmt.Errorf("sign %s: %w", t.Type, err)
	}
	return signed, t, nil
}

func (t TokenType) audience() string {
	if t == JoinToken {
		return audienceSignaling
	}
	return audienceClient
}

func (t TokenType) maxLife() time.Duration {
	if t == JoinToken {
		return JoinLife
	}
	return MaxAccessLife
}

// Verifier checks tokens of one issuer. It is immutable and safe for concurrent use.
type Verifier struct {
	issuer string
	keys   map[string]ed25519.PublicKey // by kid
	now    func() time.Time
}

// NewVerifier returns a Verifier that believes the given keys of the broker at
// the public address issuer.
func NewVerifier(issuer string, keys ...ed25519.PublicKey) *Verifier {
	v := &Verifier{issuer: issuer, keys: make(map[string]ed25519.PublicKey, len(keys)), now: time.Now}
	for _, k := range keys {
		v.keys[Thumbprint(k)] = k
	}
	return v
}

// At returns a Verifier that takes the time from now, for whoever does not
// trust the clock of the computer it runs on.
func (v *Verifier) At(now func() time.Time) *Verifier {
	at := *v
	at.now = now
	return &at
}

// Verify checks everything that a token says of itself (RFC 8725): type,
// algorithm, key, signature, issuer, audience and times. The caller still
// compares Session, Role and Holder with what it expects, and spends ID.
func (v *Verifier) Verify(signed string, typ TokenType) (Token, error) {
	if len(signed) > maxTokenBytes {
		return Token{}, fmt.Errorf("%w: longer than %d bytes", ErrToken, maxTokenBytes)
	}
	if err := checkHeader(signed, typ); err != nil {
		return Token{}, err
	}
	var c claims
	_, err := jwt.NewParser(
		jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithIssuer(v.issuer), jwt.WithAudience(typ.audience()),
		jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(), jwt.WithIssuedAt(),
		jwt.WithStrictDecoding(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(v.now),
	).ParseWithClaims(signed, &c, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		key, ok := v.keys[kid]
		if !ok {
			return nil, errors.New("unknown key")
		}
		return key, nil
	})
	if err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.Split(signed, ".")[1]) // the parser took it apart the same way
	if err != nil || !writtenAs(body, c) {
		return Token{}, fmt.Errorf("%w: claims are not in the form that we write", ErrToken)
	}
	return c.token(typ)
}

// checkHeader refuses, before any signature is looked at, a header that is not
// byte for byte one that we write: no other algorithm, no further member
// (crit, jku, jwk, x5u …), none twice.
func checkHeader(signed string, typ TokenType) error {
	head, _, ok := strings.Cut(signed, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(head)
	if !ok || err != nil {
		return fmt.Errorf("%w: malformed header", ErrToken)
	}
	var h struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
		Typ string `json:"typ"`
	}
	if err := json.Unmarshal(raw, &h); err != nil {
		return fmt.Errorf("%w: malformed header", ErrToken)
	}
	if TokenType(h.Typ) != typ {
		return fmt.Errorf("%w: type %q, want %q", ErrToken, h.Typ, typ)
	}
	if !writtenAs(raw, h) {
		return fmt.Errorf("%w: header is not in the form that we write", ErrToken)
	}
	return nil
}

// writtenAs reports whether raw is how we write v: else a member could stand
// twice, and two readers see two tokens.
func writtenAs(raw []byte, v any) bool {
	canonical, err := json.Marshal(v)
	return err == nil && bytes.Equal(raw, canonical)
}

func (c claims) token(typ TokenType) (Token, error) {
	scopes, err := ParseSet(c.Scopes)
	if err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	switch {
	case !c.Role.Valid(), c.Session == "", c.Subject == "", c.ID == "", c.Confirm.Thumbprint == "", c.IssuedAt == nil:
		return Token{}, fmt.Errorf("%w: a required claim is missing", ErrToken)
	case len(c.Audience) != 1:
		return Token{}, fmt.Errorf("%w: more than one audience", ErrToken)
	case c.ExpiresAt.Sub(c.IssuedAt.Time) > typ.maxLife():
		return Token{}, fmt.Errorf("%w: lives longer than %v", ErrToken, typ.maxLife())
	}
	return Token{
		Type: typ, Issuer: c.Issuer, Subject: c.Subject, Session: c.Session, Role: c.Role, Scopes: scopes, ID: c.ID,
		Holder: c.Confirm.Thumbprint, Issued: c.IssuedAt.Time, Expires: c.ExpiresAt.Time,
	}, nil
}

// Thumbprint is the RFC 7638 thumbprint of an Ed25519 key (RFC 8037 form), in
// base64url.
func Thumbprint(pub ed25519.PublicKey) string {
	jwk := `{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(pub) + `"}`
	sum := sha256.Sum256([]byte(jwk))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// JWK is an Ed25519 public key in the form of RFC 8037.
type JWK struct {
	KeyType string `json:"kty"`
	Curve   string `json:"crv"`
	X       string `json:"x"`
	ID      string `json:"kid"`
	Use     string `json:"use"`
}

// JWKSet is the document at /.well-known/jwks.json (RFC 7517).
type JWKSet struct {
	Keys []JWK `json:"keys"`
}

// NewJWKSet publishes keys.
func NewJWKSet(keys ...ed25519.PublicKey) JWKSet {
	set := JWKSet{Keys: []JWK{}}
	for _, k := range keys {
		set.Keys = append(set.Keys, JWK{"OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(k), Thumbprint(k), "sig"})
	}
	return set
}

// PublicKeys reads the set's keys; it refuses any that is not Ed25519.
func (s JWKSet) PublicKeys() ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	for _, k := range s.Keys {
		raw, err := base64.RawURLEncoding.DecodeString(k.X)
		if err != nil || k.KeyType != "OKP" || k.Curve != "Ed25519" || len(raw) != ed25519.PublicKeySize {
			return nil, errors.New("key set holds a key that is not Ed25519")
		}
		keys = append(keys, raw)
	}
	return keys, nil
}
