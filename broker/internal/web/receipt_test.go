package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/evidence"
	"beside/signaling/record"
)

// Whoever holds the link has the receipt after the end, for 30 days, with their own
// personal data and nobody else's.
func TestReceipt(t *testing.T) {
	h := newHarness(t)
	log, err := sequencer.Open(t.Context(), h.store, "example.org")
	h.must(err)
	h.deps.LogKey, h.deps.Complaints = log.Key(), "Call Pat"
	h.web, err = web.New(h.deps)
	h.must(err)
	h.server.Config.Handler = h.web
	helper, person := h.signIn("t@example.org", desk.Technician), h.stranger()
	i := helper.invite(helper.ticket().ID)
	path := "/api/v1/invitations/" + i.Invitation.ID + "/receipt"
	person.do("GET", path, nil, i.page()).is(t, "before the end", http.StatusConflict, "session_not_over")

	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		event := func(d record.Data) record.Event {
			e := record.New(d, record.ByBroker, record.Actor{Kind: record.Broker})
			e.Session = i.Session.ID
			return e
		}
		if _, err := tx.Join(i.Session.ID, make([]byte, 32), store.System{OS: "linux"}, "192.0.2.0/24"); err != nil {
			return nil, err
		}
		_, err := tx.End(i.Session.ID, "requester")
		return []record.Event{
			event(record.SessionJoined{From: "192.0.2.0/24", Requester: "Grace", Technician: "Tim"}),
			event(record.PeerArrived{Role: "viewer", From: "198.51.100.0/24"}),
			event(record.SessionEnded{Reason: "requester"}),
		}, err
	}))
	_, err = log.Advance(t.Context())
	h.must(err)
	var got struct {
		Complaints string
		Sealed     bool
	}
	res := person.do("GET", path, nil, i.page())
	h.decode(res.body, &got)
	if res.status != http.StatusOK || got.Complaints != "Call Pat" || got.Sealed {
		t.Fatalf("%d %s", res.status, res.body)
	}
	if !strings.Contains(string(res.body), "Grace") || strings.Contains(string(res.body), "198.51.100") {
		t.Errorf("the person's own data and nobody else's: %s", res.body)
	}
	var receipt struct{ Evidence evidence.File }
	h.decode(res.body, &receipt)
	if r := evidence.Verify(receipt.Evidence, evidence.Trust{Log: log.Key().Public()}); r.Has(evidence.NotInLog) || !r.Has(evidence.Included) || !r.Has(evidence.PersonalOpened) {
		t.Errorf("findings %+v", r.Findings)
	}

	other := helper.invite(helper.ticket().ID)
	person.do("GET", path, nil, other.page()).is(t, "by another link", http.StatusNotFound, "invitation_unknown")
	person.do("GET", path, nil, nil).is(t, "by none", http.StatusNotFound, "invitation_unknown")
	h.sql(`UPDATE session SET ended_at = $1 WHERE id = $2`, time.Now().Add(-31*24*time.Hour).UnixMilli(), i.Session.ID)
	person.do("GET", path, nil, i.page()).is(t, "after 31 days", http.StatusGone, "receipt_over")
}
