package input_test

import (
	"context"
	"log/slog"
	"os/exec"
	"testing"
	"time"

	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/signaling/control"
	"beside/signaling/grant"
)

// What the requester's lock keys are is told while control is lent, at first and
// after each change, whoever made it.
func TestLocksAreTold(t *testing.T) {
	inputtest.Desktop(t)
	inj := open(t, nil)
	gate, lease := granted(t)
	h := input.NewHands(inj, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	h.Show(screen)
	next := func() control.Locks {
		t.Helper()
		select {
		case l := <-h.Locks():
			return l
		case <-time.After(inputtest.Patience):
			t.Fatal("no lock keys were told")
			return control.Locks{}
		}
	}
	tap := func(code control.Code) {
		h.Handle(key(code, true))
		h.Handle(key(code, false))
	}
	want := func(l control.Locks) {
		t.Helper()
		if got := next(); got != l {
			t.Errorf("told %+v, want %+v", got, l)
		}
	}
	h.Use(lease, 1)
	want(control.Locks{})
	tap("CapsLock")
	want(control.Locks{Caps: true})
	tap("NumLock")
	want(control.Locks{Caps: true, Num: true})
	h.Use(lease, 1) // as for another connection
	want(control.Locks{Caps: true, Num: true})
	h.Handle(control.Text{Gen: 1, Text: "Caps Lock is lifted for a text, and nobody hears of it"})
	tap("CapsLock")
	want(control.Locks{Num: true})

	gate.Revoke(grant.SetOf(grant.Control))
	if out, err := exec.Command("xdotool", "key", "Num_Lock").CombinedOutput(); err != nil {
		t.Fatalf("xdotool: %v: %s", err, out)
	}
	select {
	case l := <-h.Locks():
		t.Errorf("told %+v after the right was taken back", l)
	case <-time.After(2 * time.Second): // four looks
	}
}
