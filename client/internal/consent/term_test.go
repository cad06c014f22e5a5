package consent_test

import (
	"crypto/ed25519"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/consent"
	"beside/signaling/grant"
)

// granted is a Gate in which one viewer holds scopes for a term.
func granted(t *testing.T, scopes grant.Set, term time.Duration) (*consent.Gate, *consent.Holder, grant.Grant) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := consent.NewGate()
	h := consent.NewHolder(g, "session", key)
	h.Take([32]byte{1})
	_, made, err := h.Allow(time.Now(), "Robin", scopes, term)
	if err != nil {
		t.Fatal(err)
	}
	return g, h, made
}

func TestTermIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			name       string
			term, want time.Duration
		}{
			{"nobody chose", 0, consent.DefaultTerm},
			{"less than nothing", -time.Hour, consent.DefaultTerm},
			{"chosen", 15 * time.Minute, 15 * time.Minute},
			{"over the bound", 100 * time.Hour, consent.MaxTerm},
		} {
			g, _, made := granted(t, grant.SetOf(grant.View), tt.term)
			if got := time.Until(g.Until()); got != tt.want {
				t.Errorf("%s: lapses after %v, want %v", tt.name, got, tt.want)
			}
			if got := made.Until.Sub(made.Time); got != tt.want {
				t.Errorf("%s: the grant says %v, want %v", tt.name, got, tt.want)
			}
		}
	})
}

// A Lease refuses when the time is up, also when nobody has noticed yet.
func TestGrantLapses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _, made := granted(t, grant.SetOf(grant.View, grant.Control), time.Minute)
		lease, _ := g.Lease(grant.Control)
		run := func() error { return lease.Do(func() error { return nil }) }
		time.Sleep(time.Minute - time.Nanosecond)
		if err := run(); err != nil {
			t.Errorf("just before the end: %v", err)
		}
		if gone := g.Lapse(time.Now()); !gone.Empty() {
			t.Errorf("just before the end: %q lapsed", gone)
		}
		time.Sleep(time.Nanosecond)
		if err := run(); !errors.Is(err, consent.ErrRevoked) {
			t.Errorf("at the end: got %v, want ErrRevoked", err)
		}
		if _, live := g.Lease(grant.View); live {
			t.Error("at the end: a new Lease")
		}
		if got := g.Judge("key", made.Generation); got != consent.Late {
			t.Errorf("a key that was under way: got %v, want Late", got)
		}
		if got := g.Judge("key", made.Generation+1); got != consent.Violation {
			t.Errorf("a key of no grant: got %v, want Violation", got)
		}
		if gone := g.Lapse(time.Now()); gone != grant.SetOf(grant.View, grant.Control) {
			t.Errorf("lapsed: %q, want both", gone)
		}
		select {
		case <-lease.Done():
		default:
			t.Error("Done is open after Lapse")
		}
		if got := g.Judge("key", made.Generation); got != consent.Late {
			t.Errorf("a key that was under way, later: got %v, want Late", got)
		}
		if !g.Until().IsZero() {
			t.Error("there is an end of nothing")
		}
	})
}

// An answer that comes after the end allows nothing of before.
func TestAllowAfterTheEndRevivesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, h, _ := granted(t, grant.SetOf(grant.View, grant.Control), time.Minute)
		time.Sleep(time.Minute)
		if _, _, err := h.Allow(time.Now(), "Robin", grant.SetOf(grant.View), 0); err == nil {
			t.Error("Allow with what had lapsed: got no error")
		}
		if _, _, err := h.Allow(time.Now(), "Robin", grant.SetOf(grant.View), 0); err != nil {
			t.Fatal(err)
		}
		if set, _ := g.Granted(); set != grant.SetOf(grant.View) {
			t.Errorf("granted: %q, want view alone", set)
		}
	})
}

func TestRenewalKeepsLeases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, h, _ := granted(t, grant.SetOf(grant.View), time.Minute)
		lease, _ := g.Lease(grant.View)
		time.Sleep(59 * time.Second)
		if _, _, err := h.Allow(time.Now(), "Robin", grant.SetOf(grant.View), time.Hour); err != nil {
			t.Fatal(err)
		}
		time.Sleep(59 * time.Minute)
		if err := lease.Do(func() error { return nil }); err != nil {
			t.Errorf("after the renewal: %v", err)
		}
	})
}

func TestAskedOnceMoreOnlyNearTheEnd(t *testing.T) {
	now, both := time.Now(), grant.SetOf(grant.View, grant.Control)
	for _, tt := range []struct {
		name string
		left time.Duration
		err  error
	}{
		{"early", consent.RenewWithin + time.Second, consent.ErrGranted},
		{"near the end", consent.RenewWithin, nil},
	} {
		var q consent.Questions
		got, err := q.Begin(now, both, both, both, now.Add(tt.left))
		if !errors.Is(err, tt.err) || err == nil && got != both {
			t.Errorf("%s: got %q, %v", tt.name, got, err)
		}
	}
}
