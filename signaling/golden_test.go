package signaling_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

var update = flag.Bool("update", false, "rewrite the golden messages")

// golden is one message as it is written. Tests of other languages read the
// files too: each message decodes, and encodes to the same value.
type golden struct {
	Name    string          `json:"name"`
	Message json.RawMessage `json:"message"`
}

const (
	clientEpoch = "AAAAAAAAAAAAAAAAAAAAAA"
	viewerEpoch = "__________________-_-w"
	session     = "AAECAwQFBgcICQoLDA0ODw"
)

type named struct {
	name    string
	message signaling.Message
}

// messages holds at least one of each type.
func messages() []named {
	fill := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
	fromClient := func(seq uint64) signaling.Peer {
		return signaling.Peer{From: clientEpoch, To: viewerEpoch, Seq: seq}
	}
	fromViewer := func(seq uint64) signaling.Peer {
		return signaling.Peer{From: viewerEpoch, To: clientEpoch, Seq: seq}
	}
	turn := []signaling.ICEServer{
		{URLs: []string{"stun:help.example:3478"}},
		{URLs: []string{"turn:help.example:3478?transport=udp"}, Username: "1764000000:" + session + ":viewer", Credential: "c2VjcmV0"},
	}
	return []named{
		{"thirty-two bytes", signaling.Challenge{Nonce: fill(32, 0xfb)}},
		{"a token and its proof", signaling.Auth{Token: "a.b.c", Proof: fill(64, 0xff), Epoch: viewerEpoch}},
		{"to a viewer that is alone", signaling.Welcome{Session: session, Role: grant.Viewer, Organisation: "Example GmbH", Technician: "Ada", State: signaling.State{Phase: signaling.Invited}, ICE: turn}},
		{"to a client that comes back", signaling.Welcome{Session: session, Role: grant.Client, Organisation: "Müller & Söhne <b>", Technician: "Ada 😀", State: signaling.State{Phase: signaling.Live, Peer: viewerEpoch}, ICE: []signaling.ICEServer{}, Recorded: 17}},
		{"asking, the other end is there", signaling.StateChange{State: signaling.State{Phase: signaling.Asking, Peer: clientEpoch}}},
		{"the other end is away", signaling.StateChange{State: signaling.State{Phase: signaling.Paused}}},
		{"ended", signaling.StateChange{State: signaling.State{Phase: signaling.Ended, Reason: signaling.ByRequester}}},
		{"a time with milliseconds", signaling.Beat{Time: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)}},
		{"an access token", signaling.Access{Token: "a.b.c"}},
		{"the next credentials", signaling.Relay{ICE: turn}},
		{"a signed statement", signaling.Event{Seq: 3, Statement: record.Statement{Body: []byte(`{"session":"x"}`), Signature: fill(64, 7)}}},
		{"none yet", signaling.Recorded{}},
		{"up to three", signaling.Recorded{Seq: 3}},
		{"the first of an epoch", signaling.Offer{Peer: fromClient(1), SDP: "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"}},
		{"answer", signaling.Answer{Peer: fromViewer(1), SDP: "v=0\r\n"}},
		{"from the client", signaling.Candidate{Peer: fromClient(2), Candidate: "candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host", Mid: "0"}},
		{"the last of the viewer", signaling.Candidate{Peer: fromViewer(9007199254740991), Candidate: "", Mid: "", Line: 0}},
		{"everything up to two", signaling.Ack{Peer: fromViewer(0), Upto: 2}},
		{"nothing so far", signaling.Ack{Peer: fromClient(0)}},
		{"another window", signaling.Fault{Error: *signaling.Errorf(signaling.Superseded, "Another window took this session over.")}},
		{"with an id", signaling.Fault{Error: signaling.Error{Code: signaling.Internal, Text: "Something broke in the broker. Connect again.", ID: session}}},
	}
}

func TestGoldenMessages(t *testing.T) {
	files := map[string][]golden{}
	for _, m := range messages() {
		raw, err := signaling.Encode(m.message)
		if err != nil {
			t.Fatalf("%s: %v", m.name, err)
		}
		typ := signaling.Type(m.message)
		files[typ] = append(files[typ], golden{m.name, raw})
		if back, err := signaling.Decode(raw); err != nil || !reflect.DeepEqual(back, m.message) {
			t.Errorf("%s %q: decoded to %+v, %v", typ, m.name, back, err)
		}
	}
	for typ, want := range files {
		file := filepath.Join("testdata", typ+".json")
		if *update {
			write(t, file, want)
		}
		var got []golden
		read(t, file, &got)
		if len(got) != len(want) {
			t.Errorf("%s: %d messages, want %d", file, len(got), len(want))
			continue
		}
		for i, g := range got {
			var compact bytes.Buffer
			if err := json.Compact(&compact, g.Message); err != nil {
				t.Fatal(err)
			}
			if g.Name != want[i].Name || compact.String() != string(want[i].Message) {
				t.Errorf("%s %q: got %s, want %s", file, g.Name, compact.String(), want[i].Message)
			}
		}
	}
	if len(files) != 14 {
		t.Errorf("%d types have golden messages, want all 14", len(files))
	}
}

// refused is a text that no reader may take for a message.
type refused struct {
	Name string         `json:"name"`
	Text string         `json:"text"`
	Code signaling.Code `json:"code"`
}

func TestGoldenRefusals(t *testing.T) {
	var all []refused
	read(t, "testdata/invalid.json", &all)
	for _, r := range all {
		m, err := signaling.Decode([]byte(r.Text))
		wire, ok := err.(*signaling.Error)
		if !ok || wire.Code != r.Code || m != nil {
			t.Errorf("%s: %+v, %v; want code %s", r.Name, m, err, r.Code)
		}
		if ok && len(r.Text) > 30 && strings.Contains(wire.Text, r.Text) {
			t.Errorf("%s: the error quotes the message: %s", r.Name, wire.Text)
		}
	}
	if len(all) < 40 {
		t.Errorf("only %d refusals", len(all))
	}
}

func TestTooLarge(t *testing.T) {
	long := strings.Repeat(" ", signaling.MaxMessageBytes) + `{"type":"recorded","seq":1}`
	if _, err := signaling.Decode([]byte(long)); err == nil || err.(*signaling.Error).Code != signaling.TooLarge {
		t.Errorf("decode: %v, want too_large", err)
	}
	if _, err := signaling.Encode(signaling.Access{Token: long}); err == nil {
		t.Error("a message over the bound was encoded")
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range messages() {
		raw, err := signaling.Encode(m.message)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := signaling.Decode(in)
		if err != nil {
			if _, ok := err.(*signaling.Error); !ok {
				t.Fatalf("error %T is not for the wire", err)
			}
			return
		}
		raw, err := signaling.Encode(m)
		if err != nil {
			return // escaping made it too large
		}
		if again, err := signaling.Decode(raw); err != nil || !reflect.DeepEqual(again, m) {
			t.Errorf("%s does not survive a round trip: %+v, %v", in, again, err)
		}
	})
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func write(t *testing.T, file string, all []golden) {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("[\n")
	for i, g := range all {
		name, err := json.Marshal(g.Name)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(`  { "name": ` + string(name) + `, "message": ` + string(g.Message) + " }")
		if i < len(all)-1 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
	out.WriteString("]\n")
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
