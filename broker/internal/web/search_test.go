package web_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/effect"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/evidence"
	"beside/signaling/record"
)

type found struct {
	Sessions []web.FoundSession
	Next     string
}

func (b *browser) search(q map[string]any) found {
	b.h.t.Helper()
	var f found
	b.want(http.StatusOK, "POST", "/api/v1/sessions/search", q, &f)
	return f
}

func TestSearch(t *testing.T) {
	h := newHarness(t)
	helper := h.signIn("t@example.org", desk.Technician)
	var ids []string
	for range 5 {
		ids = append(ids, helper.invite(helper.ticket().ID).Session.ID)
	}
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		joined := record.New(record.SessionJoined{}, record.ByBroker, record.Actor{Kind: record.Requester})
		joined.Session = ids[2]
		if _, err := tx.Join(ids[2], make([]byte, 32), store.System{OS: "linux", Arch: "amd64", Name: "50%_Linux", Client: "1"}, "192.0.2.0/24"); err != nil {
			return nil, err
		}
		for i, effects := range [][]string{{"shown"}, {"shown", "alarm"}, {"alarm"}} {
			if err := tx.SetEffects(ids[i], effects); err != nil {
				return nil, err
			}
		}
		return []record.Event{joined}, nil
	}))
	auditor := h.signIn("a@example.org", desk.Auditor)
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for name, tc := range map[string]struct {
		q    map[string]any
		want []int
	}{
		"everything":                  {map[string]any{}, []int{0, 1, 2, 3, 4}},
		"an effect":                   {map[string]any{"effects": []string{"shown"}}, []int{0, 1}},
		"two effects":                 {map[string]any{"effects": []string{"shown", "alarm"}}, []int{1}},
		"a machine":                   {map[string]any{"machine": "50%_linux"}, []int{2}},
		"an address":                  {map[string]any{"machine": "192.0.2"}, []int{2}},
		"signs mean themselves":       {map[string]any{"machine": "5%x"}, nil},
		"a technician, whatever case": {map[string]any{"technician": "NAME OF T@"}, []int{0, 1, 2, 3, 4}},
		"another technician":          {map[string]any{"technician": "nobody"}, nil},
		"a person with an effect":     {map[string]any{"requester": "Grace", "effects": []string{"alarm"}}, []int{1, 2}},
		"another person":              {map[string]any{"requester": "Mallory"}, nil},
		"since an hour":               {map[string]any{"from": past, "to": future, "effects": []string{"alarm"}}, []int{1, 2}},
		"in the future":               {map[string]any{"from": future}, nil},
		"in the past":                 {map[string]any{"to": past}, nil},
	} {
		var got []int
		for _, se := range auditor.search(tc.q).Sessions {
			got = append(got, slices.Index(ids, se.ID))
		}
		slices.Sort(got)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: found %v, want %v", name, got, tc.want)
		}
	}

	var paged []string
	q := map[string]any{"limit": 2}
	for range ids {
		page := auditor.search(q)
		for _, se := range page.Sessions {
			paged = append(paged, se.ID)
		}
		if q["after"] = page.Next; page.Next == "" {
			break
		}
	}
	slices.Sort(paged)
	if want := slices.Sorted(slices.Values(ids)); !slices.Equal(paged, want) {
		t.Errorf("page by page: %v, want each of %v once", paged, want)
	}
	for name, q := range map[string]map[string]any{
		"a place that is none":    {"after": "AAAA"},
		"an effect that is none":  {"effects": []string{"everything"}},
		"more than a page can be": {"limit": 501},
	} {
		if res := auditor.do("POST", "/api/v1/sessions/search", q, nil); res.status != http.StatusUnprocessableEntity {
			t.Errorf("%s = %d %s", name, res.status, res.body)
		}
	}

	events, err := h.journal.Events(t.Context(), "", 0, 500)
	h.must(err)
	told := slices.ContainsFunc(events, func(e record.Event) bool {
		d, ok := e.Data.(record.AuditSearched)
		return ok && d.Found == 2 && slices.Equal(d.By, []string{"requester"}) && d.Words == "requester: Grace"
	})
	if !told {
		t.Error("nobody learns that the auditor searched")
	}
}

// Each effect can be searched for, and no other.
func TestEffectsOfTheSearch(t *testing.T) {
	h := newHarness(t)
	auditor := h.signIn("a@example.org", desk.Auditor)
	all := make([]string, 0, len(effect.All()))
	for _, e := range effect.All() {
		all = append(all, string(e))
	}
	auditor.search(map[string]any{"effects": all})
}

func TestEvidenceForThePage(t *testing.T) {
	h := newHarness(t)
	log, err := sequencer.Open(t.Context(), h.store, "example.org")
	h.must(err)
	h.deps.LogKey = log.Key()
	h.web, err = web.New(h.deps)
	h.must(err)
	h.server.Config.Handler = h.web
	helper := h.signIn("t@example.org", desk.Technician)
	id := helper.invite(helper.ticket().ID).Session.ID
	auditor := h.signIn("a@example.org", desk.Auditor)
	auditor.addPasskey(newAuthenticator(h))

	for _, who := range []*browser{auditor, auditor, helper} {
		who.want(http.StatusOK, "GET", "/api/v1/sessions/"+id+"/events", nil, nil)
	}
	last, err := h.journal.LastSeq(t.Context())
	h.must(err)
	_, err = log.Advance(t.Context())
	h.must(err)
	file, err := evidence.Parse(auditor.do("POST", "/api/v1/sessions/"+id+"/evidence", nil, nil).body)
	h.must(err)
	report := evidence.Verify(file, evidence.Trust{Log: log.Key().Public()})
	if report.Exit() == evidence.ExitFalse || !report.Has(evidence.Included) {
		t.Errorf("the evidence does not hold: %+v", report.Findings)
	}
	readings := 0
	for _, e := range report.Story {
		if _, ok := e.Data.(record.AuditRead); ok {
			readings++
		}
	}
	if readings != 1 {
		t.Errorf("%d readings are told, want one: of the auditor, once", readings)
	}
	events, err := h.journal.Events(t.Context(), "", last, 10)
	h.must(err)
	if len(events) != 1 || events[0].Kind != record.KindAuditExported {
		t.Errorf("after the evidence was handed out: %+v", events)
	}
}
