package consent_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"beside/client/internal/consent"
	"beside/signaling/grant"
)

// messages are all that a viewer can send, written down a second time on
// purpose: a new one must be thought about here too.
var messages = map[string]grant.Scope{
	"nonce": "", "hello": "", "token": "", "ask": "", "yield": "", "bye": "", "release": "",
	"attend": "", "abilities": "", "again": "", "say": "", "unpoint": "", "drop": "", "dismiss": "",
	"pictured": grant.View, "show": grant.View, "display": grant.View, "repeat": grant.View, "introduce": grant.View,
	"key": grant.Control, "text": grant.Control, "move": grant.Control, "button": grant.Control, "wheel": grant.Control,
	"clip": grant.ClipboardSend, "take": grant.ClipboardFetch,
	"put": grant.FilesSend, "whole": grant.FilesSend, "piece": grant.FilesSend,
	"get": grant.FilesFetch, "kept": grant.FilesFetch, "took": grant.FilesFetch,
	"point": grant.Point, "here": grant.Point,
}

func TestTableSaysWhatEachMessageNeeds(t *testing.T) {
	for _, name := range consent.Messages() {
		if _, known := messages[name]; !known {
			t.Errorf("%q is in the table, and nobody said what it needs", name)
		}
	}
	for name, want := range messages {
		if got, known := consent.Needs(name); !known || got != want {
			t.Errorf("Needs(%q): got %q, %v, want %q", name, got, known, want)
		}
	}
	for _, name := range []string{"", "Key", "key ", "granted", "rights", "clipboard"} {
		if _, known := consent.Needs(name); known {
			t.Errorf("Needs(%q): known, want unknown", name)
		}
	}
}

func TestJudgeTellsLateFromViolation(t *testing.T) {
	g := consent.NewGate()
	check := func(when, message string, gen uint64, want consent.Verdict) {
		t.Helper()
		if got := g.Judge(message, gen); got != want {
			t.Errorf("%s: Judge(%q, %d): got %v, want %v", when, message, gen, got, want)
		}
	}
	check("at first", "key", 0, consent.Violation)
	check("at first", "show", 0, consent.Violation)
	check("at first", "ask", 0, consent.Accept)
	check("at first", "format", 0, consent.Violation)

	first := g.Allow(grant.SetOf(grant.View, grant.Control))
	check("granted", "key", first, consent.Accept)
	check("granted", "show", 0, consent.Accept)
	check("granted", "key", first+1, consent.Violation)

	second := g.Revoke(grant.SetOf(grant.Control))
	check("revoked", "key", first, consent.Late)
	check("revoked", "key", second, consent.Violation)
	check("revoked", "key", second+1, consent.Violation)
	check("revoked", "release", second, consent.Accept)

	third := g.Allow(grant.SetOf(grant.Control))
	check("granted again", "key", first, consent.Late)
	check("granted again", "key", third, consent.Accept)

	g.Revoke(grant.SetOf(grant.View))
	check("view revoked", "show", 0, consent.Late)
	check("view revoked", "display", 0, consent.Late)
}

// Whatever is granted, revoked, lapsed and sent in whatever order: what is
// accepted is in the table and live, and a Lease runs only what is.
func TestAcceptedIsWithinTable(t *testing.T) {
	names := []string{"no such message"}
	for name := range messages {
		names = append(names, name)
	}
	slices.Sort(names) // so that a failure can be run again
	rapid.Check(t, func(rt *rapid.T) {
		var ended any // rapid may end a run by a panic, which must not cross the bubble of time
		var err error
		synctest.Test(t, func(*testing.T) {
			defer func() { ended = recover() }()
			m := model{gate: consent.NewGate()}
			for range rapid.IntRange(1, 80).Draw(rt, "steps") {
				err = errors.Join(err, m.step(rt, names))
			}
		})
		if ended != nil {
			panic(ended)
		}
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// model is what the Gate must be, said in another way.
type model struct {
	gate   *consent.Gate
	live   grant.Set
	gen    uint64
	until  time.Time
	leases []*consent.Lease
}

// step does one thing, and returns what was wrong after it.
func (m *model) step(t *rapid.T, names []string) error {
	scopes := []grant.Scope{grant.View, grant.Control, grant.FilesFetch, grant.Record}
	set := grant.SetOf(rapid.SliceOfN(rapid.SampledFrom(scopes), 1, 3).Draw(t, "scopes")...)
	switch rapid.IntRange(0, 5).Draw(t, "act") {
	case 0:
		if !time.Now().Before(m.until) {
			m.live = grant.Set{}
		}
		m.gen, m.live, m.until = m.gate.Allow(set), m.live.Union(set), time.Now().Add(consent.DefaultTerm)
		if l, ok := m.gate.Lease(set.Scopes()[0]); ok {
			m.leases = append(m.leases, l)
		}
	case 1:
		m.gen, m.live = m.gate.Revoke(set), m.live.Without(set)
	case 2:
		time.Sleep(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
		if rapid.Bool().Draw(t, "noticed") && !m.gate.Lapse(time.Now()).Empty() {
			_, m.gen = m.gate.Granted()
		}
	default:
		return m.judge(t, rapid.SampledFrom(names).Draw(t, "message"))
	}
	for _, l := range m.leases {
		if l.Do(func() error { return nil }) == nil && !m.holds(l.Scope()) {
			return fmt.Errorf("a Lease of %q ran with %q granted", l.Scope(), m.live)
		}
	}
	return nil
}

func (m *model) holds(sc grant.Scope) bool {
	return m.live.Contains(sc) && time.Now().Before(m.until)
}

func (m *model) judge(t *rapid.T, name string) error {
	at := rapid.Uint64Range(0, m.gen+2).Draw(t, "generation")
	need, known := messages[name]
	switch got := m.gate.Judge(name, at); {
	case got != consent.Accept && known && need == "":
		return fmt.Errorf("%q needs no right and was refused", name)
	case got == consent.Accept && (!known || need != "" && !m.holds(need)):
		return fmt.Errorf("accepted %q of generation %d with %q granted", name, at, m.live)
	case got == consent.Late && !known, got == consent.Late && at > m.gen:
		return fmt.Errorf("%q of generation %d counts as late", name, at)
	}
	return nil
}

func TestGrantNamesOneViewer(t *testing.T) {
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := consent.NewGate()
	h := consent.NewHolder(g, "session", key)
	if _, _, err := h.Allow(time.Now(), "Robin", grant.SetOf(grant.View), 0); err == nil {
		t.Error("Allow without a viewer: got no error")
	}
	one, other := [32]byte{1}, [32]byte{2}
	h.Take(one)
	signed, _, err := h.Allow(time.Now(), "Robin", grant.SetOf(grant.View, grant.Voice), 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := signed.Open(pub)
	if err != nil {
		t.Fatal(err)
	}
	if [32]byte(got.Viewer) != one || got.Scopes != grant.SetOf(grant.View) || got.Session != "session" {
		t.Errorf("grant: got %+v, want view for the first viewer", got)
	}
	if _, gen := g.Granted(); gen != got.Generation {
		t.Errorf("generation: got %d in the grant, %d in the Gate", got.Generation, gen)
	}
	if revoked := h.Take(one); !revoked.Empty() {
		t.Errorf("same viewer again: revoked %q, want nothing", revoked)
	}
	lease, ok := g.Lease(grant.View)
	if !ok {
		t.Fatal("the same viewer lost its right")
	}
	if revoked := h.Take(other); revoked != grant.SetOf(grant.View) {
		t.Errorf("other viewer: revoked %q, want view", revoked)
	}
	if err := lease.Do(func() error { return nil }); !errors.Is(err, consent.ErrRevoked) {
		t.Errorf("Lease of the first viewer: got %v, want ErrRevoked", err)
	}
	if len(h.Signed().Body) != 0 {
		t.Error("the other viewer has the first one's grant")
	}
}

func TestNothingIsGrantedAfterShut(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := consent.NewGate()
	h := consent.NewHolder(g, "session", key)
	h.Take([32]byte{1})
	g.Allow(grant.SetOf(grant.View))
	g.Shut()
	if _, _, err := h.Allow(time.Now(), "Robin", grant.SetOf(grant.View), 0); err == nil {
		t.Error("Allow after Shut: got no error")
	}
	g.Allow(grant.SetOf(grant.View))
	if set, _ := g.Granted(); !set.Empty() {
		t.Errorf("after Shut: %q granted, want nothing", set)
	}
}

func TestBrokerCannotWidenGrant(t *testing.T) {
	both, view := grant.SetOf(grant.View, grant.Control), grant.SetOf(grant.View)
	everything := both.Union(grant.SetOf(grant.Voice, grant.Sound))
	tests := []struct {
		name                  string
		asked, token, granted grant.Set
		want                  grant.Set
		err                   error
	}{
		{"within", view, both, grant.Set{}, view, nil},
		{"token holds less", both, view, grant.Set{}, view, nil},
		{"token holds nothing", both, grant.Set{}, grant.Set{}, grant.Set{}, consent.ErrNotOffered},
		{"client offers less than the token", everything, everything, grant.Set{}, both, nil},
		{"only what is not granted yet", both, both, view, grant.SetOf(grant.Control), nil},
		{"all granted", view, both, both, grant.Set{}, consent.ErrGranted},
		{"nothing asked", grant.Set{}, both, grant.Set{}, grant.Set{}, consent.ErrNotOffered},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var q consent.Questions
			got, err := q.Begin(time.Now(), tt.asked, tt.token, tt.granted, time.Now().Add(time.Hour))
			if !errors.Is(err, tt.err) || got != tt.want {
				t.Errorf("Begin: got %q, %v, want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestTechnicianCannotNag(t *testing.T) {
	var q consent.Questions
	now, view := time.Now(), grant.SetOf(grant.View)
	begin := func() error {
		_, err := q.Begin(now, view, view, grant.Set{}, time.Time{})
		return err
	}
	for i := range 3 {
		if err := begin(); err != nil {
			t.Fatalf("question %d: %v", i, err)
		}
		if err := begin(); !errors.Is(err, consent.ErrBusy) {
			t.Errorf("second question at once: got %v, want ErrBusy", err)
		}
		q.End(now, false)
	}
	now = now.Add(29 * time.Second)
	if err := begin(); !errors.Is(err, consent.ErrNotOffered) {
		t.Errorf("after three refusals: got %v, want ErrNotOffered", err)
	}
	now = now.Add(time.Second)
	if err := begin(); err != nil {
		t.Errorf("after the rest: %v", err)
	}
}
