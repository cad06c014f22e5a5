package input_test

import (
	"context"
	"image"
	"testing"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/signaling/control"
	"beside/signaling/grant"
)

func TestMain(m *testing.M) { inputtest.Main(m) }

var screen = image.Rect(0, 0, 1280, 800)

// open returns the injector of the test's desktop.
func open(t *testing.T, witness input.Witness) input.Injector {
	t.Helper()
	inj, err := input.Open(witness)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := inj.Close(); err != nil {
			t.Errorf("close the injector: %v", err)
		}
	})
	return inj
}

// control grants control.
func granted(t *testing.T) (*consent.Gate, *consent.Lease) {
	t.Helper()
	gate := consent.NewGate()
	gate.Allow(grant.SetOf(grant.Control))
	lease, ok := gate.Lease(grant.Control)
	if !ok {
		t.Fatal("no Lease for control")
	}
	return gate, lease
}

func inject(t *testing.T, inj input.Injector, lease *consent.Lease, msgs ...control.Input) {
	t.Helper()
	for _, m := range msgs {
		if err := inj.Inject(context.Background(), lease, screen, m); err != nil {
			t.Fatalf("inject %+v: %v", m, err)
		}
	}
}

const (
	latin = "The quick brown fox, 0123456789 times.\n\tÄÖÜß éèàç ñ å ø €"
	signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ §°²³´µ·"
	other = "Привет, мир! Съешь ещё этих мягких французских булок. Γειά σου 你好世界 こんにちは カタカナ 😀🚀 “…” – ™"
)

func TestTextIsTypedExactly(t *testing.T) {
	all, western := []string{latin, signs, other}, []string{latin, signs}
	for _, c := range []struct {
		layout string
		texts  []string
	}{
		{"us", all}, {"de", all}, {"fr", all}, {"ru", all}, {"us,ru", western},
		{"de(nodeadkeys)", western}, {"us(intl)", western}, {"gb", western}, {"es", western},
		{"pl", western}, {"gr", western}, {"il", western}, {"tr", western},
	} {
		t.Run(c.layout, func(t *testing.T) {
			inputtest.Desktop(t)
			inputtest.Layout(t, c.layout)
			term := inputtest.NewTerminal(t)
			inj := open(t, nil)
			_, lease := granted(t)
			for _, text := range c.texts {
				before := term.Typed(t)
				inject(t, inj, lease, control.Text{Gen: 1, Text: text}, control.Text{Gen: 1, Text: "\n#end\n"})
				want := before + text + "\n#end\n"
				var got string
				inputtest.Until(t, "the text", func() bool {
					got = term.Typed(t)
					return len(got) >= len(want)
				})
				if got != want {
					t.Errorf("typed\n%q, want\n%q", got[len(before):], want[len(before):])
				}
			}
		})
	}
}

func TestTextFollowsTheLayoutInUse(t *testing.T) {
	inputtest.Desktop(t)
	inputtest.Layout(t, "us,de,ru", "-option", "grp:caps_toggle")
	term := inputtest.NewTerminal(t)
	inj := open(t, nil)
	_, lease := granted(t)
	const text = "az @\"ß Яж\n"
	want := ""
	for range 4 { // once round
		want += text
		inject(t, inj, lease, control.Text{Gen: 1, Text: text}, key("CapsLock", true), key("CapsLock", false))
	}
	inputtest.Until(t, "the text", func() bool { return len(term.Typed(t)) >= len(want) })
	if got := term.Typed(t); got != want {
		t.Errorf("typed\n%q, want\n%q", got, want)
	}
}

// A program that lags behind what is typed must not find a key lent to the next
// character.
func TestTextIsExactInASlowProgram(t *testing.T) {
	inputtest.Desktop(t)
	win := inputtest.NewSlowWindow(t, 10*time.Millisecond)
	win.Focus(t, inputtest.Connect(t))
	inj := open(t, nil)
	_, lease := granted(t)
	var want []rune
	for i := range 100 { // five times the spare keys, a second of lag
		want = append(want, rune(0x4e00+i))
	}
	inject(t, inj, lease, control.Text{Gen: 1, Text: string(want)})
	var got []rune
	for len(got) < len(want) {
		const unicode = 0x01000000
		if e := win.Next(t, "key"); e.Down && e.Sym > unicode { // Shift is none
			got = append(got, rune(e.Sym-unicode))
		}
	}
	if string(got) != string(want) {
		t.Errorf("read %q, want %q", string(got), string(want))
	}
}
