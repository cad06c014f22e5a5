package input_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"go.uber.org/goleak"

	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/signaling/control"
	"beside/signaling/grant"
)

var controlOnly = grant.SetOf(grant.Control)

// run starts Hands until the test ends.
func run(t *testing.T, inj input.Injector) *input.Hands {
	t.Helper()
	hands := input.NewHands(inj, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		hands.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	hands.Show(screen)
	return hands
}

// use grants control to hands and returns the generation.
func use(t *testing.T, gate *consent.Gate, hands *input.Hands) uint64 {
	t.Helper()
	gen := gate.Allow(controlOnly)
	lease, ok := gate.Lease(grant.Control)
	if !ok {
		t.Fatal("no Lease for control")
	}
	hands.Use(lease, gen)
	return gen
}

// pressed waits until keys are down.
func pressed(t *testing.T, conn *xgb.Conn, want ...int) {
	t.Helper()
	inputtest.Until(t, "the keys to be down", func() bool {
		return reflect.DeepEqual(inputtest.Down(t, conn), want)
	})
}

func TestEverythingIsReleased(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*consent.Gate, *input.Hands, uint64)
	}{
		{"on a release message", func(_ *consent.Gate, h *input.Hands, gen uint64) { h.Handle(control.Release{Gen: gen}) }},
		{"on a release message of an older grant", func(_ *consent.Gate, h *input.Hands, gen uint64) { h.Handle(control.Release{Gen: gen - 1}) }},
		{"on a lost channel", func(_ *consent.Gate, h *input.Hands, _ uint64) { h.Release() }},
		{"on revoke", func(g *consent.Gate, _ *input.Hands, _ uint64) { g.Revoke(controlOnly) }},
		{"when control rests", func(g *consent.Gate, _ *input.Hands, _ uint64) { g.Hold(controlOnly) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, win := desk(t)
			hands := run(t, open(t, nil))
			gate := consent.NewGate()
			gen := use(t, gate, hands)
			hands.Handle(control.Key{Gen: gen, Code: "ShiftLeft", Down: true})
			hands.Handle(control.Key{Gen: gen, Code: "KeyA", Down: true})
			hands.Handle(control.Button{Gen: gen, N: 1, X: 100, Y: 100, Button: 0, Down: true})
			win.Next(t, "button")
			pressed(t, conn, 38, 50)
			c.end(gate, hands, gen)
			pressed(t, conn)
			if e := win.Next(t, "button"); e.Down {
				t.Errorf("got %+v, want the button let go", e)
			}
		})
	}
}

func TestEverythingIsReleasedWhenRunEnds(t *testing.T) {
	conn, _ := desk(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	inj, err := input.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	hands := input.NewHands(inj, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		hands.Run(ctx)
	}()
	gen := use(t, consent.NewGate(), hands)
	hands.Handle(control.Key{Gen: gen, Code: "KeyA", Down: true})
	pressed(t, conn, 38)
	cancel()
	<-ended
	if down := inputtest.Down(t, conn); len(down) != 0 {
		t.Errorf("keys %v are down after Run", down)
	}
	if err := inj.Close(); err != nil {
		t.Error(err)
	}
	hands.Handle(control.Key{Gen: gen, Code: "KeyA", Down: true}) // nobody hangs
	hands.Release()
}

// Channel loss, Stop and such do not wait for a long text to be typed.
func TestReleaseInterruptsText(t *testing.T) {
	conn, win := desk(t)
	hands := run(t, open(t, nil))
	gen := use(t, consent.NewGate(), hands)
	var text []rune
	for i := range control.MaxTextRunes {
		text = append(text, rune(0x4e00+i))
	}
	for range 10 { // about 20 s of typing
		hands.Handle(control.Text{Gen: gen, Text: string(text)})
	}
	win.Next(t, "key")
	start := time.Now()
	hands.Release()
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("Release took %v: it waited for the text", took)
	}
	win.Mark(t, conn)
	win.UntilMark(t)
	hands.Handle(control.Key{Gen: gen, Code: "KeyA", Down: true})
	if e := win.Next(t, "key"); e.Code != 38 {
		t.Errorf("first key after Release: got %+v, want KeyA", e)
	}
}

func TestInputOfAnOlderGrantIsDropped(t *testing.T) {
	_, win := desk(t)
	hands := run(t, open(t, nil))
	gate := consent.NewGate()
	old := use(t, gate, hands)
	gate.Revoke(controlOnly)
	gen := use(t, gate, hands)
	hands.Handle(control.Key{Gen: old, Code: "KeyB", Down: true})
	hands.Handle(control.Text{Gen: old, Text: "b"})
	hands.Handle(control.Button{Gen: old, N: 1, Button: 0, Down: true})
	hands.Handle(control.Key{Gen: gen, Code: "KeyA", Down: true})
	if e := win.Next(t, "key"); e.Code != 38 {
		t.Errorf("first key: got %+v, want KeyA", e)
	}
}

func TestAMoveThatWasOvertakenIsDropped(t *testing.T) {
	_, win := desk(t)
	hands := run(t, open(t, nil))
	gen := use(t, consent.NewGate(), hands)
	hands.Handle(control.Button{Gen: gen, N: 5, X: fraction(50, 1280), Y: fraction(60, 800), Button: 0, Down: true})
	win.Next(t, "button")
	hands.Handle(control.Move{Gen: gen, N: 4, X: fraction(10, 1280), Y: fraction(10, 800)})
	for range 20 {
		hands.Show(screen) // gives the move its turn
	}
	hands.Handle(control.Key{Gen: gen, Code: "KeyA", Down: true})
	if e := win.Next(t, "key"); e.X != 50 || e.Y != 60 {
		t.Errorf("pointer at %d,%d, want where the button was pressed, 50,60", e.X, e.Y)
	}
}

// After Revoke has returned no press is injected, whatever was under way.
func TestRevokeStopsInputAtOnce(t *testing.T) {
	conn, win := desk(t)
	hands := run(t, open(t, nil))
	gate := consent.NewGate()
	quit, stopped := make(chan struct{}), make(chan struct{})
	go func() { // a technician who never stops, and claims any generation
		defer close(stopped)
		const any = 1 << 40
		for n := uint32(1); ; n += 2 {
			for _, msg := range []control.Input{
				control.Key{Gen: any, Code: "KeyA", Down: true},
				control.Button{Gen: any, N: n, X: 100, Y: 100, Button: uint8(n % 3), Down: true},
				control.Text{Gen: any, Text: "hello, привет"},
				control.Key{Gen: any, Code: "KeyA", Down: false},
				control.Wheel{Gen: any, N: n + 1, X: 100, Y: 100, DY: 120},
			} {
				select {
				case <-quit:
					return
				default:
					hands.Handle(msg)
				}
			}
		}
	}()
	presses := 0
	for range 1000 {
		use(t, gate, hands)
		pause := time.Now().Add(rand.N(3 * time.Millisecond))
		inputtest.Until(t, "the moment to revoke", func() bool { return time.Now().After(pause) })
		gate.Revoke(controlOnly)
		win.Mark(t, conn) // in the server's order: what is behind it was injected after Revoke
		presses += countPresses(win.UntilMark(t))
		hands.Show(screen) // the owner has taken notice
		win.Mark(t, conn)
		if late := countPresses(win.UntilMark(t)); late != 0 {
			t.Fatalf("%d presses after Revoke returned", late)
		}
	}
	close(quit)
	<-stopped
	t.Logf("%d presses while control was granted", presses)
	if presses == 0 {
		t.Error("nothing was injected at all")
	}
	pressed(t, conn)
}

func countPresses(events []inputtest.Event) int {
	n := 0
	for _, e := range events {
		if (e.Kind == "key" || e.Kind == "button") && e.Down {
			n++
		}
	}
	return n
}
