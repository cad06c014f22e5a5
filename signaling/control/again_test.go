package control_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"beside/signaling/control"
)

func TestGoldenActsOnceMore(t *testing.T) {
	var golden []goldenInput
	readJSON(t, "testdata/again.json", &golden)
	for _, g := range golden {
		t.Run(g.Name, func(t *testing.T) {
			a, err := control.DecodeAgain(g.Message)
			if err != nil {
				t.Fatal(err)
			}
			text, err := control.EncodeAgain(a)
			if err != nil {
				t.Fatal(err)
			}
			var got, want any
			if err := errors.Join(json.Unmarshal(text, &got), json.Unmarshal(g.Message, &want)); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("encoded again: got %s, want %s", text, g.Message)
			}
		})
	}
}

func TestDecodeAgainRefuses(t *testing.T) {
	var refused []struct{ Name, Text string }
	readJSON(t, "testdata/again-refused.json", &refused)
	for _, r := range refused {
		t.Run(r.Name, func(t *testing.T) {
			if a, err := control.DecodeAgain([]byte(r.Text)); !errors.Is(err, control.ErrInput) {
				t.Errorf("got %#v, %v, want ErrInput", a, err)
			}
		})
	}
}

func FuzzDecodeAgain(f *testing.F) {
	var golden []goldenInput
	readJSON(f, "testdata/again.json", &golden)
	for _, g := range golden {
		f.Add([]byte(g.Message))
	}
	var refused []struct{ Name, Text string }
	readJSON(f, "testdata/again-refused.json", &refused)
	for _, r := range refused {
		f.Add([]byte(r.Text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := control.DecodeAgain(data)
		if err != nil {
			if !errors.Is(err, control.ErrInput) {
				t.Fatalf("error is not ErrInput: %v", err)
			}
			return
		}
		text, err := control.EncodeAgain(a)
		if err != nil {
			t.Fatalf("decoded but not encoded: %v", err)
		}
		if b, err := control.DecodeAgain(text); err != nil || b != a {
			t.Fatalf("round trip of %s: got %#v, %v, want %#v", text, b, err, a)
		}
	})
}
