package journal_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"beside/client/internal/journal"
	"beside/signaling/record"
)

func TestStatementsFormAChain(t *testing.T) {
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	j := journal.New("session", key)
	facts := []record.Data{record.PeerVerified{Viewer: "ab", Path: "direct"}, record.SharingPaused{}, record.ClientStopped{Reason: "requester"}}
	prev := []byte{}
	for i, fact := range facts {
		e, err := j.Add(time.Now(), fact)
		if err != nil {
			t.Fatal(err)
		}
		signed := append([]byte(record.StatementLabel), e.Statement.Body...)
		if !ed25519.Verify(pub, signed, e.Statement.Signature) {
			t.Errorf("statement %d is not signed by the session key", i)
		}
		var c record.Claim
		if err := json.Unmarshal(e.Statement.Body, &c); err != nil {
			t.Fatal(err)
		}
		if c.Session != "session" || c.Seq != uint64(i+1) || c.Seq != e.Seq || !bytes.Equal(c.Prev, prev) {
			t.Errorf("claim %d: got %+v, want number %d after %x", i, c, i+1, prev)
		}
		if got, err := record.DecodeData(c.Kind, c.Data); err != nil || got != fact {
			t.Errorf("claim %d: got %v, %v, want %v", i, got, err, fact)
		}
		sum := sha256.Sum256(e.Statement.Body)
		prev = sum[:]
	}
}

func TestKeepsUntilRecorded(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	j := journal.New("session", key)
	for range 3 {
		if _, err := j.Add(time.Now(), record.SharingPaused{}); err != nil {
			t.Fatal(err)
		}
	}
	j.Recorded(2)
	j.Recorded(1) // of an older connection
	if kept := j.Kept(); len(kept) != 1 || kept[0].Seq != 3 {
		t.Errorf("kept: got %v, want the third alone", kept)
	}
	j.Recorded(9)
	if kept := j.Kept(); len(kept) != 0 {
		t.Errorf("kept after all: got %d", len(kept))
	}
}

func TestFullJournalSaysSo(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	j := journal.New("session", key)
	for i := range 9_996 {
		if _, err := j.Add(time.Now(), record.SharingPaused{}); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
		j.Recorded(uint64(i))
	}
	if _, err := j.Add(time.Now(), record.SharingPaused{}); !errors.Is(err, journal.ErrFull) {
		t.Errorf("one too many: got %v, want ErrFull", err)
	}
	for _, end := range []record.Data{
		record.RecordingEnded{}, record.ClientStopped{Reason: "client_failure"}, record.ClientSealed{}, record.AlarmRaised{After: true},
	} {
		if _, err := j.Add(time.Now(), end); err != nil {
			t.Errorf("the end has no place: %v", err)
		}
	}
}

func TestNothingFollowsTheSeal(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	j := journal.New("session", key)
	if _, err := j.Add(time.Now(), record.ClientSealed{}); err != nil {
		t.Fatal(err)
	}
	for _, late := range []record.Data{record.ClientStopped{}, record.AlarmRaised{}} {
		if _, err := j.Add(time.Now(), late); !errors.Is(err, journal.ErrFull) {
			t.Errorf("%T after the seal: got %v, want ErrFull", late, err)
		}
	}
	if _, err := j.Add(time.Now(), record.AlarmRaised{After: true}); err != nil {
		t.Errorf("it cannot be said afterwards that this felt wrong: %v", err)
	}
}
