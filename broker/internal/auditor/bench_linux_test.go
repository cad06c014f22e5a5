package auditor_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"beside/broker/internal/auditor"
	"beside/broker/internal/journal"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/record"
)

// BenchmarkAudit checks a log of 100 000 events whole: each is signed by one of
// 100 clients, and a thousand heads by the log. The floor is as many signatures
// alone, on all cores. Both say what the processor took, too, which other work on
// the machine changes less than the clock.
func BenchmarkAudit(b *testing.B) {
	s, err := store.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	l, err := sequencer.Open(b.Context(), s, "log.example")
	if err != nil {
		b.Fatal(err)
	}
	j := journal.New(s)
	clients := make([]*client, 100)
	for i := range clients {
		clients[i] = &client{session: fmt.Sprintf("s-%d", i), key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i)}, 32)), prev: []byte{}}
	}
	for i := 0; i < len(clients); i += 2 {
		if err := j.Update(b.Context(), func(tx *store.Tx) ([]record.Event, error) {
			return clients[i].rows(tx, clients[i+1], fmt.Sprint(i))
		}); err != nil {
			b.Fatal(err)
		}
	}
	for range 1000 {
		var events []record.Event
		for _, c := range clients {
			if c.seq == 0 {
				events = append(events, c.joined())
			}
			events = append(events, c.says(b, record.RightsRevoked{Generation: c.seq, Scopes: "control", By: "requester"}))
		}
		if err := j.Note(b.Context(), events...); err != nil {
			b.Fatal(err)
		}
		if _, err := l.Advance(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("signatures-alone", func(b *testing.B) { signatures(b, 100_000) })
	b.Run("all", func(b *testing.B) { whole(b, s, l) })
}

func whole(b *testing.B, s *store.Store, l *sequencer.Log) {
	took := processor(b)
	defer took()
	for b.Loop() {
		r, err := auditor.Verify(b.Context(), s, auditor.Trust{Log: l.Key().Verifier()})
		if err != nil || r.Exit() != evidence.ExitProven {
			b.Fatalf("%+v, %v", r.Findings, err)
		}
	}
}

// signatures checks that many of statements as long as those of the log.
func signatures(b *testing.B, many int) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	pub := key.Public().(ed25519.PublicKey)
	body := bytes.Repeat([]byte("x"), 300)
	signature := ed25519.Sign(key, body)
	defer processor(b)()
	for b.Loop() {
		var work sync.WaitGroup
		cores := runtime.GOMAXPROCS(0)
		for range cores {
			work.Go(func() {
				for range many / cores {
					if !ed25519.Verify(pub, body, signature) {
						b.Error("a good signature was refused")
					}
				}
			})
		}
		work.Wait()
	}
}

// processor begins to measure the processor time of one round; what it returns
// reports it.
func processor(b *testing.B) func() {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := spent()
	return func() { b.ReportMetric((spent()-began).Seconds()/float64(b.N), "cpu-s/op") }
}
