package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/retention"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

const machine = "AAECAwQFBgcICQoLDA0ODw"

func sampleFacts() control.Facts {
	return control.Facts{
		Machine: machine, Name: "reception-2", System: "Debian GNU/Linux 12", Build: "6.1.0", Arch: "amd64", Processor: "Ryzen", Cores: 12,
		Memory: 16 << 30, Free: 8 << 30, Disks: []control.Disk{{Mount: "/", Kind: "ext4", Size: 100 << 30, Free: 5 << 30}},
		Networks: []control.Network{{Name: "eth0", Addresses: []string{"192.0.2.7"}}}, Uptime: 4000, Updates: 3,
		Unread: []control.Fact{control.FactDisplays},
	}.Whole()
}

// helped is a session whose requester allows these rights.
func (b *browser) helped(scopes grant.Set) string {
	b.h.t.Helper()
	id := b.invite(b.ticket().ID).Session.ID
	b.allow(id, scopes)
	return id
}

func (b *browser) allow(id string, scopes grant.Set) {
	b.h.t.Helper()
	b.h.must(b.h.journal.Update(b.h.t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		e := record.New(record.PeerArrived{}, record.ByBroker, record.Actor{Kind: record.Broker})
		e.Session = id
		return []record.Event{e}, tx.SetGranted(id, scopes)
	}))
}

var seesFacts = grant.SetOf(grant.View, grant.Facts)

func TestFactsAreKeptWithTheSession(t *testing.T) {
	h := newHarness(t)
	ada := h.signIn("ada@example.org", desk.Technician)
	first := ada.helped(seesFacts)
	var told web.MachineFacts
	ada.want(http.StatusOK, "PUT", "/api/v1/sessions/"+first+"/facts", sampleFacts(), &told)
	if told.Machine != machine || told.Requester != "Grace" || len(told.Changed) != 0 || told.Before != nil {
		t.Errorf("first time: %+v", told)
	}
	second := ada.helped(seesFacts)
	after := sampleFacts()
	after.Memory, after.Updates, after.Uptime = 32<<30, 0, 10
	ada.want(http.StatusOK, "PUT", "/api/v1/sessions/"+second+"/facts", after, nil)
	ada.want(http.StatusOK, "GET", "/api/v1/sessions/"+second+"/facts", nil, &told)
	if !slices.Equal(told.Changed, []control.Fact{control.FactMemory, control.FactUpdates}) || told.Before == nil || told.Before.Facts.Memory != 16<<30 {
		t.Errorf("second time: %+v", told)
	}
	var one struct{ History []web.MachineFacts }
	ada.want(http.StatusOK, "GET", "/api/v1/machines/"+machine, nil, &one)
	if len(one.History) != 2 || one.History[0].Session != second || one.History[1].Session != first || len(one.History[0].Changed) != 2 {
		t.Errorf("history: %+v", one.History)
	}
	var tk web.Ticket
	ada.want(http.StatusOK, "GET", "/api/v1/tickets/"+told.Ticket, nil, &tk)
	if len(tk.Sessions) != 1 || !tk.Sessions[0].Facts {
		t.Errorf("sessions of the ticket: %+v", tk.Sessions)
	}
	if dump := h.dump(); !strings.Contains(dump, "audit_event.kind=facts.kept") || strings.Contains(dump, "reception-2") || strings.Contains(dump, machine) {
		t.Error("the log has no event of it, or has what the machine said")
	}
	ada.want(http.StatusNotFound, "GET", "/api/v1/machines/"+first, nil, nil)
}

// Nothing is kept that the requester does not allow at that moment.
func TestNoFactsAreKeptWithoutTheGrant(t *testing.T) {
	h := newHarness(t)
	ada, ben := h.signIn("ada@example.org", desk.Technician), h.signIn("ben@example.org", desk.Technician)
	session := ada.helped(grant.SetOf(grant.View, grant.Control))
	path := "/api/v1/sessions/" + session + "/facts"
	if res := ada.do("PUT", path, sampleFacts(), nil); res.status != http.StatusConflict || res.code() != "not_allowed" {
		t.Errorf("without the grant: %d %s", res.status, res.body)
	}
	ada.allow(session, seesFacts)
	if res := ben.do("PUT", path, sampleFacts(), nil); res.status != http.StatusForbidden || res.code() != "not_yours" {
		t.Errorf("somebody else: %d %s", res.status, res.body)
	}
	ada.allow(session, grant.SetOf(grant.View))
	if res := ada.do("PUT", path, sampleFacts(), nil); res.code() != "not_allowed" {
		t.Errorf("taken back: %d %s", res.status, res.body)
	}
	ada.want(http.StatusNotFound, "GET", path, nil, nil)
	ada.allow(session, seesFacts)
	bad := sampleFacts()
	bad.Networks[0].Addresses[0] = "not an address"
	if res := ada.do("PUT", path, bad, nil); res.status != http.StatusUnprocessableEntity {
		t.Errorf("out of the bounds: %d %s", res.status, res.body)
	}
}

func TestMachinesAreFound(t *testing.T) {
	h := newHarness(t)
	ada := h.signIn("ada@example.org", desk.Technician)
	put := func(change func(*control.Facts)) {
		f := sampleFacts()
		change(&f)
		ada.want(http.StatusOK, "PUT", "/api/v1/sessions/"+ada.helped(seesFacts)+"/facts", f, nil)
	}
	put(func(f *control.Facts) { f.Name = "old name" })
	put(func(*control.Facts) {})
	put(func(f *control.Facts) { f.Machine, f.Name, f.Disks, f.Updates = "", "100%_lab", []control.Disk{}, 0 })
	put(func(f *control.Facts) { f.Machine, f.Name, f.Disks[0].Free = "BBECAwQFBgcICQoLDA0ODw", "roomy", 60<<30 })
	tests := []struct {
		name string
		q    web.MachineSearch
		want []string
	}{
		{"all, the last one first", web.MachineSearch{}, []string{"roomy", "100%_lab", "reception-2"}},
		{"by name", web.MachineSearch{Words: "RECEP"}, []string{"reception-2"}},
		{"a name that it no longer has", web.MachineSearch{Words: "old"}, nil},
		{"by a mark of LIKE", web.MachineSearch{Words: "%_"}, []string{"100%_lab"}},
		{"by requester", web.MachineSearch{Words: "grac"}, []string{"roomy", "100%_lab", "reception-2"}},
		{"full disks", web.MachineSearch{Full: 10}, []string{"reception-2"}},
		{"updates wait", web.MachineSearch{Updates: true}, []string{"roomy", "reception-2"}},
	}
	for _, tt := range tests {
		var found struct{ Machines []web.Machine }
		ada.want(http.StatusOK, "POST", "/api/v1/machines/search", tt.q, &found)
		var names []string
		for _, m := range found.Machines {
			names = append(names, m.Facts.Name)
			if m.Facts.Name == "reception-2" && (m.Sessions != 2 || m.Fullest != 5) {
				t.Errorf("%s: %+v, want 2 sessions and 5 %% free", tt.name, m)
			}
		}
		slices.Sort(names) // two may be read in the same millisecond
		want := slices.Sorted(slices.Values(tt.want))
		if !slices.Equal(names, want) {
			t.Errorf("%s: %q, want %q", tt.name, names, want)
		}
	}
}

// What a machine said is personal data: it goes when a session is erased, whether by
// hand or because its time is up, and stays while the session is held.
func TestFactsAreErased(t *testing.T) {
	h := newHarness(t)
	ada := h.signIn("ada@example.org", desk.Technician)
	session := ada.helped(seesFacts)
	path := "/api/v1/sessions/" + session + "/facts"
	ada.want(http.StatusOK, "PUT", path, sampleFacts(), nil)
	by := record.Actor{Kind: record.Operator}
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return retention.Hold(tx, session, "dispute", by) }))
	erase := func() error {
		return h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
			_, events, err := retention.Erase(tx, session, by)
			return events, err
		})
	}
	if err := erase(); err == nil {
		t.Error("a held session was erased")
	}
	ada.want(http.StatusOK, "GET", path, nil, nil)
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return retention.Release(tx, session, by) }))
	h.sql(`UPDATE session SET ended_at = 1 WHERE id = ?`, session)
	h.sql(`DELETE FROM audit_personal`) // nothing but the facts is left
	var due []string
	h.must(h.store.View(t.Context(), func(v *store.View) (err error) {
		due, err = v.PersonalBefore(time.Now(), 10)
		return err
	}))
	if !slices.Contains(due, session) {
		t.Errorf("sessions to be erased: %v", due)
	}
	h.must(erase())
	ada.want(http.StatusNotFound, "GET", path, nil, nil)
	ada.want(http.StatusNotFound, "GET", "/api/v1/machines/"+machine, nil, nil)
}
