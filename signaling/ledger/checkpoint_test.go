package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/ledger"
)

func logKey(t testing.TB, origin string, seed byte) *ledger.LogKey {
	t.Helper()
	k, err := ledger.NewLogKey(origin, bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func cosigner(t testing.TB, name string, seed byte) *ledger.Cosigner {
	t.Helper()
	c, err := ledger.NewCosigner(name, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheckpointIsItsLogsAlone(t *testing.T) {
	key := logKey(t, "log.example/audit", 1)
	c := ledger.Checkpoint{Origin: "log.example/audit", Size: 109482, Root: tlog.Hash{1, 2, 3}}
	signed, err := c.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := ledger.Open(signed, key.Verifier()); err != nil || o.Checkpoint != c || len(o.Witnesses) != 0 {
		t.Errorf("opened %+v, %v", o, err)
	}
	if _, err := (ledger.Checkpoint{Origin: "other"}).Sign(key); err == nil {
		t.Error("the key signed for another log")
	}
	other := logKey(t, "log.example/audit", 2)
	byOther, err := c.Sign(other)
	if err != nil {
		t.Fatal(err)
	}
	extended, err := note.Sign(&note.Note{Text: c.Text() + "more\n"}, key)
	if err != nil {
		t.Fatal(err)
	}
	padded, err := note.Sign(&note.Note{Text: strings.Replace(c.Text(), "109482", "0109482", 1)}, key)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"of another key": byOther, "changed": bytes.Replace(signed, []byte("109482"), []byte("109483"), 1),
		"with an extension": extended, "a padded size": padded, "nothing": nil, "unsigned": []byte(c.Text()), "very long": make([]byte, 1<<20),
	} {
		if _, err := ledger.Open(text, key.Verifier()); !errors.Is(err, ledger.ErrCheckpoint) {
			t.Errorf("%s: %v, want ErrCheckpoint", name, err)
		}
	}
}

func TestCosignature(t *testing.T) {
	key := logKey(t, "log.example/audit", 1)
	c := ledger.Checkpoint{Origin: "log.example/audit", Size: 3, Root: tlog.Hash{1}}
	signed, err := c.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	w1, w2 := cosigner(t, "w.example/w1", 3), cosigner(t, "w.example/w2", 4)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	both := ledger.Merge(signed, w1.Cosign(c, at), w2.Cosign(c, at.Add(time.Second)))
	known, err := ledger.NewWitness(w1.Key())
	if err != nil {
		t.Fatal(err)
	}
	o, err := ledger.Open(both, key.Verifier(), known)
	if err != nil || len(o.Witnesses) != 1 || o.Witnesses[0] != (ledger.Cosignature{Key: w1.Key(), Time: at}) {
		t.Errorf("opened %+v, %v; want w1's cosignature alone", o, err)
	}
	changed := c
	changed.Size = 4
	forged := ledger.Merge(signed, w1.Cosign(changed, at))
	if _, err := ledger.Open(forged, key.Verifier(), known); !errors.Is(err, ledger.ErrCheckpoint) {
		t.Errorf("a cosignature of another checkpoint: %v", err)
	}
	if _, err := ledger.Open([]byte(c.Text()+"\n"+w1.Cosign(c, at)), key.Verifier(), known); !errors.Is(err, ledger.ErrCheckpoint) {
		t.Errorf("a checkpoint that only a witness signed: %v", err)
	}
	for _, vkey := range []string{"", "a", "a+b+c", key.Public(), strings.Replace(w1.Key(), "w1", "w2", 1), w1.Key() + " "} {
		if _, err := ledger.NewWitness(vkey); !errors.Is(err, ledger.ErrKey) {
			t.Errorf("%q: %v, want ErrKey", vkey, err)
		}
	}
}

// TestVectors pins the bytes: an implementation elsewhere must agree.
func TestVectors(t *testing.T) {
	key, w := logKey(t, "log.example/audit", 1), cosigner(t, "w.example", 2)
	c := ledger.Checkpoint{Origin: "log.example/audit", Size: 2, Root: ledger.Root([]tlog.Hash{ledger.LeafHash([]byte("a")), ledger.LeafHash([]byte("b"))})}
	signed, err := c.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	got := string(ledger.Merge(signed, w.Cosign(c, time.Unix(1_700_000_000, 0)))) + key.Public() + "\n" + w.Key() + "\n"
	golden(t, "testdata/cosigned.txt", []byte(got))
}

func FuzzOpen(f *testing.F) {
	key := logKey(f, "log.example", 1)
	signed, err := ledger.Checkpoint{Origin: "log.example", Size: 1}.Sign(key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Fuzz(func(t *testing.T, in []byte) {
		if o, err := ledger.Open(in, key.Verifier()); err == nil && !bytes.HasPrefix(in, []byte(o.Text())) {
			t.Errorf("opened %+v from %q", o, in)
		}
	})
}
