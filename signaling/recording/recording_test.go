package recording_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"os"
	"strings"
	"testing"

	"beside/signaling/display"
	"beside/signaling/recording"
)

func testKey() recording.Key {
	return recording.Key{Session: goldenSession, Recording: goldenRecorded, Key: bytes.Repeat([]byte{7}, 32)}
}

// Whatever the broker says of a chunk, it opens as what the client sealed or not at all.
func TestChunkOpensOnlyAsItself(t *testing.T) {
	span := recording.Span{N: 3, From: 1000, To: 2000}
	sealed, err := testKey().Seal(span, []byte("content"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := testKey().Open(span, sealed); err != nil || string(plain) != "content" {
		t.Fatalf("got %q, %v", plain, err)
	}
	spans := map[string]recording.Span{
		"number":     {N: 4, From: 1000, To: 2000},
		"from":       {N: 3, From: 1001, To: 2000},
		"to":         {N: 3, From: 1000, To: 2001},
		"flags":      {N: 3, From: 1000, To: 2000, Flags: recording.Snapshot},
		"last added": {N: 3, From: 1000, To: 2000, Flags: recording.Last},
	}
	for name, s := range spans {
		if _, err := testKey().Open(s, sealed); !errors.Is(err, recording.ErrSealed) {
			t.Errorf("another %s: got %v, want ErrSealed", name, err)
		}
	}
	other := testKey()
	other.Recording = goldenSession
	if _, err := other.Open(span, sealed); !errors.Is(err, recording.ErrSealed) {
		t.Errorf("another recording: got %v, want ErrSealed", err)
	}
	other = testKey()
	other.Session = goldenRecorded
	if _, err := other.Open(span, sealed); !errors.Is(err, recording.ErrSealed) {
		t.Errorf("another session: got %v, want ErrSealed", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := testKey().Open(span, bad); !errors.Is(err, recording.ErrSealed) {
			t.Fatalf("byte %d changed: got %v, want ErrSealed", i, err)
		}
	}
}

func TestSpans(t *testing.T) {
	for name, s := range map[string]recording.Span{
		"ends before it begins": {N: 1, From: 2, To: 1},
		"too long":              {N: 1, From: 0, To: 10_001},
		"too late":              {N: 1, From: 1 << 60, To: 1 << 60},
		"unknown flags":         {N: 1, Flags: 8},
		"first without picture": {N: 0},
		"too many":              {N: recording.MaxChunks},
	} {
		if err := s.Check(); !errors.Is(err, recording.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
	first := recording.Span{N: 0, From: 0, To: 100, Flags: recording.Snapshot}
	for name, s := range map[string]recording.Span{
		"number left out": {N: 2, From: 100, To: 200},
		"same number":     {N: 0, From: 100, To: 200, Flags: recording.Snapshot},
		"overlaps":        {N: 1, From: 99, To: 200},
	} {
		if err := s.Follows(first); !errors.Is(err, recording.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
	if err := (recording.Span{N: 1, From: 500, To: 600}).Follows(first); err != nil {
		t.Errorf("after a still time: got %v", err)
	}
	first.Flags |= recording.Last
	if err := (recording.Span{N: 1, From: 500, To: 600}).Follows(first); !errors.Is(err, recording.ErrMalformed) {
		t.Errorf("after the last: got %v, want ErrMalformed", err)
	}
}

// An update of several messages becomes one record, which paints the same.
func TestUpdateOfSeveralMessages(t *testing.T) {
	body := display.AppendReset(nil, 400, 400)
	var f display.Framebuffer
	f.Resize(400, 400)
	for i := range f.Pix {
		f.Pix[i] = uint32(i*2654435761) & 0xffffff
	}
	body = display.AppendPhoto(body, &f, f.Bounds())
	msgs, _ := display.Split(nil, nil, display.Header{Seq: 9, Reset: true, Raw: uint32(len(body))}, body)
	if len(msgs) < 3 {
		t.Fatalf("%d messages: the test wants several", len(msgs))
	}
	var p recording.Plain
	if err := p.Update(5, 77, msgs); err != nil {
		t.Fatal(err)
	}
	for r, err := range recording.Records(recording.Span{N: 0, To: 10, Flags: recording.Snapshot}, p.Bytes()) {
		if err != nil {
			t.Fatal(err)
		}
		var d display.Decoder
		if seq, painted, err := d.ReceiveWhole(r.Data); err != nil || !painted || seq != 77 {
			t.Fatalf("got update %d, painted %v, %v", seq, painted, err)
		}
		if d.Screen.Hash(f.Bounds()) != f.Hash(f.Bounds()) {
			t.Error("another picture")
		}
	}
}

// Nothing that exceeds a chunk is written.
func TestPlainIsBounded(t *testing.T) {
	var p recording.Plain
	msg := solid(false, 16, 16, image.Rect(0, 0, 16, 16), 1)
	for p.Room(len(msg)) {
		if err := p.Update(0, 1, [][]byte{msg}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Update(0, 1, [][]byte{msg}); err == nil || p.Len() > recording.MaxChunkBytes {
		t.Errorf("%d bytes, error %v", p.Len(), err)
	}
	if _, err := testKey().Seal(recording.Span{N: 1}, make([]byte, recording.MaxChunkBytes+1)); !errors.Is(err, recording.ErrMalformed) {
		t.Errorf("sealed too much: %v", err)
	}
}

func TestHeadsAreStrict(t *testing.T) {
	raw, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var g goldenRecording
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	head := string(g.Head)
	for name, bad := range map[string]string{
		"unknown member": strings.Replace(head, "{", `{"more":1,`, 1),
		"another format": strings.Replace(head, "v1", "v2", 1),
		"short id":       strings.Replace(head, goldenSession, "x", 1),
		"something more": head + "{}",
		"nothing":        "",
		"too long":       head + strings.Repeat(" ", recording.MaxHeadBytes),
	} {
		if _, err := recording.ParseHead([]byte(bad)); !errors.Is(err, recording.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

func FuzzRecords(f *testing.F) {
	raw, err := os.ReadFile(goldenFile)
	if err != nil {
		f.Fatal(err)
	}
	var g goldenRecording
	if err := json.Unmarshal(raw, &g); err != nil {
		f.Fatal(err)
	}
	key := recording.Key{Session: goldenSession, Recording: goldenRecorded, Key: g.DataKey}
	for _, c := range g.Chunks {
		plain, err := key.Open(recording.Span{N: c.N, From: c.From, To: c.To, Flags: c.Flags}, c.Sealed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain, uint8(c.Flags))
	}
	for _, bad := range g.Refused {
		f.Add(bad.Plain, uint8(bad.Flags))
	}
	f.Fuzz(func(t *testing.T, plain []byte, flags uint8) {
		s := recording.Span{N: 1, To: 10_000, Flags: recording.Flags(flags)}
		var d display.Decoder
		total := 0
		for r, err := range recording.Records(s, plain) {
			if err != nil {
				if !errors.Is(err, recording.ErrMalformed) {
					t.Fatalf("got %v, want ErrMalformed", err)
				}
				return
			}
			total += len(r.Data) + 9
			if r.Kind == recording.KindUpdate && len(r.Data) < 4096 {
				_, _, _ = d.ReceiveWhole(r.Data)
			}
		}
		if total != len(plain) {
			t.Fatalf("read %d of %d bytes", total, len(plain))
		}
	})
}

func FuzzHead(f *testing.F) {
	f.Add([]byte(`{"format":"beside.recording.v1"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if h, err := recording.ParseHead(raw); err == nil && (!recording.ValidID(h.Session) || h.List.Number == 0) {
			t.Fatalf("accepted %+v", h)
		}
		if k, err := recording.ParseKey(raw); err == nil && len(k.Key) != 32 {
			t.Fatalf("accepted a key of %d bytes", len(k.Key))
		}
	})
}
