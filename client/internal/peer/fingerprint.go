package peer

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/pion/sdp/v3"

	"beside/signaling/invite"
)

// ErrFingerprint reports a description that does not name exactly one
// certificate by SHA-256.
var ErrFingerprint = errors.New("description does not hold exactly one sha-256 fingerprint")

// Fingerprint returns the one certificate that a description names (RFC 8122).
// It may stand at the session and at each media, always the same; which one
// would count if they differed is not for us to guess.
func Fingerprint(description string) (invite.Fingerprint, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(description); err != nil {
		return invite.Fingerprint{}, fmt.Errorf("%w: malformed", ErrFingerprint)
	}
	attributes := d.Attributes
	for _, m := range d.MediaDescriptions {
		attributes = append(attributes, m.Attributes...)
	}
	var found *invite.Fingerprint
	for _, a := range attributes {
		if !strings.EqualFold(a.Key, "fingerprint") {
			continue
		}
		f, err := parseFingerprint(a.Value)
		if err != nil {
			return invite.Fingerprint{}, err
		}
		if found != nil && *found != f {
			return invite.Fingerprint{}, fmt.Errorf("%w: two that differ", ErrFingerprint)
		}
		found = &f
	}
	if found == nil {
		return invite.Fingerprint{}, fmt.Errorf("%w: none", ErrFingerprint)
	}
	return *found, nil
}

func parseFingerprint(value string) (f invite.Fingerprint, err error) {
	hash, digits, ok := strings.Cut(value, " ")
	if !ok || !strings.EqualFold(hash, "sha-256") {
		return f, fmt.Errorf("%w: another hash", ErrFingerprint)
	}
	pairs := strings.Split(digits, ":")
	raw, err := hex.DecodeString(strings.Join(pairs, ""))
	if err != nil || len(raw) != len(f) || len(pairs) != len(f) {
		return f, fmt.Errorf("%w: malformed", ErrFingerprint)
	}
	copy(f[:], raw)
	return f, nil
}
