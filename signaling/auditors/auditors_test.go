package auditors_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"beside/signaling/auditors"
)

var update = flag.Bool("update", false, "rewrite testdata/list.json")

// vector is testdata/list.json, which the viewer's tests read too.
type vector struct {
	Seed        []byte          `json:"seed"` // of the root
	Root        string          `json:"root"`
	Fingerprint string          `json:"fingerprint"`
	List        json.RawMessage `json:"list"`
}

func body() auditors.Body {
	return auditors.Body{
		Organisation: "Example <Org>", Number: 3, Time: time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC),
		Recipients: []auditors.Recipient{
			{Name: "Ada Ünal", Key: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"},
			{Name: "Recovery", Key: "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"},
		},
	}
}

func root() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func TestGoldenList(t *testing.T) {
	list, err := auditors.Sign(root(), body())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := list.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	want := vector{root().Seed(), auditors.FormatRoot(list.Root), auditors.Fingerprint(list.Root), raw}
	if *update {
		text, err := json.MarshalIndent(want, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/list.json", append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("testdata/list.json")
	if err != nil {
		t.Fatal(err)
	}
	var got vector
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	read, err := auditors.Parse(got.List)
	if err != nil {
		t.Fatal(err)
	}
	key, err := auditors.ParseRoot(got.Root)
	if err != nil || read.Verify(key) != nil || got.Fingerprint != want.Fingerprint {
		t.Errorf("the list is not as it was signed: %v, %v, %q", err, read.Verify(key), got.Fingerprint)
	}
	if read.Hash() != list.Hash() || read.Names()[0] != "Ada Ünal" || read.Keys()[1] != body().Recipients[1].Key {
		t.Errorf("read %+v", read.Body)
	}
}

func TestVerifyRefuses(t *testing.T) {
	list, err := auditors.Sign(root(), body())
	if err != nil {
		t.Fatal(err)
	}
	other := ed25519.NewKeyFromSeed(make([]byte, 32))
	if err := list.Verify(other.Public().(ed25519.PublicKey)); !errors.Is(err, auditors.ErrSignature) {
		t.Errorf("another root: %v", err)
	}
	forged, err := auditors.Sign(other, body())
	if err != nil {
		t.Fatal(err)
	}
	forged.Root = list.Root // the broker names its own recipients under the auditors' root
	if err := forged.Verify(list.Root); !errors.Is(err, auditors.ErrSignature) {
		t.Errorf("signature of another: %v", err)
	}
}

func TestBodyIsChecked(t *testing.T) {
	for name, change := range map[string]func(*auditors.Body){
		"one recipient":       func(b *auditors.Body) { b.Recipients = b.Recipients[:1] },
		"the same key twice":  func(b *auditors.Body) { b.Recipients[1].Key = b.Recipients[0].Key },
		"no key":              func(b *auditors.Body) { b.Recipients[0].Key = "age1" },
		"a key of ssh":        func(b *auditors.Body) { b.Recipients[0].Key = "ssh-ed25519 AAAA" },
		"no name":             func(b *auditors.Body) { b.Recipients[0].Name = "" },
		"a name of two lines": func(b *auditors.Body) { b.Recipients[0].Name = "Ada\nAllow all" },
		"a long name":         func(b *auditors.Body) { b.Recipients[0].Name = strings.Repeat("x", 81) },
		"number 0":            func(b *auditors.Body) { b.Number = 0 },
		"no organisation":     func(b *auditors.Body) { b.Organisation = "" },
		"no time":             func(b *auditors.Body) { b.Time = time.Time{} },
	} {
		b := body()
		change(&b)
		if _, err := auditors.Sign(root(), b); !errors.Is(err, auditors.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	list, err := auditors.Sign(root(), body())
	if err != nil {
		f.Fatal(err)
	}
	raw, err := list.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"root":"","body":"e30=","signature":""}`))
	f.Add([]byte(`{"root":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := auditors.Parse(raw)
		if err != nil {
			if !errors.Is(err, auditors.ErrMalformed) {
				t.Fatalf("error is not ErrMalformed: %v", err)
			}
			return
		}
		text, err := l.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := auditors.Parse(text); err != nil || again.Hash() != l.Hash() {
			t.Fatalf("not the same again: %v", err)
		}
	})
}
