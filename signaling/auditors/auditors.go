// Package auditors is the list of who can open an organisation's recordings, and
// the key under which it stands.
//
// The auditors' root is an Ed25519 key that never leaves their hands. Its public
// half is pinned in the client's configuration, or confirmed by the person by its
// fingerprint; it signs each list, so that the broker cannot name a recipient of
// its own. A list names two or more recipients, each with an age X25519 key, and
// replaces one with a lower number. The package does no I/O.
package auditors

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"beside/signaling"
)

// Limits of a list.
const (
	MinRecipients = 2
	MaxRecipients = 16
	MaxName       = 80 // bytes
	MaxBytes      = 16 << 10
)

const label = "beside/auditors/v1\x00"

// Errors of Parse and Verify.
var (
	ErrMalformed = errors.New("malformed list of auditors")
	ErrSignature = errors.New("list of auditors is not signed by this root")
)

// Recipient is one who can open recordings.
type Recipient struct {
	Name string `json:"name"`
	Key  string `json:"key"` // age X25519: age1…
}

// Body is what the root signs.
type Body struct {
	Organisation string      `json:"organisation"`
	Number       uint64      `json:"number"` // grows with each list
	Time         time.Time   `json:"time"`
	Recipients   []Recipient `json:"recipients"`
}

// List is a list as it is published.
type List struct {
	Body
	Root      ed25519.PublicKey
	Signature []byte
	raw       []byte // of Body, exactly as signed
}

// wire is a list as JSON; binary is base64.
type wire struct {
	Root      []byte `json:"root"`
	Body      []byte `json:"body"`
	Signature []byte `json:"signature"`
}

// Parse reads a published list, strictly. It proves nothing: see Verify.
func Parse(raw []byte) (List, error) {
	if len(raw) > MaxBytes {
		return List{}, fmt.Errorf("%w: %d bytes", ErrMalformed, len(raw))
	}
	var w wire
	if err := strict(raw, &w); err != nil {
		return List{}, err
	}
	if len(w.Root) != ed25519.PublicKeySize || len(w.Signature) != ed25519.SignatureSize {
		return List{}, fmt.Errorf("%w: root or signature", ErrMalformed)
	}
	l := List{Root: w.Root, Signature: w.Signature, raw: w.Body}
	if err := strict(w.Body, &l.Body); err != nil {
		return List{}, err
	}
	return l, l.check()
}

func strict(raw []byte, into any) error {
	if err := signaling.WellFormed(raw); err != nil {
		return fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%w: unknown member, or one of the wrong type", ErrMalformed)
	}
	return nil
}

// keyPattern is an age X25519 recipient: Bech32 (BIP 173) of 32 bytes.
var keyPattern = regexp.MustCompile(`^age1[02-9ac-hj-np-z]{58}$`)

func (b Body) check() error {
	if b.Number == 0 || b.Time.IsZero() || b.Organisation == "" ||
		len(b.Recipients) < MinRecipients || len(b.Recipients) > MaxRecipients {
		return fmt.Errorf("%w: number, time, organisation or recipients", ErrMalformed)
	}
	seen := map[string]bool{}
	for _, r := range b.Recipients {
		if !keyPattern.MatchString(r.Key) || seen[r.Key] {
			return fmt.Errorf("%w: key of a recipient", ErrMalformed)
		}
		seen[r.Key] = true
		if r.Name == "" || len(r.Name) > MaxName || !utf8.ValidString(r.Name) || strings.ContainsAny(r.Name, "\r\n\t") {
			return fmt.Errorf("%w: name of a recipient", ErrMalformed)
		}
	}
	return nil
}

// Sign makes a list of a body, which must be within the limits.
func Sign(root ed25519.PrivateKey, b Body) (List, error) {
	if err := b.check(); err != nil {
		return List{}, err
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return List{}, fmt.Errorf("encode list of auditors: %w", err)
	}
	return List{
		Body: b, Root: root.Public().(ed25519.PublicKey), Signature: ed25519.Sign(root, append([]byte(label), raw...)), raw: raw,
	}, nil
}

// Marshal writes what Parse reads.
func (l List) Marshal() ([]byte, error) { return json.Marshal(wire{l.Root, l.raw, l.Signature}) }

// Verify reports whether root signed the list.
func (l List) Verify(root ed25519.PublicKey) error {
	if len(root) != ed25519.PublicKeySize || !bytes.Equal(root, l.Root) ||
		!ed25519.Verify(root, append([]byte(label), l.raw...), l.Signature) {
		return ErrSignature
	}
	return nil
}

// Hash is the SHA-256 of the list's body, by which recordings name it.
func (l List) Hash() [sha256.Size]byte { return sha256.Sum256(l.raw) }

// Names are those of the recipients, in order.
func (l List) Names() []string {
	names := make([]string, len(l.Recipients))
	for i, r := range l.Recipients {
		names[i] = r.Name
	}
	return names
}

// Keys are those of the recipients, in order.
func (l List) Keys() []string {
	keys := make([]string, len(l.Recipients))
	for i, r := range l.Recipients {
		keys[i] = r.Key
	}
	return keys
}

// Fingerprint is a root as people compare it: the first 100 bits of its SHA-256 in
// base32 (RFC 4648), in groups of four.
func Fingerprint(root ed25519.PublicKey) string {
	sum := sha256.Sum256(root)
	text := base32.StdEncoding.EncodeToString(sum[:])[:20]
	groups := make([]string, 0, 5)
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:i+4])
	}
	return strings.Join(groups, " ")
}

// ParseRoot reads the public half of a root as configurations have it: base64url
// without padding.
func ParseRoot(text string) (ed25519.PublicKey, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: auditors' key", ErrMalformed)
	}
	return raw, nil
}

// FormatRoot writes what ParseRoot reads.
func FormatRoot(root ed25519.PublicKey) string { return base64.RawURLEncoding.EncodeToString(root) }
