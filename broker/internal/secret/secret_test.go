package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"beside/broker/internal/secret"
)

func TestSecretShowsNowhere(t *testing.T) {
	const canary = "canary-4711"
	s := secret.New(canary)
	in := struct{ S secret.Text }{s}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s, "in", in, "p", &in)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "in", in, "p", &in)
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(body) + fmt.Sprintf("%v %+v %#v %s %q %v %+v %#v", s, s, s, s, s, in, in, in) + fmt.Errorf("e: %v", s).Error()
	if strings.Contains(all, canary) {
		t.Errorf("the secret shows in %s", all)
	}
	if s.Reveal() != canary || !json.Valid(body) {
		t.Errorf("Reveal = %q, body %s", s.Reveal(), body)
	}
}

func TestRandom(t *testing.T) {
	a, b := secret.Random(), secret.Random()
	if a == b || len(a.Reveal()) != 43 || bytes.Equal(a.Hash(), b.Hash()) {
		t.Errorf("Random made %d and %d characters, equal %v; want 43 different ones", len(a.Reveal()), len(b.Reveal()), a == b)
	}
	var back secret.Text
	if err := back.UnmarshalText([]byte(a.Reveal())); err != nil || back != a || back.IsZero() {
		t.Errorf("UnmarshalText: %v", err)
	}
}
