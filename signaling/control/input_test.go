package control_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"beside/signaling/control"
)

var updateCodes = flag.Bool("update-codes", false, "rewrite testdata/codes.json from the table")

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

type goldenInput struct {
	Name    string          `json:"name"`
	Message json.RawMessage `json:"message"`
}

func TestGoldenInputSurvivesARoundTrip(t *testing.T) {
	var golden []goldenInput
	readJSON(t, "testdata/input.json", &golden)
	kinds := make(map[string]bool)
	for _, g := range golden {
		t.Run(g.Name, func(t *testing.T) {
			msg, err := control.DecodeInput(g.Message)
			if err != nil {
				t.Fatal(err)
			}
			kinds[reflect.TypeOf(msg).Name()] = true
			text, err := control.EncodeInput(msg)
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
	for _, kind := range []string{"Key", "Text", "Release", "Move", "Button", "Wheel"} {
		if !kinds[kind] {
			t.Errorf("no golden message decodes to %s", kind)
		}
	}
}

func TestDecodeInputRefuses(t *testing.T) {
	var refused []struct{ Name, Text string }
	readJSON(t, "testdata/input-refused.json", &refused)
	for _, r := range refused {
		t.Run(r.Name, func(t *testing.T) {
			if msg, err := control.DecodeInput([]byte(r.Text)); !errors.Is(err, control.ErrInput) {
				t.Errorf("got %#v, %v, want ErrInput", msg, err)
			}
		})
	}
	sized := func(n int) []byte {
		return []byte(`{"type":"release","gen":1` + strings.Repeat(" ", n-26) + `}`)
	}
	if _, err := control.DecodeInput(sized(control.MaxInputBytes)); err != nil {
		t.Errorf("message of the largest size: %v", err)
	}
	if _, err := control.DecodeInput(sized(control.MaxInputBytes + 1)); !errors.Is(err, control.ErrInput) {
		t.Errorf("message over the largest size: got %v, want ErrInput", err)
	}
	if _, err := control.DecodeInput([]byte("{\"type\":\"text\",\"gen\":1,\"text\":\"\xff\"}")); !errors.Is(err, control.ErrInput) {
		t.Errorf("text that is not UTF-8: got %v, want ErrInput", err)
	}
}

func TestTextIsCountedInCharacters(t *testing.T) {
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{strings.Repeat("漢", control.MaxTextRunes), true},
		{strings.Repeat("漢", control.MaxTextRunes) + "a", false},
	} {
		text, err := control.EncodeInput(control.Text{Gen: 1, Text: c.text})
		if (err == nil) != c.ok {
			t.Fatalf("EncodeInput of %d bytes: %v", len(c.text), err)
		}
		if c.ok {
			if _, err := control.DecodeInput(text); err != nil {
				t.Errorf("DecodeInput of %d bytes: %v", len(text), err)
			}
		}
	}
}

// The viewer's tests read the same file.
func TestCodesAreTheGoldenOnes(t *testing.T) {
	if *updateCodes {
		text, err := json.MarshalIndent(control.Codes(), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/codes.json", append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var want []control.Code
	readJSON(t, "testdata/codes.json", &want)
	if got := control.Codes(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzDecodeInput(f *testing.F) {
	var golden []goldenInput
	readJSON(f, "testdata/input.json", &golden)
	for _, g := range golden {
		f.Add([]byte(g.Message))
	}
	var refused []struct{ Name, Text string }
	readJSON(f, "testdata/input-refused.json", &refused)
	for _, r := range refused {
		f.Add([]byte(r.Text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		msg, err := control.DecodeInput(data)
		if err != nil {
			if !errors.Is(err, control.ErrInput) {
				t.Fatalf("error is not ErrInput: %v", err)
			}
			return
		}
		text, err := control.EncodeInput(msg)
		if err != nil {
			t.Fatalf("decoded but not encoded: %v", err)
		}
		again, err := control.DecodeInput(text)
		if err != nil || again != msg {
			t.Fatalf("round trip of %s: got %#v, %v, want %#v", text, again, err, msg)
		}
	})
}
