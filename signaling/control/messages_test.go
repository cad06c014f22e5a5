package control_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"beside/signaling/control"
)

// directions are the two ways of the control channel, each with the messages
// that testdata/from-<name>.json holds.
var directions = map[string]struct {
	decode func([]byte) (control.Message, error)
	types  []string
}{
	"viewer": {control.DecodeFromViewer, []string{"hello", "nonce", "token", "ask", "yield", "show", "abilities", "attend", "say", "put", "whole", "get", "kept", "drop", "bye"}},
	"client": {control.DecodeFromClient, []string{"hello", "commit", "reveal", "compared", "asking", "granted", "declined", "rights", "screens", "facts", "notice", "said", "locks", "taking", "stored", "giving", "given", "dropped", "bye"}},
}

func TestGoldenMessagesSurviveARoundTrip(t *testing.T) {
	for name, d := range directions {
		var golden []goldenInput
		readJSON(t, "testdata/from-"+name+".json", &golden)
		seen := map[string]bool{}
		for _, g := range golden {
			t.Run(name+" "+g.Name, func(t *testing.T) {
				m, err := d.decode(g.Message)
				if err != nil {
					t.Fatal(err)
				}
				seen[control.Type(m)] = true
				text, err := control.Encode(m)
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
		for _, typ := range d.types {
			if !seen[typ] {
				t.Errorf("no golden %s from the %s", typ, name)
			}
		}
	}
}

func TestMessagesGoOneWay(t *testing.T) {
	for name, d := range directions {
		for other := range directions {
			var golden []goldenInput
			readJSON(t, "testdata/from-"+other+".json", &golden)
			for _, g := range golden {
				var head struct{ Type string }
				if err := json.Unmarshal(g.Message, &head); err != nil {
					t.Fatal(err)
				}
				if name != other && !slices.Contains(d.types, head.Type) {
					if _, err := d.decode(g.Message); !errors.Is(err, control.ErrMessage) {
						t.Errorf("%s of the %s was taken as the %s's: %v", head.Type, other, name, err)
					}
				}
			}
		}
	}
}

func TestRefusedMessages(t *testing.T) {
	for name, d := range directions {
		var refused []struct{ Name, Text string }
		readJSON(t, "testdata/refused-from-"+name+".json", &refused)
		for _, r := range refused {
			if m, err := d.decode([]byte(r.Text)); !errors.Is(err, control.ErrMessage) {
				t.Errorf("%s from the %s: %+v, %v; want ErrMessage", r.Name, name, m, err)
			}
		}
		long := `{"type":"bye","reason":"` + strings.Repeat("x", control.MaxMessageBytes) + `"}`
		if _, err := d.decode([]byte(long)); !errors.Is(err, control.ErrMessage) {
			t.Errorf("over the bound from the %s: %v", name, err)
		}
	}
}

func FuzzDecodeFromViewer(f *testing.F) { fuzz(f, "viewer") }
func FuzzDecodeFromClient(f *testing.F) { fuzz(f, "client") }

func fuzz(f *testing.F, from string) {
	var golden []goldenInput
	readJSON(f, "testdata/from-"+from+".json", &golden)
	for _, g := range golden {
		f.Add([]byte(g.Message))
	}
	decode := directions[from].decode
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := decode(in)
		if err != nil {
			if !errors.Is(err, control.ErrMessage) {
				t.Errorf("error %v is not ErrMessage", err)
			}
			return
		}
		text, err := control.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := decode(text); len(text) <= control.MaxMessageBytes && (err != nil || !reflect.DeepEqual(again, m)) {
			t.Errorf("%s does not survive a round trip: %+v, %v", in, again, err)
		}
	})
}
