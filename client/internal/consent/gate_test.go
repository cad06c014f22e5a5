package consent_test

import (
	"errors"
	"sync"
	"testing"

	"beside/client/internal/consent"
	"beside/signaling/grant"
)

func TestNothingIsGrantedAtFirst(t *testing.T) {
	g := consent.NewGate()
	for _, sc := range []grant.Scope{grant.View, grant.Control, "nonsense"} {
		if _, ok := g.Lease(sc); ok {
			t.Errorf("Lease(%q) on a new Gate: got one, want none", sc)
		}
	}
}

func TestRevokeKillsLeaseForGood(t *testing.T) {
	g := consent.NewGate()
	g.Allow(grant.SetOf(grant.View))
	l, ok := g.Lease(grant.View)
	if !ok {
		t.Fatal("no Lease after Allow")
	}
	if err := l.Do(func() error { return nil }); err != nil {
		t.Fatalf("Do on a live Lease: %v", err)
	}
	g.Revoke(grant.SetOf(grant.View))
	select {
	case <-l.Done():
	default:
		t.Error("Done is open after Revoke")
	}
	g.Allow(grant.SetOf(grant.View))
	if err := l.Do(func() error { t.Error("old Lease ran"); return nil }); !errors.Is(err, consent.ErrRevoked) {
		t.Errorf("Do on an old Lease after a new grant: got %v, want ErrRevoked", err)
	}
}

func TestHoldsAddUp(t *testing.T) {
	g := consent.NewGate()
	g.Allow(grant.SetOf(grant.Control))
	l, _ := g.Lease(grant.Control)
	pause, window := g.Hold(grant.SetOf(grant.Control)), g.Hold(grant.SetOf(grant.Control))
	pause()
	pause()
	if err := l.Do(func() error { return nil }); !errors.Is(err, consent.ErrHeld) {
		t.Errorf("Do while one hold is left: got %v, want ErrHeld", err)
	}
	window()
	if err := l.Do(func() error { return nil }); err != nil {
		t.Errorf("Do after all holds ended: %v", err)
	}
}

// After Revoke returned, no call that used the right runs or starts.
func TestRevokeWinsOverCallsInFlight(t *testing.T) {
	for range 200 {
		g := consent.NewGate()
		g.Allow(grant.SetOf(grant.Control))
		l, _ := g.Lease(grant.Control)
		var revoked bool // written after Revoke returned; read inside Do: -race would see an overlap
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					if err := l.Do(func() error {
						if revoked {
							t.Error("input after revoke")
						}
						return nil
					}); err != nil {
						return
					}
				}
			})
		}
		g.Revoke(grant.SetOf(grant.Control))
		revoked = true
		wg.Wait()
	}
}
