package session_test

import (
	"crypto/ed25519"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
)

func TestHundredRacersOneWinner(t *testing.T) {
	b := start(t, options{})
	l := b.invite()
	const racers = 100
	// A racer goes round the limit of one address: the race is the rows'.
	run := make(chan struct{})
	var done sync.WaitGroup
	var mu sync.Mutex
	codes := map[string]int{}
	for range racers {
		body := asRedeem(l.secret, newKey())
		done.Go(func() {
			<-run
			_, err := b.Redeem(t.Context(), body)
			mu.Lock()
			defer mu.Unlock()
			codes[codeOf(err)]++
		})
	}
	close(run)
	done.Wait()
	if codes[""] != 1 || codes["invitation_used"] != racers-1 {
		t.Errorf("outcomes %v, want one winner and %d refused", codes, racers-1)
	}
	kinds := b.kinds(l.session)
	count := func(k record.Kind) (n int) {
		for _, got := range kinds {
			if got == k {
				n++
			}
		}
		return n
	}
	if count(record.KindSessionJoined) != 1 || count(record.KindInvitationRefused) != racers-1 {
		t.Errorf("%d joined and %d refused in the log", count(record.KindSessionJoined), count(record.KindInvitationRefused))
	}
}

func TestRedeemAgain(t *testing.T) {
	b := start(t, options{})
	l := b.invite()
	first, second := b.redeem(l), b.redeem(l)
	if first.Session != l.session || second.Session != l.session || second.Token == "" || second.Token == first.Token {
		t.Errorf("the same key again: %d %s, session %q", second.Status, second.Code, second.Session)
	}
	if a := b.post("", "/redeem", redeemBody(l.secret, newKey())); a.Status != http.StatusConflict || a.Code != "invitation_used" || a.Token != "" {
		t.Errorf("another key: %d %s", a.Status, a.Code)
	}
	b.waitEvent(l.session, record.InvitationRefused{Invitation: l.id, From: "127.0.0.0/24", Reason: "invitation_used"})
	if n := len(slices.DeleteFunc(b.kinds(l.session), func(k record.Kind) bool { return k != record.KindSessionJoined })); n != 1 {
		t.Errorf("joined %d times", n)
	}
	b.post(b.ada.ID, "/sessions/"+l.session+"/end", object{"reason": "technician"})
	if a := b.redeem(l); a.Status != http.StatusGone || a.Code != "session_ended" {
		t.Errorf("after the end: %d %s", a.Status, a.Code)
	}
}

func TestRedeemRefused(t *testing.T) {
	b := start(t, options{})
	used, expired, revoked, ended := b.invite(), b.inviteFor(-time.Second), b.invite(), b.invite()
	b.redeem(used)
	b.update(func(tx *store.Tx) ([]record.Event, error) {
		if _, err := tx.RevokeInvitation(revoked.id); err != nil {
			return nil, err
		}
		_, err := tx.End(ended.session, signaling.ByTechnician)
		return []record.Event{record.New(record.InvitationRevoked{Invitation: revoked.id}, record.ByBroker, record.Actor{})}, err
	})
	fresh := b.invite()
	other := newKey()
	for name, tc := range map[string]struct {
		body   object
		status int
		code   string
	}{
		"unknown":         {redeemBody(invite.NewSecret(), newKey()), http.StatusNotFound, "invitation_unknown"},
		"expired":         {redeemBody(expired.secret, newKey()), http.StatusGone, "invitation_expired"},
		"revoked":         {redeemBody(revoked.secret, newKey()), http.StatusGone, "invitation_revoked"},
		"ended before":    {redeemBody(ended.secret, newKey()), http.StatusGone, "invitation_revoked"},
		"used":            {redeemBody(used.secret, newKey()), http.StatusConflict, "invitation_used"},
		"foreign proof":   {with(redeemBody(fresh.secret, newKey()), "proof", b64(ed25519.Sign(other, []byte("x")))), http.StatusUnauthorized, "proof_refused"},
		"another's key":   {with(redeemBody(fresh.secret, newKey()), "key", b64(public(other))), http.StatusUnauthorized, "proof_refused"},
		"short key":       {with(redeemBody(fresh.secret, newKey()), "key", "AAAA"), http.StatusUnauthorized, "proof_refused"},
		"no proof":        {with(redeemBody(fresh.secret, newKey()), "proof", ""), http.StatusUnauthorized, "proof_refused"},
		"short join":      {with(redeemBody(fresh.secret, newKey()), "join", "AAAA"), http.StatusUnprocessableEntity, "invalid"},
		"padded base64":   {with(redeemBody(fresh.secret, newKey()), "key", b64(public(other))+"="), http.StatusUnprocessableEntity, ""},
		"unknown member":  {with(redeemBody(fresh.secret, newKey()), "more", 1), http.StatusUnprocessableEntity, ""},
		"missing system":  {with(redeemBody(fresh.secret, newKey()), "system", nil), http.StatusUnprocessableEntity, ""},
		"control in os":   {with(redeemBody(fresh.secret, newKey()), "system", object{"os": "li\x1bnux", "arch": "a", "version": ""}), http.StatusUnprocessableEntity, "invalid"},
		"direction mark":  {with(redeemBody(fresh.secret, newKey()), "system", object{"os": "linux", "arch": "a", "name": "\u202egpj", "version": ""}), http.StatusUnprocessableEntity, "invalid"},
		"endless version": {with(redeemBody(fresh.secret, newKey()), "version", strings.Repeat("x", 41)), http.StatusUnprocessableEntity, "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := b.post("", "/redeem", tc.body); a.Status != tc.status || a.Code != tc.code || a.Token != "" {
				t.Errorf("%d %s, want %d %s", a.Status, a.Code, tc.status, tc.code)
			}
		})
	}
	b.waitEvent("", record.InvitationRefused{From: "127.0.0.0/24", Reason: "invitation_unknown"})
	b.waitEvent(expired.session, record.InvitationRefused{Invitation: expired.id, From: "127.0.0.0/24", Reason: "invitation_expired"})
	if a := b.redeem(fresh); a.Status != http.StatusOK {
		t.Errorf("after all that: %d %s", a.Status, a.Code)
	}
}

// TestLookingChangesNothing: whatever a mail scanner does short of a POST with
// the secret, the link stays good.
func TestLookingChangesNothing(t *testing.T) {
	b := start(t, options{})
	l := b.invite()
	before := len(b.events(""))
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
		for _, path := range []string{"/redeem", "/sessions/" + l.session + "/token", "/sessions/" + l.session + "/accept", "/sessions/" + l.session + "/end"} {
			req, err := http.NewRequestWithContext(t.Context(), method, "http://"+b.host+"/api/v1"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set(technicianHeader, b.ada.ID)
			resp, err := b.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode < 400 {
				t.Errorf("%s %s: %s", method, path, resp.Status)
			}
		}
	}
	if after := len(b.events("")); after != before {
		t.Errorf("%d events more", after-before)
	}
	if a := b.redeem(l); a.Status != http.StatusOK {
		t.Errorf("redeem: %d %s", a.Status, a.Code)
	}
}

func TestRedeemIsThrottled(t *testing.T) {
	b := start(t, options{})
	for i := range 40 {
		a := b.post("", "/redeem", redeemBody(invite.NewSecret(), newKey()))
		if a.Status == http.StatusTooManyRequests {
			if a.Code != "too_many" || i < 20 {
				t.Errorf("attempt %d: %s", i, a.Code)
			}
			return
		}
	}
	t.Error("forty guesses of one address were all heard")
}

// A guess of nine digits must say that it is one, and then meets the stricter limit.
func TestSpokenCodesAreRedeemedApart(t *testing.T) {
	b := start(t, options{})
	secret, err := invite.ParseSpoken("012345678")
	if err != nil {
		t.Fatal(err)
	}
	told, sent := b.inviteBy(secret, true, time.Minute), b.invite()
	asked := func(l link, spoken bool) answer {
		body := redeemBody(l.secret, l.client)
		body["spoken"] = spoken
		return b.post("", "/redeem", body)
	}
	for name, a := range map[string]answer{"a code as a link": asked(told, false), "a link as a code": asked(sent, true)} {
		if a.Code != "invitation_unknown" {
			t.Errorf("%s: %d %s", name, a.Status, a.Code)
		}
	}
	page := told.secret.Page()
	if a := b.post("", "/invitations/unable", object{"page": b64(page[:]), "code": "wayland"}); a.Code != "invitation_unknown" {
		t.Errorf("a code's page as a link's: %d %s", a.Status, a.Code)
	}
	if a := asked(told, true); a.Status != http.StatusOK {
		t.Errorf("a code: %d %s", a.Status, a.Code)
	}
	for i := range 20 {
		if a := asked(link{secret: invite.NewSecret(), client: newKey()}, true); a.Status == http.StatusTooManyRequests {
			if i < 5 {
				t.Errorf("try %d is one too many", i)
			}
			if a := asked(sent, false); a.Status != http.StatusOK {
				t.Errorf("a link meanwhile: %d %s", a.Status, a.Code)
			}
			return
		}
	}
	t.Error("twenty guesses of one address were all heard")
}

func TestTokenRequests(t *testing.T) {
	b := start(t, options{})
	l, other := b.invite(), b.invite()
	b.redeem(l)
	if a := b.token(l, grant.Viewer); a.Status != http.StatusOK || a.Signaling == "" || len(a.Keys.Keys) != 2 {
		t.Fatalf("the viewer's first token: %d %s", a.Status, a.Code)
	}
	now := time.Now()
	for name, tc := range map[string]struct {
		technician, session string
		body                object
		status              int
		code                string
	}{
		"client's other key":  {"", l.session, tokenBody(grant.Client, l.session, newKey(), now), http.StatusForbidden, "key_refused"},
		"viewer's other key":  {b.ada.ID, l.session, tokenBody(grant.Viewer, l.session, newKey(), now), http.StatusForbidden, "key_refused"},
		"the other side":      {b.ada.ID, l.session, tokenBody(grant.Viewer, l.session, l.client, now), http.StatusForbidden, "key_refused"},
		"viewer signed out":   {"", l.session, tokenBody(grant.Viewer, l.session, l.viewer, now), http.StatusUnauthorized, "signed_out"},
		"not the owner":       {b.bob.ID, l.session, tokenBody(grant.Viewer, l.session, l.viewer, now), http.StatusForbidden, "not_yours"},
		"nobody joined":       {"", other.session, tokenBody(grant.Client, other.session, other.client, now), http.StatusForbidden, "key_refused"},
		"no such session":     {"", "none", tokenBody(grant.Client, "none", l.client, now), http.StatusNotFound, "not_found"},
		"old":                 {"", l.session, tokenBody(grant.Client, l.session, l.client, now.Add(-3*time.Minute)), http.StatusUnauthorized, "proof_refused"},
		"of the future":       {"", l.session, tokenBody(grant.Client, l.session, l.client, now.Add(3*time.Minute)), http.StatusUnauthorized, "proof_refused"},
		"proof for the other": {b.ada.ID, l.session, with(tokenBody(grant.Viewer, l.session, l.viewer, now), "proof", tokenBody(grant.Client, l.session, l.viewer, now)["proof"]), http.StatusUnauthorized, "proof_refused"},
		"proof for a session": {"", l.session, tokenBody(grant.Client, other.session, l.client, now), http.StatusUnauthorized, "proof_refused"},
		"proof of a minute":   {"", l.session, with(tokenBody(grant.Client, l.session, l.client, now), "time", now.Add(-time.Minute).UTC().Format(time.RFC3339)), http.StatusUnauthorized, "proof_refused"},
		"third role":          {"", l.session, tokenBody("auditor", l.session, l.client, now), http.StatusUnprocessableEntity, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if a := b.post(tc.technician, "/sessions/"+tc.session+"/token", tc.body); a.Status != tc.status || a.Code != tc.code || a.Token != "" {
				t.Errorf("%d %s, want %d %s", a.Status, a.Code, tc.status, tc.code)
			}
		})
	}
	b.waitEvent(l.session, record.TokenRefused{Role: "client", Reason: "key_refused", From: "127.0.0.0/24"})
	b.post(b.ada.ID, "/sessions/"+l.session+"/end", object{"reason": "technician"})
	if a := b.token(l, grant.Viewer); a.Code != "session_ended" {
		t.Errorf("viewer after the end: %s", a.Code)
	}
	if a := b.token(l, grant.Client); a.Token == "" {
		t.Errorf("client after the end cannot bring its last events: %s", a.Code)
	}
}
