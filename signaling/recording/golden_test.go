package recording_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"image"
	"io"
	"os"
	"testing"

	"filippo.io/age"

	"beside/signaling/display"
	"beside/signaling/recording"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenFile = "testdata/recording.json"

// goldenRecording is a whole recording with the identity that opens it, for readers
// in any language.
type goldenRecording struct {
	Identity string              `json:"identity"` // age X25519, made for this file
	Head     json.RawMessage     `json:"head"`
	DataKey  []byte              `json:"dataKey"`
	Chunks   []goldenChunk       `json:"chunks"`
	Root     string              `json:"root"`    // hex
	Refused  []goldenRefused     `json:"refused"` // plaintexts of a chunk of 5000 ms
	Picture  map[string][]uint32 `json:"picture"` // what the screen shows after all, row by row: 0xRRGGBB
}

type goldenChunk struct {
	N       uint64          `json:"n"`
	From    uint64          `json:"from"`
	To      uint64          `json:"to"`
	Flags   recording.Flags `json:"flags"`
	Sealed  []byte          `json:"sealed"`
	Leaf    string          `json:"leaf"` // hex
	Records []goldenRecord  `json:"records"`
}

type goldenRecord struct {
	Kind recording.Kind `json:"kind"`
	Time uint32         `json:"time"`
	Data []byte         `json:"data"`
}

type goldenRefused struct {
	Name  string          `json:"name"`
	Flags recording.Flags `json:"flags"`
	Plain []byte          `json:"plain"`
}

const (
	goldenSession   = "c2Vzc2lvbi0wMDAwMDAwMQ"
	goldenRecorded  = "cmVjb3JkaW5nLTAwMDAwMQ"
	goldenThumbnail = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
)

// solid is an update that shows w×h pixels of one colour.
func solid(reset bool, w, h int, rect image.Rectangle, px uint32) []byte {
	var body []byte
	if reset {
		body = display.AppendReset(body, w, h)
	}
	body = display.AppendSolid(body, rect, px)
	msgs, _ := display.Split(nil, nil, display.Header{Reset: reset, Raw: uint32(len(body))}, body)
	return msgs[0]
}

func ref[T any](v T) *T { return &v }

// write makes the chunks of the golden recording.
func write(t *testing.T, key recording.Key) []goldenChunk {
	t.Helper()
	var chunks []goldenChunk
	add := func(s recording.Span, fill func(p *recording.Plain) error) {
		var p recording.Plain
		if err := fill(&p); err != nil {
			t.Fatal(err)
		}
		sealed, err := key.Seal(s, p.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		c := goldenChunk{N: s.N, From: s.From, To: s.To, Flags: s.Flags, Sealed: sealed,
			Leaf: hex.EncodeToString(recording.NewLeaf(s, sealed).Bytes())}
		for r, err := range recording.Records(s, p.Bytes()) {
			if err != nil {
				t.Fatal(err)
			}
			c.Records = append(c.Records, goldenRecord{r.Kind, r.Time, bytes.Clone(r.Data)})
		}
		chunks = append(chunks, c)
	}
	add(recording.Span{N: 0, From: 0, To: 9_000, Flags: recording.Snapshot}, func(p *recording.Plain) error {
		return errors.Join(
			p.Event(0, recording.Event{Kind: recording.Rights, Scopes: &[]string{"view", "control", "record"}}),
			p.Update(0, 1, [][]byte{solid(true, 32, 16, image.Rect(0, 0, 16, 16), 0xff0000)}),
			p.Pointer(120, 0x8000, 0x4000),
			p.Event(125, recording.Event{Kind: recording.Button, Button: ref(0), Down: ref(true), X: ref(uint16(0x8000)), Y: ref(uint16(0x4000))}),
			p.Event(200, recording.Event{Kind: recording.Typed}),
			p.Update(9_000, 2, [][]byte{solid(false, 32, 16, image.Rect(16, 0, 32, 8), 0x00ff00)}),
		)
	})
	add(recording.Span{N: 1, From: 60_000, To: 60_500, Flags: 0}, func(p *recording.Plain) error {
		return errors.Join(
			p.Event(3, recording.Event{Kind: recording.Wheel, DX: ref(0), DY: ref(-120), X: ref(uint16(1)), Y: ref(uint16(65535))}),
			p.Update(500, 3, [][]byte{solid(false, 32, 16, image.Rect(16, 8, 32, 16), 0x0000ff)}),
		)
	})
	add(recording.Span{N: 2, From: 90_000, To: 90_001, Flags: recording.Snapshot | recording.Gap | recording.Last},
		func(p *recording.Plain) error {
			return errors.Join(
				p.Event(0, recording.Event{Kind: recording.Missing, Reason: recording.Paused}),
				p.Update(0, 4, [][]byte{solid(true, 16, 16, image.Rect(0, 0, 16, 8), 0x123456)}),
				p.Event(1, recording.Event{Kind: recording.Shown, Monitor: "HDMI-1"}),
			)
		})
	return chunks
}

// refused are plaintexts that no reader may accept.
func refused(t *testing.T) []goldenRefused {
	t.Helper()
	raw := func(kind byte, at uint32, data string) []byte {
		b := []byte{kind, byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at), 0, 0, byte(len(data) >> 8), byte(len(data))}
		return append(b, data...)
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	reset, next := string(solid(true, 16, 16, image.Rect(0, 0, 16, 16), 1)), string(solid(false, 16, 16, image.Rect(0, 0, 16, 16), 1))
	part := []byte(next)
	part[2] = 1
	long := []byte(next)
	long[12]++
	typed := `{"kind":"typed"}`
	return []goldenRefused{
		{"cut in a head", 0, raw(2, 0, typed)[:7]},
		{"cut in data", 0, raw(2, 0, typed)[:20]},
		{"unknown record", 0, raw(9, 0, "x")},
		{"record 0", 0, raw(0, 0, "x")},
		{"goes back in time", 0, join(raw(2, 10, typed), raw(2, 9, typed))},
		{"after the end", 0, raw(2, 5001, typed)},
		{"snapshot without a picture", recording.Snapshot, raw(2, 0, typed)},
		{"snapshot begins with a pointer", recording.Snapshot, join(raw(3, 0, "abcd"), raw(1, 0, reset))},
		{"snapshot that needs another", recording.Snapshot, raw(1, 0, next)},
		{"second part of an update", 0, raw(1, 0, string(part))},
		{"update of another length", 0, raw(1, 0, string(long))},
		{"update without a body", 0, raw(1, 0, next[:16])},
		{"pointer of 3 bytes", 0, raw(3, 0, "abc")},
		{"event with an unknown member", 0, raw(2, 0, `{"kind":"typed","text":"x"}`)},
		{"event with a member of another kind", 0, raw(2, 0, `{"kind":"typed","x":1}`)},
		{"event without its members", 0, raw(2, 0, `{"kind":"wheel","dx":1,"x":1,"y":1}`)},
		{"event of an unknown kind", 0, raw(2, 0, `{"kind":"keys"}`)},
		{"event with a member twice", 0, raw(2, 0, `{"kind":"typed","kind":"typed"}`)},
		{"event that is no object", 0, raw(2, 0, `"typed"`)},
		{"event with a place outside", 0, raw(2, 0, `{"kind":"wheel","dx":1,"dy":1,"x":65536,"y":1}`)},
		{"gap for an unknown reason", 0, raw(2, 0, `{"kind":"gap","reason":"lazy"}`)},
		{"button 5", 0, raw(2, 0, `{"kind":"button","button":5,"down":true,"x":1,"y":1}`)},
	}
}

func makeGolden(t *testing.T) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("golden data key"))
	key := recording.Key{Session: goldenSession, Recording: goldenRecorded, Key: sum[:]}
	plain, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, id.Recipient(), other.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	head, err := json.Marshal(recording.Head{Format: recording.Format, Session: goldenSession, Recording: goldenRecorded,
		Key: goldenThumbnail, List: recording.List{Number: 1, Hash: sum[:]}, Sealed: sealed.Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	g := goldenRecording{Identity: id.String(), Head: head, DataKey: key.Key, Chunks: write(t, key), Refused: refused(t)}
	leaves, picture := replay(t, key, g.Chunks)
	root := recording.Root(leaves)
	g.Root, g.Picture = hex.EncodeToString(root[:]), map[string][]uint32{"pixels": picture}
	out, err := json.MarshalIndent(g, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenFile, append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replay opens and plays chunks as an auditor does.
func replay(t *testing.T, key recording.Key, chunks []goldenChunk) ([]recording.Leaf, []uint32) {
	t.Helper()
	var (
		leaves []recording.Leaf
		d      display.Decoder
		before *recording.Span
	)
	for _, c := range chunks {
		s := recording.Span{N: c.N, From: c.From, To: c.To, Flags: c.Flags}
		if before != nil {
			if err := s.Follows(*before); err != nil {
				t.Fatal(err)
			}
		}
		before = &s
		plain, err := key.Open(s, c.Sealed)
		if err != nil {
			t.Fatal(err)
		}
		leaf := recording.NewLeaf(s, c.Sealed)
		if got := hex.EncodeToString(leaf.Bytes()); got != c.Leaf {
			t.Errorf("chunk %d: leaf %s, want %s", c.N, got, c.Leaf)
		}
		leaves = append(leaves, leaf)
		i := 0
		for r, err := range recording.Records(s, plain) {
			if err != nil {
				t.Fatal(err)
			}
			if want := c.Records[i]; r.Kind != want.Kind || r.Time != want.Time || !bytes.Equal(r.Data, want.Data) {
				t.Errorf("chunk %d, record %d: got %+v, want %+v", c.N, i, r, want)
			}
			i++
			if r.Kind != recording.KindUpdate {
				continue
			}
			if _, painted, err := d.ReceiveWhole(r.Data); err != nil || !painted {
				t.Fatalf("chunk %d, update: painted %v, %v", c.N, painted, err)
			}
		}
		if i != len(c.Records) {
			t.Errorf("chunk %d: %d records, want %d", c.N, i, len(c.Records))
		}
	}
	return leaves, d.Screen.Pix
}

func TestGolden(t *testing.T) {
	if *update {
		makeGolden(t)
	}
	raw, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var g goldenRecording
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	id, err := age.ParseX25519Identity(g.Identity)
	if err != nil {
		t.Fatal(err)
	}
	head, err := recording.ParseHead(g.Head)
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(bytes.NewReader(head.Sealed), id)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	key, err := recording.ParseKey(plain)
	if err != nil || !bytes.Equal(key.Key, g.DataKey) || key.Session != head.Session || key.Recording != head.Recording {
		t.Fatalf("got key %+v, %v", key, err)
	}
	leaves, picture := replay(t, key, g.Chunks)
	if root := recording.Root(leaves); hex.EncodeToString(root[:]) != g.Root {
		t.Errorf("root %x, want %s", root, g.Root)
	}
	for i, px := range picture {
		if px != g.Picture["pixels"][i] {
			t.Fatalf("pixel %d is %06x, want %06x", i, px, g.Picture["pixels"][i])
		}
	}
	// Sealing is deterministic, so any writer can be compared with the file.
	if again := write(t, key); !equalChunks(again, g.Chunks) {
		t.Error("writing the same gives other chunks")
	}
	for _, bad := range g.Refused {
		if err := read(recording.Span{N: 1, To: 5000, Flags: bad.Flags}, bad.Plain); !errors.Is(err, recording.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", bad.Name, err)
		}
	}
}

func equalChunks(a, b []goldenChunk) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func read(s recording.Span, plain []byte) error {
	for _, err := range recording.Records(s, plain) {
		if err != nil {
			return err
		}
	}
	return nil
}
