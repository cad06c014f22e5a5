package session_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"beside/broker/internal/store"
	"beside/signaling/invite"
	"beside/signaling/record"
)

func (b *broker) unable(l link, code string) answer {
	b.t.Helper()
	page := l.secret.Page()
	return b.post("", "/invitations/unable", object{"page": b64(page[:]), "code": code})
}

// A machine that cannot be shown is told of, and spends nothing.
func TestUnableLeavesTheLinkGood(t *testing.T) {
	b := start(t, options{})
	l := b.invite()
	for _, code := range []string{"wayland", "wayland", "no_screen"} {
		if a := b.unable(l, code); a.Status != http.StatusNoContent {
			t.Fatalf("%s: got %d %s, want 204", code, a.Status, a.Code)
		}
		var se store.Session
		if err := b.store.View(t.Context(), func(v *store.View) (err error) {
			se, err = v.Session(l.session)
			return err
		}); err != nil || se.Unable != code || se.ClientKey != nil {
			t.Errorf("session after %s: unable %q, key %x, %v", code, se.Unable, se.ClientKey, err)
		}
	}
	if a := b.redeem(l); a.Status != http.StatusOK {
		t.Errorf("redeem after it: got %d %s, want 200", a.Status, a.Code)
	}
	want := []record.Kind{record.KindInvitationUnable, record.KindInvitationUnable, record.KindSessionJoined}
	got := b.kinds(l.session)
	got = slices.DeleteFunc(got, func(k record.Kind) bool { return !slices.Contains(want, k) })
	if !slices.Equal(got, want) {
		t.Errorf("events: got %v, want %v: the same again is no news", got, want)
	}
}

func TestUnableIsRefused(t *testing.T) {
	b := start(t, options{})
	used, old := b.invite(), b.inviteFor(-time.Second)
	b.redeem(used)
	for name, tc := range map[string]struct {
		got  answer
		want string
	}{
		"used":          {b.unable(used, "wayland"), "invitation_used"},
		"unknown":       {b.unable(link{secret: invite.NewSecret()}, "wayland"), "invitation_unknown"},
		"too late":      {b.unable(old, "wayland"), "invitation_expired"},
		"another code":  {b.unable(b.invite(), "no_input"), ""},
		"not page size": {b.post("", "/invitations/unable", object{"page": "AAAA", "code": "wayland"}), "invalid"},
	} {
		if tc.got.Status < 400 || tc.got.Code != tc.want {
			t.Errorf("%s: got %d %s, want %s", name, tc.got.Status, tc.got.Code, tc.want)
		}
	}
	if kinds := b.kinds(used.session); slices.Contains(kinds, record.KindInvitationUnable) {
		t.Errorf("events: got %v, want none of what was refused", kinds)
	}
}
