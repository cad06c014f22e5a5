// Package evidence is what proves one session to somebody who trusts nobody:
// one file with the session's events as they are kept, the proof that each is in
// the log, the log's signed head, and the keys. Verify says what that proves,
// by whose signature, and what it does not prove.
//
// The package does no I/O and has no network. docs/audit.md describes the format
// for whoever wants to write another verifier; testdata has examples with what
// must be said of each.
package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Format begins every evidence file; another is another format.
const Format = "beside.evidence.v1"

// Bounds of a file.
const (
	MaxBytes  = 64 << 20
	MaxEvents = 50_000
	maxPath   = 63 // hashes in a proof: no tree is higher
)

// ErrFormat reports a file that is no evidence, or of a version that this
// program does not know.
var ErrFormat = errors.New("not an evidence file that this program reads")

// File is one session's evidence. Everything in it is a claim of whoever wrote
// it, the keys too, until Verify has checked it.
type File struct {
	Format     string   `json:"format"`
	Session    string   `json:"session"`
	Log        string   `json:"log"`                 // verifier key of the log
	Witnesses  []string `json:"witnesses,omitempty"` // verifier keys of those who cosigned
	Checkpoint string   `json:"checkpoint"`          // signed note, with cosignatures
	ClientKey  []byte   `json:"clientKey,omitempty"` // raw Ed25519 public key of the client's session
	Events     []Entry  `json:"events"`              // of the session, in order
	// Recordings are the chunks of the session's recordings, as the broker has them.
	Recordings []Recording `json:"recordings,omitempty"`
}

// Entry is one event: exactly the bytes that are hashed, and why they are in
// the log. Salt and Personal open the event's commitment to personal data; they
// are not there when it has none, or it was erased.
type Entry struct {
	Leaf     string   `json:"leaf"`
	Proof    [][]byte `json:"proof"` // RFC 6962 §2.1.1, from the leaf up
	Salt     []byte   `json:"salt,omitempty"`
	Personal string   `json:"personal,omitempty"`
}

// Marshal writes a file.
func (f File) Marshal() ([]byte, error) {
	f.Format = Format
	// #nosec G117 -- the key is public: evidence is verified by it
	raw, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write evidence: %w", err)
	}
	return append(raw, '\n'), nil
}

// Parse reads what Marshal wrote, strictly.
func Parse(raw []byte) (File, error) {
	if len(raw) > MaxBytes {
		return File{}, fmt.Errorf("%w: it is too large", ErrFormat)
	}
	var version struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(raw, &version); err != nil || version.Format != Format {
		return File{}, fmt.Errorf("%w: its format is not %s", ErrFormat, Format)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var f File
	if err := dec.Decode(&f); err != nil {
		return File{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return File{}, fmt.Errorf("%w: something stands behind it", ErrFormat)
	}
	if len(f.Events) > MaxEvents {
		return File{}, fmt.Errorf("%w: it has too many events", ErrFormat)
	}
	for i, e := range f.Events {
		if _, ok := e.path(); !ok {
			return File{}, fmt.Errorf("%w: the proof of entry %d is malformed", ErrFormat, i+1)
		}
	}
	return f, checkRecordings(f.Recordings)
}

func (e Entry) path() ([]tlog.Hash, bool) {
	if len(e.Proof) > maxPath {
		return nil, false
	}
	hashes := make([]tlog.Hash, len(e.Proof))
	for i, h := range e.Proof {
		if len(h) != tlog.HashSize {
			return nil, false
		}
		hashes[i] = tlog.Hash(h)
	}
	return hashes, true
}
