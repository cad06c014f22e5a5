package invite_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"beside/signaling/invite"
)

var update = flag.Bool("update", false, "rewrite the golden vectors")

// vector is read by the viewer's tests too: both derive the same bytes.
type vector struct {
	Secret      string `json:"secret"`
	Seed        string `json:"seed"`
	Public      string `json:"public"`
	KeyHash     string `json:"keyHash"`
	Join        string `json:"join"`
	Bind        string `json:"bind"`
	Page        string `json:"page"`
	Session     string `json:"session"`
	ClientFP    string `json:"clientFingerprint"`
	ViewerFP    string `json:"viewerFingerprint"`
	ViewerProof string `json:"viewerProof"`
	ClientProof string `json:"clientProof"`
	Spoken      string `json:"spoken"`
	SpokenS     string `json:"spokenSecret"`
}

func makeVector(t *testing.T) vector {
	t.Helper()
	seed := bytes.Repeat([]byte{7}, ed25519.SeedSize)
	key := ed25519.NewKeyFromSeed(seed)
	pub := key.Public().(ed25519.PublicKey)
	k := invite.HashKey(pub)
	s, _, err := invite.ParseCode("0123456789ABCDEFGHJK" + string(k))
	if err != nil {
		t.Fatal(err)
	}
	b := invite.Binding{Session: "AAECAwQFBgcICQoLDA0ODw"}
	for i := range b.Client {
		b.Client[i], b.Viewer[i] = byte(i), byte(255-i)
	}
	const digits = "012345678"
	spoken, err := invite.ParseSpoken(digits)
	if err != nil {
		t.Fatal(err)
	}
	join, bind, page := s.Join(), s.Bind(), s.Page()
	return vector{
		Secret: s.Reveal(), Seed: hex.EncodeToString(seed), Public: hex.EncodeToString(pub), KeyHash: string(k),
		Join: hex.EncodeToString(join[:]), Bind: hex.EncodeToString(bind[:]), Page: hex.EncodeToString(page[:]),
		Session: b.Session, ClientFP: hex.EncodeToString(b.Client[:]), ViewerFP: hex.EncodeToString(b.Viewer[:]),
		ViewerProof: hex.EncodeToString(b.ViewerProof(key)), ClientProof: hex.EncodeToString(b.ClientProof(s)),
		Spoken: digits, SpokenS: spoken.Reveal(),
	}
}

func TestGoldenVector(t *testing.T) {
	got, err := json.MarshalIndent(makeVector(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	const file = "testdata/vector.json"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("vector changed:\n%s\nwant\n%s", got, want)
	}
}

func TestParseFileName(t *testing.T) {
	code := strings.Repeat("0123456789ABCDEFGHJK", 2)
	for _, tc := range []struct {
		name string
		ok   bool
	}{
		{"Beside-" + code, true},
		{"/home/ann/Downloads/Beside-" + code, true},
		{`C:\Users\ann\Beside-` + code + ".exe", true},
		{"Beside-" + code + " (1)", true},
		{"Beside-" + code + " (2) (3).bin", true},
		{"Beside-" + code + " - Copy", true},
		{"Beside-" + code + " - Kopie (2)", true},
		{"Beside-" + code + ".bin.bin", true},
		{"beside-" + strings.ToLower(code), true},
		{"Beside_" + code, true},
		{"Beside-" + strings.Replace(code, "0", "O", 1), true},
		{"Beside-" + code + "X", false},
		{"Beside-" + code[1:], false},
		{"Beside-" + strings.Replace(code, "0", "U", 1), false},
		{"Other-" + code, false},
		{"beside-client", false},
		{"", false},
	} {
		s, k, err := invite.ParseFileName(tc.name)
		if (err == nil) != tc.ok {
			t.Errorf("ParseFileName(%q): %v, want ok=%v", tc.name, err, tc.ok)
		}
		if tc.ok && s.Reveal()+string(k) != code {
			t.Errorf("ParseFileName(%q) = %s%s, want %s", tc.name, s.Reveal(), k, code)
		}
	}
}

func TestParseLink(t *testing.T) {
	code := strings.Repeat("0123456789ABCDEFGHJK", 2)
	for _, tc := range []struct {
		in, broker string
		ok         bool
	}{
		{"https://help.example/j/abc#" + code, "https://help.example", true},
		{"  https://help.example:8443/j/abc#" + strings.ToLower(code) + "\n", "https://help.example:8443", true},
		{"http://localhost:8080/j/abc#" + code, "http://localhost:8080", true},
		{"http://127.0.0.1/j/abc#" + code, "http://127.0.0.1", true},
		{"http://[::1]:8080/j/abc#" + code, "http://[::1]:8080", true},
		{"http://help.example/j/abc#" + code, "", false},
		{"http://localhost.evil.example/j/abc#" + code, "", false},
		{"https://user@help.example/j/abc#" + code, "", false},
		{"https://help.example/j/a/b#" + code, "", false},
		{"https://help.example/j/#" + code, "", false},
		{"https://help.example/j/abc", "", false},
		{"ftp://help.example/j/abc#" + code, "", false},
		{"https:///j/abc#" + code, "", false},
		{strings.Repeat("x", 5000), "", false},
	} {
		l, err := invite.ParseLink(tc.in)
		if (err == nil) != tc.ok {
			t.Errorf("ParseLink(%q): %v, want ok=%v", tc.in, err, tc.ok)
			continue
		}
		if tc.ok && l.Broker.String() != tc.broker {
			t.Errorf("ParseLink(%q).Broker = %s, want %s", tc.in, l.Broker, tc.broker)
		}
		if err != nil && strings.Contains(err.Error(), code) {
			t.Errorf("ParseLink(%q): the error shows the secret: %v", tc.in, err)
		}
	}
}

func TestSecretNeverPrints(t *testing.T) {
	s := invite.NewSecret()
	js, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), string(js)} {
		if strings.Contains(out, s.Reveal()) {
			t.Errorf("secret printed: %s", out)
		}
	}
}

func TestBindingRefusesEverythingElse(t *testing.T) {
	_, key, _ := ed25519.GenerateKey(nil)
	pub := key.Public().(ed25519.PublicKey)
	k, s := invite.HashKey(pub), invite.NewSecret()
	good := invite.Binding{Session: "one", Client: invite.Fingerprint{1}, Viewer: invite.Fingerprint{2}}
	viewer, client := good.ViewerProof(key), good.ClientProof(s)
	if err := errors.Join(good.CheckViewer(k, pub, viewer), good.CheckClient(s, client)); err != nil {
		t.Fatalf("true proofs: %v", err)
	}
	for name, b := range map[string]invite.Binding{
		"other session":             {Session: "two", Client: good.Client, Viewer: good.Viewer},
		"client's cert swapped":     {Session: "one", Client: invite.Fingerprint{9}, Viewer: good.Viewer},
		"viewer's cert swapped":     {Session: "one", Client: good.Client, Viewer: invite.Fingerprint{9}},
		"fingerprints interchanged": {Session: "one", Client: good.Viewer, Viewer: good.Client},
	} {
		if err := b.CheckViewer(k, pub, viewer); !errors.Is(err, invite.ErrBinding) {
			t.Errorf("%s: CheckViewer = %v, want ErrBinding", name, err)
		}
		if err := b.CheckClient(s, client); !errors.Is(err, invite.ErrBinding) {
			t.Errorf("%s: CheckClient = %v, want ErrBinding", name, err)
		}
	}
	otherPub, other, _ := ed25519.GenerateKey(nil)
	if err := good.CheckViewer(k, otherPub, good.ViewerProof(other)); !errors.Is(err, invite.ErrBinding) {
		t.Errorf("a reader of the link played technician: %v", err)
	}
	if err := good.CheckClient(invite.NewSecret(), client); !errors.Is(err, invite.ErrBinding) {
		t.Errorf("another secret: %v", err)
	}
}

func FuzzParseLink(f *testing.F) {
	code := strings.Repeat("0123456789ABCDEFGHJK", 2)
	f.Add("https://help.example/j/abc#" + code)
	f.Add("http://[::1]:8080/j/x#" + code)
	f.Add("Beside-" + code + " (1).bin")
	f.Fuzz(func(t *testing.T, in string) {
		if l, err := invite.ParseLink(in); err == nil {
			again, err := invite.ParseLink(l.String())
			if err != nil || again.Secret != l.Secret || again.Key != l.Key || again.ID != l.ID {
				t.Errorf("ParseLink(%q) does not survive a round trip: %v", in, err)
			}
		}
		invite.ParseFileName(in)
	})
}
