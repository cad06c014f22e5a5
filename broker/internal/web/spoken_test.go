package web_test

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/signaling/invite"
)

func (h *harness) find(i invited) (status int, id string) {
	h.t.Helper()
	res := h.stranger().do("POST", "/api/v1/invitations/find", nil, i.page())
	var found struct{ Invitation string }
	if res.status == http.StatusOK {
		h.must(json.Unmarshal(res.body, &found))
	}
	return res.status, found.Invitation
}

func TestSpokenCodeIsFoundWhileItIsGood(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	told, link := who.tell(tk.ID, "012345678"), who.invite(tk.ID)
	if !told.Invitation.Spoken || !told.Session.Spoken || link.Invitation.Spoken || link.Session.Spoken {
		t.Errorf("spoken: %+v and %+v", told.Invitation, link.Invitation)
	}
	if life := told.Invitation.ExpiresAt.Sub(told.Invitation.CreatedAt); life > invitation.SpokenLife || life < time.Minute {
		t.Errorf("a code lives for %v", life)
	}
	if status, id := h.find(told); status != http.StatusOK || id != told.Invitation.ID {
		t.Errorf("find: %d %q", status, id)
	}
	if p := h.landing(told); p.Stage != invitation.Waiting {
		t.Errorf("its page: %+v", p)
	}
	if status, _ := h.find(link); status != http.StatusNotFound {
		t.Errorf("a link is found as a code: %d", status)
	}
	who.want(http.StatusConflict, "POST", "/api/v1/tickets/"+tk.ID+"/invitations",
		map[string]any{"joinHash": hashOf(told.secret.Join()), "pageHash": hashOf(told.secret.Page()), "spoken": true}, nil)
	who.want(http.StatusNoContent, "POST", "/api/v1/invitations/"+told.Invitation.ID+"/revoke", nil, nil)
	if status, _ := h.find(told); status != http.StatusNotFound {
		t.Errorf("a code that was taken back is found: %d", status)
	}
	late := who.tell(tk.ID, "111222333")
	h.sql(`UPDATE invitation SET expires_at = ? WHERE id = ?`, time.Now().UnixMilli(), late.Invitation.ID)
	if status, _ := h.find(late); status != http.StatusNotFound {
		t.Errorf("a code that ran out is found: %d", status)
	}
}

func TestCodesCannotBeTriedOut(t *testing.T) {
	h := newHarness(t)
	for i := range 20 {
		status, _ := h.find(invited{secret: invite.NewSecret()})
		if status == http.StatusTooManyRequests {
			if i < 5 {
				t.Errorf("try %d is one too many", i)
			}
			return
		}
	}
	t.Error("twenty guesses of one address were all heard")
}

func hashOf(value [32]byte) string {
	sum := sha256.Sum256(value[:])
	return b64(sum[:])
}
