package auditor_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"testing"

	"beside/broker/internal/auditor"
	"beside/broker/internal/journal"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/record"
)

// BenchmarkAudit checks a log of 100 000 events whole: each is signed by one of
// 100 clients, and a thousand heads by the log.
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
	for b.Loop() {
		r, err := auditor.Verify(b.Context(), s, auditor.Trust{Log: l.Key().Verifier()})
		if err != nil || r.Exit() != evidence.ExitProven {
			b.Fatalf("%+v, %v", r.Findings, err)
		}
	}
}
