package webhook

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"net/url"

	"beside/broker/internal/desk"
	"beside/broker/internal/post"
	"beside/signaling/invite"
)

// maxAddress bounds an address, in bytes.
const maxAddress = 500

// Address reads where something is posted: https, or http on this machine.
func Address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxAddress || u.Hostname() == "" || u.Fragment != "" || invite.CheckBroker(u) != nil {
		return nil, &desk.Problem{Field: "url", Text: "must be like https://example.org/path; plain HTTP is for this machine alone"}
	}
	return u, nil
}

// SecretText is a secret as receivers' libraries take it.
func SecretText(secret []byte) string { return "whsec_" + base64.StdEncoding.EncodeToString(secret) }

// Outcome is what came of a delivery.
type Outcome string

// The outcomes.
const (
	Taken       Outcome = "taken"       // answered with 2xx
	Refused     Outcome = "refused"     // answered with something else
	Untrusted   Outcome = "certificate" // nobody vouches for who answers
	TimedOut    Outcome = "timeout"
	Forbidden   Outcome = "forbidden" // the name leads to an address to which nothing is posted
	Unreachable Outcome = "unreachable"
)

// outcomeOf sorts the errors of post: their texts may name what lies behind an address.
func outcomeOf(err error) (status int, o Outcome) {
	var answered *post.AnswerError
	var certificate *tls.CertificateVerificationError
	var network net.Error
	switch {
	case err == nil:
		return 0, Taken
	case errors.As(err, &answered):
		return answered.Status, Refused
	case errors.Is(err, post.ErrAddress):
		return 0, Forbidden
	case errors.As(err, &certificate):
		return 0, Untrusted
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return 0, TimedOut
	}
	return 0, Unreachable
}
