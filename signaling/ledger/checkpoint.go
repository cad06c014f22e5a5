package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// MaxNoteBytes bounds a signed checkpoint, its cosignatures too.
const MaxNoteBytes = 64 << 10

// ErrCheckpoint reports a checkpoint that is malformed or that nobody trusted
// has signed.
var ErrCheckpoint = errors.New("not a checkpoint of this log")

// Checkpoint is the head of the log: how many leaves, and their root.
type Checkpoint struct {
	Origin string // names the log; also the name of its key
	Size   int64
	Root   tlog.Hash
}

// Text is the body of the signed note (C2SP tlog-checkpoint), with no extension
// lines.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// ParseCheckpoint reads what Text wrote; extension lines are refused, since no
// log of ours has them.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return Checkpoint{}, fmt.Errorf("%w: it must have origin, size and root", ErrCheckpoint)
	}
	size, ok := decimal(lines[1])
	root, err := tlog.ParseHash(lines[2])
	if !ok || err != nil {
		return Checkpoint{}, fmt.Errorf("%w: malformed size or root", ErrCheckpoint)
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if c.Text() != text {
		return Checkpoint{}, fmt.Errorf("%w: malformed", ErrCheckpoint)
	}
	return c, nil
}

// decimal reads a number without sign or leading zeroes.
func decimal(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}

// Sign signs a checkpoint as its log.
func (c Checkpoint) Sign(key note.Signer) ([]byte, error) {
	if key.Name() != c.Origin {
		return nil, fmt.Errorf("sign checkpoint of %s with the key of %s: %w", c.Origin, key.Name(), ErrCheckpoint)
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, key)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return signed, nil
}

// Opened is a checkpoint whose log has signed it.
type Opened struct {
	Checkpoint
	Witnesses []Cosignature // of those that were asked for, verified
}

// Open verifies a signed checkpoint by its log's key, and the cosignatures of
// the witnesses given; others are passed over. A false signature of a known key
// makes all of it false (C2SP signed-note).
func Open(signed []byte, log note.Verifier, witnesses ...*Witness) (Opened, error) {
	if len(signed) > MaxNoteBytes {
		return Opened{}, fmt.Errorf("%w: too long", ErrCheckpoint)
	}
	known := []note.Verifier{log}
	for _, w := range witnesses {
		known = append(known, w)
	}
	n, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return Opened{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Opened{}, err
	}
	if c.Origin != log.Name() {
		return Opened{}, fmt.Errorf("%w: it is of %q", ErrCheckpoint, c.Origin)
	}
	o := Opened{Checkpoint: c}
	byLog := false
	for _, sig := range n.Sigs {
		if sig.Name == log.Name() && sig.Hash == log.KeyHash() {
			byLog = true
			continue
		}
		for _, w := range witnesses {
			if sig.Name == w.Name() && sig.Hash == w.KeyHash() {
				o.Witnesses = append(o.Witnesses, Cosignature{Key: w.Key(), Time: stampOf(sig)})
			}
		}
	}
	if !byLog {
		return Opened{}, fmt.Errorf("%w: the log has not signed it", ErrCheckpoint)
	}
	return o, nil
}

// Merge adds signature lines, as a witness returns them, to a signed
// checkpoint. It verifies nothing.
func Merge(signed []byte, lines ...string) []byte {
	out := append([]byte(nil), signed...)
	for _, l := range lines {
		out = append(out, l...)
	}
	return out
}
