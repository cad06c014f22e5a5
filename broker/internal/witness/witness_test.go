package witness_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/journal"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/broker/internal/watch"
	"beside/broker/internal/witness"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

// memory is a log in memory, whose owner can do with it what they like.
type memory struct {
	key    *ledger.LogKey
	leaves []tlog.Hash
}

func (m *memory) grow(names ...string) {
	for _, n := range names {
		m.leaves = append(m.leaves, ledger.LeafHash([]byte(n)))
	}
}

func (m *memory) signed(t *testing.T) []byte {
	t.Helper()
	signed, err := ledger.Checkpoint{Origin: m.key.Name(), Size: int64(len(m.leaves)), Root: ledger.Root(m.leaves)}.Sign(m.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// submission shows the log as it is to a witness that saw old events.
func (m *memory) submission(t *testing.T, old int64) ledger.Submission {
	t.Helper()
	stored := make(map[int64]tlog.Hash)
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = stored[index]
		}
		return out, nil
	})
	for i, leaf := range m.leaves {
		hashes, err := tlog.StoredHashesForRecordHash(int64(i), leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		for j, h := range hashes {
			stored[tlog.StoredHashIndex(0, int64(i))+int64(j)] = h
		}
	}
	proof, err := ledger.ProveConsistency(old, int64(len(m.leaves)), reader)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Submission{Old: old, Hashes: proof, Checkpoint: m.signed(t)}
}

func logKey(t *testing.T, origin string, seed byte) *ledger.LogKey {
	t.Helper()
	k, err := ledger.NewLogKey(origin, bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func open(t *testing.T, dir string, log io.Writer, logs ...note.Verifier) *witness.Witness {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w, err := witness.Open(t.Context(), s, "witness.example", logs, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func post(t *testing.T, url string, body []byte) (int, string) {
	t.Helper()
	res, err := http.Post(url+"/add-checkpoint", "text/plain", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// TestOnlyWhatFollowsIsCosigned goes through the protocol's answers.
func TestOnlyWhatFollowsIsCosigned(t *testing.T) {
	key := logKey(t, "log.example", 1)
	dir := t.TempDir()
	var said bytes.Buffer
	w := open(t, dir, &said, key.Verifier())
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	honest := &memory{key: key}
	honest.grow("a", "b", "c")
	first := honest.submission(t, 0)
	if status, line := post(t, server.URL, first.Marshal()); status != http.StatusOK || !strings.HasPrefix(line, "— witness.example ") {
		t.Fatalf("the first head: %d %s", status, line)
	}
	honest.grow("d", "e")
	good := honest.submission(t, 3)

	forked := &memory{key: key}
	forked.grow("a", "x", "c", "d", "e")
	short := &memory{key: key}
	short.grow("a")
	split := &memory{key: key}
	split.grow("a", "b", "X")
	stranger := &memory{key: logKey(t, "other.example", 2)}
	stranger.grow("a")
	forger := &memory{key: logKey(t, "log.example", 3)}
	forger.grow("a", "b", "c", "d")
	tooOld := good
	tooOld.Old = 9
	noProof := good
	noProof.Hashes = nil
	for name, tc := range map[string]struct {
		body   []byte
		status int
		says   string // in the log
	}{
		"a rewritten log":         {forked.submission(t, 3).Marshal(), http.StatusUnprocessableEntity, "does not follow"},
		"a log that went back":    {short.submission(t, 1).Marshal(), http.StatusConflict, "shows less than it did"},
		"two logs of one size":    {split.submission(t, 3).Marshal(), http.StatusUnprocessableEntity, "split view"},
		"an old size of ours not": {honest.submission(t, 2).Marshal(), http.StatusConflict, ""},
		"no proof":                {noProof.Marshal(), http.StatusUnprocessableEntity, "does not follow"},
		"old larger than new":     {tooOld.Marshal(), http.StatusBadRequest, ""},
		"another log":             {stranger.submission(t, 0).Marshal(), http.StatusNotFound, ""},
		"another key":             {forger.submission(t, 3).Marshal(), http.StatusForbidden, ""},
		"nonsense":                {[]byte("hello"), http.StatusBadRequest, ""},
		"very long":               {make([]byte, 1<<20), http.StatusBadRequest, ""},
	} {
		said.Reset()
		status, answer := post(t, server.URL, tc.body)
		if status != tc.status || strings.Contains(answer, "—") || !strings.Contains(said.String(), tc.says) {
			t.Errorf("%s: %d %q, want %d; said %s", name, status, answer, tc.status, &said)
		}
		if status == http.StatusConflict && answer != "3\n" {
			t.Errorf("%s: told %q, want the size seen", name, answer)
		}
	}
	// What was kept outlives the process, and so does the key.
	again := open(t, dir, io.Discard, key.Verifier())
	if again.Key() != w.Key() {
		t.Error("the witness has another key after a restart")
	}
	if _, err := again.Cosign(t.Context(), first.Marshal()); err == nil {
		t.Error("a head of before was cosigned again after a restart")
	}
	if line, err := again.Cosign(t.Context(), good.Marshal()); err != nil || line == "" {
		t.Errorf("the next head: %v", err)
	}
	sum := sha256.Sum256([]byte("log.example"))
	res, err := http.Get(server.URL + "/" + hex.EncodeToString(sum[:]) + "/checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	kept, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	known, err := ledger.NewWitness(w.Key())
	if err != nil {
		t.Fatal(err)
	}
	if o, err := ledger.Open(kept, key.Verifier(), known); err != nil || o.Size != 5 || len(o.Witnesses) != 1 {
		t.Errorf("the witness shows %+v, %v; want the last head with its signature", o, err)
	}
}

// TestRacingHeadsDoNotFork: of many heads that all follow the one kept, one is
// cosigned.
func TestRacingHeadsDoNotFork(t *testing.T) {
	key := logKey(t, "log.example", 1)
	w := open(t, t.TempDir(), io.Discard, key.Verifier())
	var wg sync.WaitGroup
	var mu sync.Mutex
	cosigned := 0
	for i := range 8 {
		wg.Go(func() {
			m := &memory{key: key}
			m.grow("a", fmt.Sprint(i))
			if _, err := w.Cosign(t.Context(), m.submission(t, 0).Marshal()); err == nil {
				mu.Lock()
				cosigned++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if cosigned != 1 {
		t.Errorf("%d heads were cosigned, want one", cosigned)
	}
}

// TestBrokerAsksItsWitness goes from an event to a cosigned head, over HTTP, and
// on when the broker has forgotten what the witness saw.
func TestBrokerAsksItsWitness(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	l, err := sequencer.Open(t.Context(), s, "log.example")
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, t.TempDir(), io.Discard, l.Key().Verifier())
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	known, err := ledger.NewWitness(w.Key())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := journal.New(s).Note(t.Context(), record.New(record.BrokerStopped{}, record.ByBroker, record.Actor{Kind: record.Broker})); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
		asker := watch.NewAsker(s, l, known, watch.NewFeed(at, server.Client()), slog.New(slog.DiscardHandler))
		for range 2 { // the second has nothing to ask
			if err := asker.Ask(context.WithoutCancel(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		last, err := l.Last(t.Context(), w.Key())
		if err != nil {
			t.Fatal(err)
		}
		if o, err := ledger.Open(last.Note, l.Key().Verifier(), known); err != nil || o.Size != int64(i+1) || len(o.Witnesses) != 1 {
			t.Errorf("the head is %+v, %v; want %d events, cosigned", o, err, i+1)
		}
	}
}
