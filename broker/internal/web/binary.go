package web

import (
	"encoding/base64"
	"time"

	"beside/broker/internal/problem"
)

// decode32 reads a value of 32 bytes in base64url.
func decode32(field, text string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != 32 {
		p := problem.New(422, "invalid", "The request is malformed: "+field+" must be 32 bytes in base64url without padding.")
		p.Field = field
		return nil, p
	}
	return raw, nil
}

// when leaves out the zero time.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
