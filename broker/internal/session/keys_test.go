package session_test

import (
	"strings"
	"testing"
	"time"

	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

var operator = record.Actor{Kind: record.Operator}

func (b *broker) verifier(keys grant.JWKSet) *grant.Verifier {
	b.t.Helper()
	public, err := keys.PublicKeys()
	if err != nil {
		b.t.Fatal(err)
	}
	return grant.NewVerifier("http://"+b.host, public...)
}

// live is a session in which the viewer holds an access token.
func (b *broker) live() (l link, client, viewer *end, first string) {
	b.t.Helper()
	l, client, viewer = b.both()
	b.accept(l)
	return l, client, viewer, expect[signaling.Access](viewer).Token
}

// While people are being helped the key turns: the viewer is given a token by
// the new one at once, which a client of before believes without asking again,
// and what the old one signed is good still.
func TestKeyTurnsUnderLiveSessions(t *testing.T) {
	b := start(t, options{})
	l, client, viewer, first := b.live()
	before := b.Keys() // as the client was given them
	early := b.token(l, grant.Viewer)

	b.update(func(tx *store.Tx) ([]record.Event, error) { return session.Rotate(tx, operator) })
	second := expect[signaling.Access](viewer).Token
	if second == first || header(second) == header(first) {
		t.Error("the next token was not signed by another key")
	}
	for name, tc := range map[string]struct {
		token string
		keys  grant.JWKSet
	}{
		"new token, keys of before": {second, before},
		"new token, keys of now":    {second, b.Keys()},
		"old token, keys of now":    {first, b.Keys()},
	} {
		if _, err := b.verifier(tc.keys).Verify(tc.token, grant.AccessToken); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A socket that was promised before the turn opens after it.
	again := b.socket()
	again.prove(early.Token, l.viewer, b.host)
	expect[signaling.Welcome](again)
	client.report(l.reporter(), record.PeerVerified{Viewer: "fp", Path: "direct"})

	// Twice in a row: who has the keys of before reads them anew.
	b.update(func(tx *store.Tx) ([]record.Event, error) { return session.Rotate(tx, operator) })
	third := expect[signaling.Access](again).Token
	for header(third) == header(second) {
		third = expect[signaling.Access](again).Token
	}
	if _, err := b.verifier(before).Verify(third, grant.AccessToken); err == nil {
		t.Error("a key that nobody published was believed")
	}
	if _, err := b.verifier(b.Keys()).Verify(third, grant.AccessToken); err != nil {
		t.Errorf("the third token with the keys of now: %v", err)
	}
}

// header is the part of a token that names its key.
func header(token string) string {
	head, _, _ := strings.Cut(token, ".")
	return head
}

func TestRetiredKeysAreForgotten(t *testing.T) {
	b := start(t, options{})
	old := b.Keys()
	b.update(func(tx *store.Tx) ([]record.Event, error) { return session.Rotate(tx, operator) })
	sweep := func(rest time.Duration) (keys int) {
		t.Helper()
		if err := b.store.Update(t.Context(), func(tx *store.Tx) error {
			if err := tx.Sweep(time.Hour, rest); err != nil {
				return err
			}
			kept, err := tx.SigningKeys()
			keys = len(kept)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return keys
	}
	if got := sweep(session.KeyRest); got != 3 || len(old.Keys) != 2 {
		t.Errorf("%d keys right after the turn, %d before; want the one before, the present, the next", got, len(old.Keys))
	}
	if got := sweep(-time.Second); got != 2 {
		t.Errorf("%d keys after the rest, want 2", got)
	}
}

func TestKeyTurnsByItselfInTime(t *testing.T) {
	b := start(t, options{})
	if err := session.RotateDue(t.Context(), b.journal); err != nil {
		t.Fatal(err)
	}
	if n := len(b.Keys().Keys); n != 2 {
		t.Errorf("%d keys, want 2: a young key stays", n)
	}
}

// The policy takes a right from everybody at once, and nothing gives one that
// there is not.
func TestPolicyOnlyNarrows(t *testing.T) {
	b := start(t, options{})
	_, _, viewer, _ := b.live()
	scopes := func() string {
		t.Helper()
		token, err := b.verifier(b.Keys()).Verify(expect[signaling.Access](viewer).Token, grant.AccessToken)
		if err != nil {
			t.Fatal(err)
		}
		return token.Scopes.String()
	}
	set := func(s grant.Set) error {
		return b.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return session.SetPolicy(tx, s, operator) })
	}
	for _, want := range []grant.Set{grant.SetOf(grant.View), {}, grant.SetOf(grant.View, grant.Control)} {
		if err := set(want); err != nil {
			t.Fatal(err)
		}
		if got := scopes(); got != want.String() {
			t.Errorf("after the policy %q the token names %q", want, got)
		}
	}
	if err := set(grant.SetOf(grant.View, grant.Voice)); err == nil {
		t.Error("a policy gave a right that there is not")
	}
	// Whatever the row says, a token names no more than there is.
	b.update(func(tx *store.Tx) ([]record.Event, error) {
		e := record.New(record.PolicyChanged{}, record.ByBroker, operator)
		return []record.Event{e}, tx.SetPolicy(grant.SetOf(grant.View, grant.Voice, grant.Record))
	})
	if got := scopes(); got != "view" {
		t.Errorf("with a forged row the token names %q, want view", got)
	}
}
