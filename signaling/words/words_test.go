package words_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"beside/signaling/invite"
	"beside/signaling/words"
)

func binding(client, viewer byte) invite.Binding {
	return invite.Binding{
		Session: "AAECAwQFBgcICQoLDA0ODw",
		Client:  invite.Fingerprint(bytes.Repeat([]byte{client}, 32)), Viewer: invite.Fingerprint(bytes.Repeat([]byte{viewer}, 32)),
	}
}

func of(t testing.TB, b invite.Binding, client, viewer words.Nonce) words.Words {
	t.Helper()
	w, err := words.Of(b, client, viewer)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// The vector by which another implementation can check itself.
func TestVector(t *testing.T) {
	client, viewer := words.Nonce(bytes.Repeat([]byte{3}, 32)), words.Nonce(bytes.Repeat([]byte{4}, 32))
	want := words.Words{"kettle", "engine", "lemon", "marble"}
	if got := of(t, binding(1, 2), client, viewer); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var golden struct {
		Session                string
		Client, Viewer, Commit []byte // fingerprints
		ClientNonce            []byte
		ViewerNonce            []byte
		Words                  string
	}
	raw, err := os.ReadFile("testdata/vector.json") // the viewer's tests read it too
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &golden); err != nil {
		t.Fatal(err)
	}
	b := invite.Binding{Session: golden.Session, Client: invite.Fingerprint(golden.Client), Viewer: invite.Fingerprint(golden.Viewer)}
	c, v := words.Nonce(golden.ClientNonce), words.Nonce(golden.ViewerNonce)
	if got := of(t, b, c, v).String(); got != golden.Words || c.Commit(b) != words.Commit(golden.Commit) {
		t.Errorf("got %q, want %q, or another commit", got, golden.Words)
	}
}

// Whatever goes into the words changes them.
func TestWordsDependOnEverything(t *testing.T) {
	a, b := words.Nonce{1}, words.Nonce{2}
	other := binding(1, 2)
	other.Session = "another"
	seen := map[words.Words]string{}
	for name, w := range map[string]words.Words{
		"as it is": of(t, binding(1, 2), a, b), "ends exchanged": of(t, binding(2, 1), a, b), "nonces exchanged": of(t, binding(1, 2), b, a),
		"another session": of(t, other, a, b), "another viewer": of(t, binding(1, 3), a, b),
	} {
		if before, twice := seen[w]; twice {
			t.Errorf("%s and %s: the same words", name, before)
		}
		seen[w] = name
	}
}

func TestCommitHoldsItsNonceAlone(t *testing.T) {
	n := words.NewNonce()
	c := n.Commit(binding(1, 2))
	if err := c.Check(binding(1, 2), n); err != nil {
		t.Errorf("its own nonce: %v", err)
	}
	other := n
	other[31] ^= 1
	for name, err := range map[string]error{
		"another nonce": c.Check(binding(1, 2), other), "another viewer": c.Check(binding(1, 3), n), "another client": c.Check(binding(2, 2), n),
	} {
		if !errors.Is(err, words.ErrCommit) {
			t.Errorf("%s: got %v, want ErrCommit", name, err)
		}
	}
}

func TestChoicesShareNothing(t *testing.T) {
	places := [3]int{}
	for range 300 {
		right := of(t, binding(1, 2), words.NewNonce(), words.NewNonce())
		all, err := words.Choices(right)
		if err != nil {
			t.Fatal(err)
		}
		places[slices.Index(all[:], right)]++
		for place := range words.Count {
			if all[0][place] == all[1][place] || all[1][place] == all[2][place] || all[0][place] == all[2][place] {
				t.Fatalf("two choices share %q: %v", all[0][place], all)
			}
		}
	}
	if slices.Min(places[:]) < 50 {
		t.Errorf("the right ones stood at %v: the order is not random", places)
	}
}

// A man in the middle has other certificates, sees everything in time, and sends
// what he likes as late as he can; the words that the technician reads out are in
// no more of the requester's choices than chance puts there.
func TestManInTheMiddleHasOneGuess(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2)) // for speed, and the same in every run
	nonce := func() (n words.Nonce) {
		for i := 0; i < len(n); i += 8 {
			binary.LittleEndian.PutUint64(n[i:], rng.Uint64())
		}
		return n
	}
	strategies := map[string]func(theirs words.Nonce) words.Nonce{
		"a fresh nonce":          func(words.Nonce) words.Nonce { return nonce() },
		"the technician's again": func(theirs words.Nonce) words.Nonce { return theirs },
		"always the same":        func(words.Nonce) words.Nonce { return words.Nonce{} },
	}
	toClient, toViewer := binding(1, 9), binding(8, 2)
	for name, answer := range strategies {
		passed := 0
		for range attacks {
			honest := nonce()
			committed := honest.Commit(toClient) // all that he has of it
			mine := nonce()
			if committed.Check(toClient, mine) == nil {
				t.Fatal("a nonce was guessed")
			}
			theirs := nonce() // the viewer's, after his own commit
			spoken := of(t, toViewer, mine, theirs)
			shown := of(t, toClient, honest, answer(theirs))
			if spoken == shown {
				passed++
			}
		}
		// Chance is 2⁻²⁰ each; of more than nine in a million it is less than one in a million.
		if limit := 9*attacks/1_000_000 + 1; passed > limit {
			t.Errorf("%s: %d of %d attacks met the right words, chance allows %d", name, passed, attacks, limit)
		}
		t.Logf("%s: %d of %d attacks met the right words", name, passed, attacks)
	}
}
