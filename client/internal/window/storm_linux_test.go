package window_test

import (
	"context"
	"image"
	"log/slog"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/grant"
)

// TestStormNeverAnswers: a technician who holds control and is asking for more
// clicks Allow, and presses Enter and Space, as fast as the channel carries it.
// Control rests while a question is open; the second case takes that away, so
// that only the injector's own guard is left.
func TestStormNeverAnswers(t *testing.T) {
	for name, rests := range map[string]bool{"while control rests": true, "by the guard alone": false} {
		t.Run(name, func(t *testing.T) { storm(t, rests, inputtest.Storm/2) })
	}
}

func storm(t *testing.T, rests bool, lasts time.Duration) {
	d := newDesk(t, true)
	u := d.open(window.Config{AllowAfter: time.Millisecond})
	gate := consent.NewGate()
	gen := gate.Allow(grant.SetOf(grant.View, grant.Control))
	lease, _ := gate.Lease(grant.Control)
	hands := d.hands(lease, gen)

	answer := ask(t.Context(), u, question(threeScopes))
	win := d.shown(u)
	d.ready(win)
	if rests {
		defer gate.Hold(grant.SetOf(grant.Control))()
	}
	allow := d.point(win, allowX, buttonY)
	acts, number := 0, uint32(0)
	click := func(down bool) {
		number++
		hands.Handle(control.Button{Gen: gen, N: number, X: fraction(allow.X, 1280), Y: fraction(allow.Y, 800), Down: down})
	}
	for end := time.Now().Add(lasts); time.Now().Before(end); acts++ {
		click(true)
		click(false)
		for _, code := range []control.Code{"Tab", "Enter", "Space"} {
			hands.Handle(control.Key{Gen: gen, Code: code, Down: true})
			hands.Handle(control.Key{Gen: gen, Code: code, Down: false})
		}
	}
	hands.Release() // all of it was injected or refused
	t.Logf("%d rounds", acts)
	select {
	case got := <-answer:
		t.Fatalf("the storm answered: %s %q", got.answer.How, got.answer.Scopes)
	default:
	}
	if got, now := gate.Granted(); now != gen || got != grant.SetOf(grant.View, grant.Control) {
		t.Errorf("granted after the storm: %v, generation %d; want as before, %d", got, now, gen)
	}
	d.click(win, allowX, buttonY)
	if got := await(d, "an answer", answer); got.answer.How != window.Allowed {
		t.Errorf("a person's click: got %q, want allowed", got.answer.How)
	}
}

// hands are a technician's hands on the desk, with the right to control.
func (d *desk) hands(lease *consent.Lease, gen uint64) *input.Hands {
	d.t.Helper()
	inj, err := input.Open(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	h := input.NewHands(inj, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); h.Run(ctx) }()
	d.t.Cleanup(func() {
		cancel()
		<-ended
		_ = inj.Close()
	})
	s := xproto.Setup(d.conn).DefaultScreen(d.conn)
	h.Show(image.Rect(0, 0, int(s.WidthInPixels), int(s.HeightInPixels)))
	h.Use(lease, gen)
	return h
}

// fraction is what a viewer makes of the middle of a pixel.
func fraction(pixel, size int) uint16 { return uint16((2*pixel + 1) * 65536 / (2 * size)) }
