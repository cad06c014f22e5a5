package recording

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"beside/signaling"
)

// Format names the format in a Head.
const Format = "beside.recording.v1"

const (
	keyBytes   = 32
	sealBytes  = 16 // that sealing adds
	chunkSeals = "beside/recording/v1\x00"
)

// MaxSealedBytes bounds a sealed chunk.
const MaxSealedBytes = MaxChunkBytes + sealBytes

// Head opens a recording. Whoever opens Sealed with the identity of a recipient of
// the auditors' list gets a Key.
type Head struct {
	Format    string `json:"format"`
	Session   string `json:"session"`
	Recording string `json:"recording"`
	Key       string `json:"key"` // thumbprint (RFC 7638) of the client's session key
	List      List   `json:"list"`
	Sealed    []byte `json:"sealed"` // age file
}

// List names the auditors' list by whose recipients a recording is sealed.
type List struct {
	Number uint64 `json:"number"`
	Hash   []byte `json:"hash"` // SHA-256 of its body
}

// ParseHead reads a head, strictly.
func ParseHead(raw []byte) (Head, error) {
	if len(raw) > MaxHeadBytes {
		return Head{}, fmt.Errorf("%w: head of %d bytes", ErrMalformed, len(raw))
	}
	var h Head
	if err := strict(raw, &h); err != nil {
		return Head{}, err
	}
	if h.Format != Format || !ValidID(h.Session) || !ValidID(h.Recording) || len(h.Key) != 43 ||
		h.List.Number == 0 || len(h.List.Hash) != 32 || len(h.Sealed) == 0 {
		return Head{}, fmt.Errorf("%w: head with a member missing or malformed", ErrMalformed)
	}
	return h, nil
}

// Key is what a head's age file holds: the key under which the chunks of one
// recording are sealed. It names the recording, so that no head can be moved.
type Key struct {
	Session   string `json:"session"`
	Recording string `json:"recording"`
	Key       []byte `json:"key"`
}

// ParseKey reads the plaintext of a head's age file.
func ParseKey(raw []byte) (Key, error) {
	if len(raw) > MaxHeadBytes {
		return Key{}, fmt.Errorf("%w: key of %d bytes", ErrMalformed, len(raw))
	}
	var k Key
	if err := strict(raw, &k); err != nil {
		return Key{}, err
	}
	if !ValidID(k.Session) || !ValidID(k.Recording) || len(k.Key) != keyBytes {
		return Key{}, fmt.Errorf("%w: key with a member missing or malformed", ErrMalformed)
	}
	return k, nil
}

// strict reads one JSON object without unknown or repeated members. What it
// reports quotes nothing of the input, which may be a key.
func strict(raw []byte, into any) error {
	if err := signaling.WellFormed(raw); err != nil {
		return fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%w: unknown member, or one of the wrong type", ErrMalformed)
	}
	return nil
}

// Seal seals the plaintext of a chunk. A chunk's number must be used once for a
// key: it is the nonce.
func (k Key) Seal(s Span, plain []byte) ([]byte, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if len(plain) > MaxChunkBytes {
		return nil, fmt.Errorf("%w: chunk of %d bytes", ErrMalformed, len(plain))
	}
	g, err := k.gcm()
	if err != nil {
		return nil, err
	}
	return g.Seal(nil, nonce(s.N), plain, k.bound(s)), nil
}

// Open opens a sealed chunk and proves that it is the one that s describes.
func (k Key) Open(s Span, sealed []byte) ([]byte, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if len(sealed) < sealBytes || len(sealed) > MaxSealedBytes {
		return nil, fmt.Errorf("%w: sealed chunk of %d bytes", ErrMalformed, len(sealed))
	}
	g, err := k.gcm()
	if err != nil {
		return nil, err
	}
	plain, err := g.Open(nil, nonce(s.N), sealed, k.bound(s))
	if err != nil {
		return nil, fmt.Errorf("%w: chunk %d", ErrSealed, s.N)
	}
	return plain, nil
}

func (k Key) gcm() (cipher.AEAD, error) {
	if len(k.Key) != keyBytes {
		return nil, errors.New("data key of the wrong length")
	}
	c, err := aes.NewCipher(k.Key)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	g, err := cipher.NewGCM(c)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	return g, nil
}

func nonce(n uint64) []byte { return binary.BigEndian.AppendUint64(make([]byte, 4, 12), n) }

// bound is what a chunk is bound to (its additional data).
func (k Key) bound(s Span) []byte {
	b := statement(chunkSeals, k.Session, k.Recording)
	b = binary.BigEndian.AppendUint64(b, s.N)
	b = binary.BigEndian.AppendUint64(b, s.From)
	return append(binary.BigEndian.AppendUint64(b, s.To), byte(s.Flags))
}
