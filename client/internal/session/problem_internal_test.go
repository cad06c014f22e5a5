package session

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/url"
	"testing"

	"beside/client/internal/screen"
	"beside/client/internal/window"
	"beside/signaling/texts"
)

// TestEveryRefusalSaysWhatNext: whatever keeps the program from going on, its window
// says what it is and what to do.
func TestEveryRefusalSaysWhatNext(t *testing.T) {
	broker, err := url.Parse("https://help.example.org")
	if err != nil {
		t.Fatal(err)
	}
	s := &session{cfg: Config{Broker: broker}}
	tests := map[string]struct {
		got        window.Problem
		what, next string
	}{
		"used":       {refusedProblem(&refusal{Code: "invitation_used"}), texts.T("client.used"), texts.T("client.new-link")},
		"expired":    {refusedProblem(&refusal{Code: "invitation_expired"}), texts.T("client.expired"), texts.T("client.new-link")},
		"revoked":    {refusedProblem(&refusal{Code: "invitation_revoked"}), texts.T("client.revoked"), texts.T("client.new-link")},
		"unknown":    {refusedProblem(&refusal{Code: "invitation_unknown"}), texts.T("client.unknown"), texts.T("client.new-link")},
		"new":        {refusedProblem(&refusal{Code: "of_a_later_broker"}), texts.T("client.refused"), texts.T("client.new-link")},
		"away":       {s.unreachable(io.EOF), texts.T("client.unreachable", "host", broker.Host), texts.T("client.unreachable.next")},
		"in between": {s.unreachable(&tls.CertificateVerificationError{Err: errors.New("x")}), texts.T("client.untrusted", "host", broker.Host), texts.T("client.untrusted.next")},
		"a foreign authority": {
			s.unreachable(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}),
			texts.T("client.untrusted", "host", broker.Host), texts.T("client.untrusted.next"),
		},
		"wayland":   {unableProblem(&screen.NotShowableError{Kind: screen.KindWayland}), texts.T("client.wayland"), texts.T("client.wayland.next")},
		"no screen": {unableProblem(&screen.NotShowableError{}), texts.T("client.no-screen"), texts.T("client.no-screen.next")},
	}
	for name, tt := range tests {
		if tt.got.What != tt.what || tt.got.Next != tt.next {
			t.Errorf("%s: got %+v, want %q and %q", name, tt.got, tt.what, tt.next)
		}
		if tt.got.What == "" || tt.got.Next == "" {
			t.Errorf("%s: a part is missing: %+v", name, tt.got)
		}
	}
}
