// Package recording is the format of a session's recording: the display stream
// as the technician's viewer was sent it, with the technician's pointer and what
// happened, cut in chunks that only the organisation's auditors can open.
// docs/recording.md describes the bytes.
//
// The client writes chunks and seals them, the broker keeps what it cannot read,
// an auditor's browser opens and plays them, and beside-verify checks that the
// chunks are those that the client signed. This package has what they share: the
// limits, the records of a chunk with a strict reader, the sealing of chunks under
// the recording's data key, the leaves of its tree, and what is signed of an
// upload. How the data key is sealed to the auditors is not here: the Head only
// carries it. The package does no I/O.
package recording

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Limits of the format. Every reader refuses what exceeds them.
const (
	MaxChunkBytes  = 4 << 20          // of a chunk's plaintext
	MaxChunkTime   = 10 * time.Second // that a chunk covers
	MaxUpdateBytes = 16 + 1<<20       // of one record of an update: header and packed body
	MaxEventBytes  = 4 << 10          // of one record of an event
	MaxChunks      = 50_000           // of a recording
	MaxHeadBytes   = 64 << 10         // of a head
	MaxTime        = 31 * 24 * time.Hour
)

// Errors of the readers; each wraps one of them with what was wrong.
var (
	// ErrMalformed: the bytes are not this format or exceed its limits.
	ErrMalformed = errors.New("malformed recording")
	// ErrSealed: the key does not open the chunk, or it is not the one that it is said to be.
	ErrSealed = errors.New("chunk does not open")
)

// Flags say how a chunk stands to the others.
type Flags uint8

// The flags of a chunk.
const (
	Snapshot Flags = 1 << 0 // it begins with RESET and a whole picture: playing can begin here
	Last     Flags = 1 << 1 // none follows: the recording is complete
	Gap      Flags = 1 << 2 // something before it is missing; its first record says why

	knownFlags = Snapshot | Last | Gap
)

// Span is what a chunk covers: [From, To) in milliseconds since the recording
// began. Between two chunks without Gap nothing happened.
type Span struct {
	N     uint64 // number of the chunk, from 0
	From  uint64
	To    uint64
	Flags Flags
}

// Check refuses a span outside the limits.
func (s Span) Check() error {
	switch {
	case s.N >= MaxChunks:
		return fmt.Errorf("%w: chunk number %d", ErrMalformed, s.N)
	case s.To < s.From || s.To-s.From > uint64(MaxChunkTime.Milliseconds()) || s.To > uint64(MaxTime.Milliseconds()):
		return fmt.Errorf("%w: chunk from %d ms to %d ms", ErrMalformed, s.From, s.To)
	case s.Flags&^knownFlags != 0:
		return fmt.Errorf("%w: unknown flags %#x", ErrMalformed, uint8(s.Flags))
	case s.N == 0 && s.Flags&Snapshot == 0 && s.Flags&Last == 0:
		return fmt.Errorf("%w: the first chunk has no picture", ErrMalformed)
	}
	return nil
}

// Follows refuses a chunk that cannot be the one after before.
func (s Span) Follows(before Span) error {
	switch {
	case s.N != before.N+1:
		return fmt.Errorf("%w: chunk %d after %d", ErrMalformed, s.N, before.N)
	case s.From < before.To:
		return fmt.Errorf("%w: chunk %d begins before %d ends", ErrMalformed, s.N, before.N)
	case before.Flags&Last != 0:
		return fmt.Errorf("%w: chunk %d after the last", ErrMalformed, s.N)
	}
	return nil
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`)

// ValidID reports whether s has the form of a session's or recording's id: 128
// bits in base64url.
func ValidID(s string) bool { return idPattern.MatchString(s) }
