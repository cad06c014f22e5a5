package control

import (
	"errors"

	"beside/signaling/words"
)

// Where the code was spoken, message 0 proves nothing against a broker that found
// the code out, and these four follow it; see package words. Until Compared
// nothing else is said, and a client that came by a link never says them.

// Commit binds the client to its nonce.
type Commit struct {
	Commit []byte `json:"commit"`
}

// Nonce is the viewer's part.
type Nonce struct {
	Nonce []byte `json:"nonce"`
}

// Reveal tells the nonce that the client committed to: now both ends know the
// words. A connection that ends after it, before Compared, ends the session, so
// that nobody who stands between can try again.
type Reveal struct {
	Nonce []byte `json:"nonce"`
}

// Compared says that the requester picked the right words, which is the only
// thing it can say: any other pick ends the session.
type Compared struct {
	Matched bool `json:"matched"`
}

func (Commit) controlType() string   { return "commit" }
func (Nonce) controlType() string    { return "nonce" }
func (Reveal) controlType() string   { return "reveal" }
func (Compared) controlType() string { return "compared" }

func (m Commit) validate() error {
	if len(m.Commit) != len(words.Commit{}) {
		return errors.New("commit is missing or malformed")
	}
	return nil
}

func (m Nonce) validate() error { return validateNonce(m.Nonce) }

func (m Reveal) validate() error { return validateNonce(m.Nonce) }

func validateNonce(nonce []byte) error {
	if len(nonce) != len(words.Nonce{}) {
		return errors.New("nonce is missing or malformed")
	}
	return nil
}

func (m Compared) validate() error {
	if !m.Matched {
		return errors.New("matched can only be true")
	}
	return nil
}
