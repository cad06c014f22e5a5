package recording_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"filippo.io/age"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/client/internal/recording"
	"beside/client/internal/screen"
	"beside/signaling/control"
	wire "beside/signaling/display"
	"beside/signaling/grant"
	format "beside/signaling/recording"
)

const session = "c2Vzc2lvbi0wMDAwMDAwMQ"

// broker keeps what is uploaded, checks it as the real one does, and may be away.
type broker struct {
	key ed25519.PublicKey

	mu     sync.Mutex
	away   bool
	lose   bool // takes what comes, and the answer is lost
	head   []byte
	chunks [][]byte
	leaves []format.Leaf
	tries  int
}

var errAway = errors.New("no answer")

func (b *broker) put(_ context.Context, path string, body, proof []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	if b.away {
		return errAway
	}
	if err := b.take(path, body, proof); err != nil || !b.lose {
		return err
	}
	b.lose = false
	return errAway
}

func (b *broker) take(path string, body, proof []byte) error {
	u, err := url.Parse(path)
	if err != nil {
		return err
	}
	parts := strings.Split(u.Path, "/") // "", api, v1, sessions, ID, recordings, ID, head
	id := parts[6]
	if parts[7] == "head" {
		b.head = bytes.Clone(body)
		if !format.Proved(b.key, format.HeadStatement(session, id, body), proof) {
			return recording.ErrRefused
		}
		return nil
	}
	number := func(name string) uint64 { n, _ := strconv.ParseUint(u.Query().Get(name), 10, 64); return n }
	n, _ := strconv.ParseUint(parts[8], 10, 64)
	leaf := format.NewLeaf(format.Span{N: n, From: number("from"), To: number("to"), Flags: format.Flags(number("flags"))}, body)
	if !format.Proved(b.key, format.ChunkStatement(session, id, leaf), proof) {
		return recording.ErrRefused
	}
	switch {
	case n < uint64(len(b.chunks)) && b.leaves[n] == leaf:
		return nil
	case n != uint64(len(b.chunks)):
		return fmt.Errorf("%w: chunk %d after %d", recording.ErrRefused, n, len(b.chunks))
	}
	b.chunks, b.leaves = append(b.chunks, bytes.Clone(body)), append(b.leaves, leaf)
	return nil
}

// scene is a recorded display in memory.
type scene struct {
	broker  *broker
	gate    *consent.Gate
	rec     *recording.Recorder
	auditor *age.X25519Identity
	src     *source
	seat    *display.Seat
	mu      sync.Mutex
	v       wire.Decoder // the viewer
}

func setUp(t *testing.T) *scene {
	t.Helper()
	return setUpWith(t, 0)
}

func setUpWith(t *testing.T, maxSpool int64) *scene {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{broker: &broker{key: pub}, gate: consent.NewGate(), src: newSource(320, 200)}
	s.auditor, err = age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	s.gate.Allow(grant.SetOf(grant.View, grant.Record))
	lease, _ := s.gate.Lease(grant.Record)
	sum := sha256.Sum256([]byte("list"))
	s.rec, err = recording.New(recording.Config{
		Session: session, Key: key, Lease: lease, List: format.List{Number: 3, Hash: sum[:]},
		Recipients: []string{other.Recipient().String(), s.auditor.Recipient().String()},
		Put:        s.broker.put, MaxSpool: maxSpool, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	view, _ := s.gate.Lease(grant.View)
	stream := &display.Stream{Source: s.src}
	s.mu.Lock()
	s.seat, err = stream.Join(display.Viewer{Lease: view, Send: s.receive})
	s.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	s.seat.Record(lease, s.rec)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); _ = stream.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-over
		s.rec.End()
		s.rec.Close()
	})
	return s
}

func (s *scene) receive(msg []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	seq, done, err := s.v.Receive(msg)
	if err != nil || !done {
		return err
	}
	return s.seat.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: seq, Paint: time.Millisecond}))
}

func pass(d time.Duration) { <-time.After(d) }

// played is what an auditor gets of a recording.
type played struct {
	spans  []format.Span
	screen *wire.Framebuffer
	events []format.Event
	points int
	plain  []byte // all of it
}

// key opens the head of what the broker has.
func (s *scene) key(t *testing.T) format.Key {
	t.Helper()
	head, err := format.ParseHead(s.broker.head)
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(bytes.NewReader(head.Sealed), s.auditor)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	key, err := format.ParseKey(raw)
	if err != nil || key.Session != head.Session || key.Recording != s.rec.ID() {
		t.Fatalf("key %+v, %v", key, err)
	}
	return key
}

// play opens what the broker has and plays it, checked as a player does.
func (s *scene) play(t *testing.T) played {
	t.Helper()
	s.broker.mu.Lock()
	defer s.broker.mu.Unlock()
	key := s.key(t)
	var out played
	var d wire.Decoder
	for i, l := range s.broker.leaves {
		if i > 0 {
			if err := l.Follows(out.spans[i-1]); err != nil {
				t.Fatal(err)
			}
		}
		out.spans = append(out.spans, l.Span)
		plain, err := key.Open(l.Span, s.broker.chunks[i])
		if err != nil {
			t.Fatal(err)
		}
		out.plain = append(out.plain, plain...)
		for r, err := range format.Records(l.Span, plain) {
			if err != nil {
				t.Fatal(err)
			}
			switch r.Kind {
			case format.KindUpdate:
				if _, painted, err := d.ReceiveWhole(r.Data); err != nil || !painted {
					t.Fatalf("chunk %d: painted %v, %v", i, painted, err)
				}
			case format.KindPointer:
				out.points++
			case format.KindEvent:
				e, err := format.ParseEvent(r.Data)
				if err != nil {
					t.Fatal(err)
				}
				out.events = append(out.events, e)
			}
		}
	}
	out.screen = &d.Screen
	return out
}

// end ends the recording and waits until the broker has it.
func (s *scene) end(t *testing.T) (recording.Result, played) {
	t.Helper()
	res := s.rec.End()
	<-s.rec.Uploaded()
	p := s.play(t)
	if root := format.Root(s.broker.leaves); len(s.broker.leaves) != res.Chunks || root != res.Root {
		t.Errorf("the broker has %d chunks with root %x, the client signs %d with %x", len(s.broker.leaves), root, res.Chunks, res.Root)
	}
	if n := len(p.spans); n == 0 || p.spans[n-1].Flags&format.Last == 0 {
		t.Error("the last chunk does not say that it is")
	}
	return res, p
}

func (p played) has(kind format.EventKind) (n int) {
	for _, e := range p.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func TestRecordingIsWhatWasShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setUp(t)
		s.rec.Rights(grant.SetOf(grant.View, grant.Record))
		for i := range 100 {
			s.src.draw(uint32(i))
			pass(100 * time.Millisecond)
		}
		pass(50 * time.Minute) // in which nothing happens
		s.src.draw(12345)
		pass(time.Second)
		res, p := s.end(t)
		if p.screen.Hash(s.src.pix.Bounds()) != s.src.pix.Hash(s.src.pix.Bounds()) {
			t.Error("another picture")
		}
		if res.Chunks > 8 {
			t.Errorf("%d chunks for ten seconds, a still time and one more", res.Chunks)
		}
		if res.Length < 50*time.Minute || res.Missing != 0 {
			t.Errorf("got %+v", res)
		}
		for _, sp := range p.spans {
			if sp.Flags&format.Gap != 0 {
				t.Errorf("a gap at %d ms", sp.From)
			}
		}
	})
}

func TestPauseIsAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setUp(t)
		s.src.draw(1)
		pass(time.Second)
		release := s.gate.Hold(grant.SetOf(grant.View, grant.Record))
		s.rec.Gap(format.Paused)
		s.src.draw(2)
		pass(time.Minute)
		s.src.draw(4)
		release()
		pass(time.Second)
		s.src.draw(3)
		pass(time.Second)
		res, p := s.end(t)
		if res.Missing < 59*time.Second || res.Missing > 62*time.Second {
			t.Errorf("missing %v of a minute", res.Missing)
		}
		i := slices.IndexFunc(p.spans, func(s format.Span) bool { return s.Flags&format.Gap != 0 })
		if i < 0 || p.spans[i].Flags&format.Snapshot == 0 || p.has(format.Missing) != 1 {
			t.Errorf("no gap in %+v, or it says not why: %+v", p.spans, p.events)
		}
		if bytes.Contains(p.plain, colour(2)) {
			t.Error("what was on the screen during the pause is recorded")
		}
	})
}

func TestNothingAfterRevoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setUp(t)
		s.src.draw(1)
		pass(time.Second)
		s.gate.Revoke(grant.SetOf(grant.Record))
		s.src.draw(2)
		s.rec.Input(control.Button{X: 1, Y: 1, Down: true})
		pass(time.Second)
		_, p := s.end(t)
		if bytes.Contains(p.plain, colour(2)) || p.has(format.Button) > 0 {
			t.Error("something is recorded after the right was revoked")
		}
		if !bytes.Contains(p.plain, colour(1)) {
			t.Error("what came before is not recorded: this test shows nothing")
		}
	})
}

// What is typed is nowhere in a recording.
func TestKeysAreNotRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setUp(t)
		s.src.draw(1)
		pass(time.Second)
		for range 30 {
			s.rec.Input(control.Text{Text: "hunter2"})
			s.rec.Input(control.Key{Code: "KeyQ", Down: true})
			pass(50 * time.Millisecond)
		}
		for i := range 100 {
			s.rec.Input(control.Move{X: uint16(i), Y: 7})
			pass(5 * time.Millisecond)
		}
		s.rec.Input(control.Button{Button: 1, X: 3, Y: 4, Down: true})
		s.rec.Input(control.Wheel{X: 3, Y: 4, DY: 120})
		pass(time.Second)
		_, p := s.end(t)
		if bytes.Contains(p.plain, []byte("hunter2")) || bytes.Contains(p.plain, []byte("KeyQ")) {
			t.Error("what was typed is in the recording")
		}
		if n := p.has(format.Typed); n != 2 {
			t.Errorf("typing for 1.5 s is told %d times, want 2", n)
		}
		if p.points < 10 || p.points > 25 || p.has(format.Button) != 1 || p.has(format.Wheel) != 1 {
			t.Errorf("%d places of the pointer, events %+v", p.points, p.events)
		}
	})
}

// While the broker is away chunks wait on the disk; nothing is lost or sent twice.
func TestBrokerAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setUp(t)
		for i := range 300 {
			s.broker.mu.Lock()
			s.broker.away = i%100 > 20
			s.broker.lose = i%50 == 0
			s.broker.mu.Unlock()
			s.src.draw(uint32(i))
			pass(time.Second)
		}
		s.broker.mu.Lock()
		s.broker.away = false
		s.broker.mu.Unlock()
		res, p := s.end(t)
		if res.Chunks < 30 || res.Missing != 0 {
			t.Errorf("got %+v", res)
		}
		if p.screen.Hash(s.src.pix.Bounds()) != s.src.pix.Hash(s.src.pix.Bounds()) {
			t.Error("another picture")
		}
	})
}

// Nothing is recorded that only one could open.
func TestTwoWhoCanOpen(t *testing.T) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, recipients := range map[string][]string{
		"one": {id.Recipient().String()}, "none": nil, "malformed": {id.Recipient().String(), "age1x"},
	} {
		if _, err := recording.New(recording.Config{
			Session: session, Key: key, Recipients: recipients, Put: (&broker{key: pub}).put, Log: slog.New(slog.DiscardHandler),
		}); err == nil {
			t.Errorf("%s: a recording was begun", name)
		}
	}
}

// source is a screen in memory.
type source struct {
	changed chan struct{}
	mu      sync.Mutex
	pix     wire.Framebuffer
	damaged image.Rectangle
}

func newSource(w, h int) *source {
	s := &source{changed: make(chan struct{}, 1)}
	s.pix.Resize(w, h)
	return s
}

// colour is how a solid tile of draw(n) stands in an update.
func colour(n uint32) []byte { return []byte{0xab, 0xcd ^ byte(n>>8), byte(n)} }

func (s *source) draw(n uint32) {
	c := colour(n)
	s.change(image.Rect(16, 16, 32, 32), func() uint32 { return uint32(c[0])<<16 | uint32(c[1])<<8 | uint32(c[2]) })
}

func (s *source) change(r image.Rectangle, pixel func() uint32) {
	s.mu.Lock()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := s.pix.Row(y, r.Min.X, r.Max.X)
		for x := range row {
			row[x] = pixel()
		}
	}
	s.damaged = s.damaged.Union(r)
	s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func (s *source) Monitors() ([]screen.Monitor, error) {
	return []screen.Monitor{{Name: "all", Area: s.pix.Bounds(), Primary: true}}, nil
}

func (s *source) Changed() <-chan struct{} { return s.changed }

func (s *source) Damage(l *consent.Lease, d *screen.Damage) error {
	return l.Do(func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		d.Layout, d.Rects = false, d.Rects[:0]
		if !s.damaged.Empty() {
			d.Rects = append(d.Rects, s.damaged)
		}
		s.damaged = image.Rectangle{}
		return nil
	})
}

func (s *source) Grab(l *consent.Lease, _ image.Rectangle, f *wire.Framebuffer, rects []image.Rectangle) error {
	return l.Do(func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, r := range rects {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				copy(f.Row(y, r.Min.X, r.Max.X), s.pix.Row(y, r.Min.X, r.Max.X))
			}
		}
		return nil
	})
}

func (s *source) Pointer(*consent.Lease, *screen.Pointer) error { return nil }
func (s *source) Close() error                                  { return nil }
