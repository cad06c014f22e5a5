package input_test

import (
	"context"
	"image"
	"testing"

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
	for _, layout := range [][]string{
		{"us"}, {"de"}, {"fr"}, {"ru"}, {"us,ru"},
		{"de", "-variant", "nodeadkeys"}, {"us", "-variant", "intl"}, {"gb"}, {"es"}, {"pl"}, {"gr"}, {"il"}, {"tr"},
	} {
		t.Run(layout[len(layout)-1], func(t *testing.T) {
			inputtest.Desktop(t)
			inputtest.Layout(t, layout...)
			term := inputtest.NewTerminal(t)
			inj := open(t, nil)
			_, lease := granted(t)
			for _, text := range []string{latin, signs, other} {
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
