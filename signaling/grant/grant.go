package grant

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Grant is what the requester's consent produced. It names one viewer, by the
// fingerprint of its DTLS certificate, and can only be narrowed: each change
// is a new Grant with a higher Generation.
type Grant struct {
	Session    string    `json:"session"`
	Generation uint64    `json:"generation"`
	Viewer     []byte    `json:"viewer"` // SHA-256 of the DTLS certificate
	Technician string    `json:"technician"`
	Scopes     Set       `json:"scopes"`
	Time       time.Time `json:"time"`
	Until      time.Time `json:"until"` // when all of it lapses by itself
}

// Signed is a Grant under the client's session key: evidence that the person's
// own machine made it.
type Signed struct {
	Body      []byte `json:"body"` // JSON of the Grant, exactly as signed
	Signature []byte `json:"signature"`
}

// ErrGrant reports a grant that its client did not sign.
var ErrGrant = errors.New("grant is not signed by the session's client")

// Sign signs g with the client's session key.
func (g Grant) Sign(key ed25519.PrivateKey) (Signed, error) {
	body, err := json.Marshal(g)
	if err != nil {
		return Signed{}, fmt.Errorf("encode grant: %w", err)
	}
	return Signed{Body: body, Signature: ed25519.Sign(key, append([]byte(labelGrant), body...))}, nil
}

// Open verifies the signature and reads the Grant.
func (s Signed) Open(key ed25519.PublicKey) (Grant, error) {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, append([]byte(labelGrant), s.Body...), s.Signature) {
		return Grant{}, ErrGrant
	}
	var g Grant
	dec := json.NewDecoder(bytes.NewReader(s.Body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&g); err != nil {
		return Grant{}, fmt.Errorf("decode grant: %w", err)
	}
	return g, nil
}
