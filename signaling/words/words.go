// Package words makes the verification words that two people compare where the
// broker could know the secret of the link, so that message 0 proves nothing: a
// spoken code, a mail that the broker sends. Whoever stands between two ends has
// another certificate towards each, and so other words; to meet the right ones he
// has one guess in 2²⁰, because both ends bind themselves before they know the
// other's part (commit, then reveal; the idea of ZRTP, RFC 6189 §4.4.1.1):
//
//	client                          viewer
//	  commit = Commit(own nonce) ──▶
//	                             ◀── its nonce
//	  own nonce                  ──▶  must fit the commit, else somebody lies
//	  Words                           Words
//
// The technician reads theirs out; the requester picks them out of Choices, which
// none of these may be. There is one try: a wrong pick ends the session. What no
// arithmetic keeps out is a person who picks without listening: of three
// quadruples and "none of these" that person meets the right ones once in four.
package words

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"beside/signaling/invite"
)

// Count is how many words there are; each stands for 5 bits.
const Count = 4

// list is 32 words that are told apart on a telephone. Their order is part of the
// protocol.
var list = [32]string{
	"amber", "bridge", "candle", "dolphin", "eagle", "forest", "garden", "hammer",
	"island", "jacket", "kettle", "lemon", "marble", "needle", "orange", "pepper",
	"quartz", "rabbit", "silver", "tractor", "umbrella", "violin", "window", "yellow",
	"zebra", "bottle", "circus", "desert", "engine", "falcon", "guitar", "honey",
}

// Words are what both people compare.
type Words [Count]string

// String writes them as both people see them.
func (w Words) String() string { return strings.Join(w[:], " ") }

// Nonce is one end's part. A nonce serves once.
type Nonce [32]byte

// Commit binds an end to a Nonce without telling it.
type Commit [sha256.Size]byte

// ErrCommit reports a nonce that does not fit what was committed to: somebody
// stands between.
var ErrCommit = errors.New("nonce is not the one that was committed to")

// NewNonce returns a fresh one.
func NewNonce() (n Nonce) {
	rand.Read(n[:]) //nolint:errcheck // never fails (crypto/rand)
	return n
}

// Commit is what the client sends first.
func (n Nonce) Commit(b invite.Binding) Commit {
	return sha256.Sum256(append(transcript("beside/words/commit/v1", b), n[:]...))
}

// Check verifies the client's nonce at the viewer.
func (c Commit) Check(b invite.Binding, n Nonce) error {
	if want := n.Commit(b); subtle.ConstantTimeCompare(c[:], want[:]) != 1 {
		return ErrCommit
	}
	return nil
}

// Of are the words of two ends: the first 20 bits of HKDF-SHA256 over both
// nonces, the client's first, bound to the session and to both certificates.
func Of(b invite.Binding, client, viewer Nonce) (w Words, err error) {
	key, err := hkdf.Key(sha256.New, append(client[:], viewer[:]...), []byte("beside/v1"), string(transcript("beside/words/v1", b)), 3)
	if err != nil {
		return Words{}, fmt.Errorf("derive words: %w", err)
	}
	bits := uint32(key[0])<<16 | uint32(key[1])<<8 | uint32(key[2])
	for i := range w {
		w[i] = list[bits>>(19-5*i)&31]
	}
	return w, nil
}

// transcript is label ‖ session ‖ both raw fingerprints, client first, with zero
// bytes behind the texts.
func transcript(label string, b invite.Binding) []byte {
	t := append([]byte(label), 0)
	t = append(append(t, b.Session...), 0)
	return append(append(t, b.Client[:]...), b.Viewer[:]...)
}

// Choices are the right words among two that differ from them and from each other
// in every place, in random order. "None of these" is the fourth choice.
func Choices(right Words) ([3]Words, error) {
	var all [3]Words
	for place := range Count {
		order, err := shuffled(len(list))
		if err != nil {
			return all, err
		}
		next := 1
		all[0][place] = right[place]
		for _, i := range order {
			if next < len(all) && list[i] != right[place] {
				all[next][place] = list[i]
				next++
			}
		}
	}
	order, err := shuffled(len(all))
	if err != nil {
		return all, err
	}
	return [3]Words{all[order[0]], all[order[1]], all[order[2]]}, nil
}

// shuffled is a random order of n things.
func shuffled(n int) ([]int, error) {
	order := make([]int, n)
	for i := range order {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return nil, fmt.Errorf("choose at random: %w", err)
		}
		order[i] = order[j.Int64()]
		order[j.Int64()] = i
	}
	return order, nil
}
