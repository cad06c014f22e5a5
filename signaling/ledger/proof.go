package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrProof reports a proof that is malformed or proves nothing.
var ErrProof = errors.New("proof does not hold")

// maxProofHashes bounds a proof: no tree is higher.
const maxProofHashes = 63

const proofHeader = "c2sp.org/tlog-proof@v1\n"

// Proof is that one leaf is in the log (C2SP tlog-proof).
type Proof struct {
	Index      int64 // of the leaf, from 0
	Hashes     []tlog.Hash
	Checkpoint []byte // signed
}

// Marshal writes the proof as text.
func (p Proof) Marshal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%sindex %d\n", proofHeader, p.Index)
	for _, h := range p.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseProof reads what Marshal wrote. A line of extra data is passed over.
func ParseProof(text []byte) (Proof, error) {
	if len(text) > MaxNoteBytes+maxProofHashes*64 {
		return Proof{}, fmt.Errorf("%w: too long", ErrProof)
	}
	head, checkpoint, ok := bytes.Cut(text, []byte("\n\n"))
	body, isProof := strings.CutPrefix(string(head)+"\n", proofHeader)
	if !ok || !isProof {
		return Proof{}, fmt.Errorf("%w: it is not a tlog-proof", ErrProof)
	}
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return Proof{}, fmt.Errorf("%w: no index", ErrProof)
	}
	text1, _ := strings.CutPrefix(lines[0], "index ")
	index, ok := decimal(text1)
	if !ok {
		return Proof{}, fmt.Errorf("%w: no index", ErrProof)
	}
	hashes, err := parseHashes(lines[1:])
	if err != nil {
		return Proof{}, err
	}
	return Proof{Index: index, Hashes: hashes, Checkpoint: checkpoint}, nil
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	if len(lines) > maxProofHashes {
		return nil, fmt.Errorf("%w: too many hashes", ErrProof)
	}
	hashes := make([]tlog.Hash, len(lines))
	for i, l := range lines {
		h, err := tlog.ParseHash(l)
		if err != nil || base64.StdEncoding.EncodeToString(h[:]) != l {
			return nil, fmt.Errorf("%w: malformed hash %d", ErrProof, i+1)
		}
		hashes[i] = h
	}
	return hashes, nil
}

// Verify reports what the checkpoint of the proof is, when the leaf is in it.
func (p Proof) Verify(leaf []byte, log note.Verifier, witnesses ...*Witness) (Opened, error) {
	o, err := Open(p.Checkpoint, log, witnesses...)
	if err != nil {
		return Opened{}, err
	}
	return o, CheckInclusion(o.Checkpoint, p.Index, LeafHash(leaf), p.Hashes)
}

// CheckInclusion verifies that leaf number index has the hash given (RFC 6962
// §2.1.1).
func CheckInclusion(c Checkpoint, index int64, leaf tlog.Hash, hashes []tlog.Hash) error {
	if index < 0 || index >= c.Size {
		return fmt.Errorf("%w: leaf %d is not in a log of %d", ErrProof, index, c.Size)
	}
	if err := tlog.CheckRecord(hashes, c.Size, c.Root, index, leaf); err != nil {
		return fmt.Errorf("%w: leaf %d is not what the checkpoint of %d has there", ErrProof, index, c.Size)
	}
	return nil
}

// CheckConsistency verifies that the log of the newer checkpoint begins with
// all of the older (RFC 6962 §2.1.2).
func CheckConsistency(older, newer Checkpoint, hashes []tlog.Hash) error {
	switch {
	case older.Origin != newer.Origin:
		return fmt.Errorf("%w: checkpoints of two logs, %s and %s", ErrProof, older.Origin, newer.Origin)
	case older.Size > newer.Size:
		return fmt.Errorf("%w: %d leaves became %d", ErrProof, older.Size, newer.Size)
	case older.Size == newer.Size && older.Root != newer.Root:
		return fmt.Errorf("%w: two logs of %d leaves", ErrProof, older.Size)
	case older.Size == newer.Size && len(hashes) == 0:
		return nil
	case older.Size == 0 && len(hashes) == 0:
		return nil
	case older.Size == 0 || tlog.CheckTree(hashes, newer.Size, newer.Root, older.Size, older.Root) != nil:
		return fmt.Errorf("%w: the log of %d leaves does not begin with that of %d", ErrProof, newer.Size, older.Size)
	}
	return nil
}

// ProveConsistency is what CheckConsistency takes.
func ProveConsistency(older, newer int64, hashes tlog.HashReader) ([]tlog.Hash, error) {
	if older == 0 || older == newer {
		return nil, nil
	}
	p, err := tlog.ProveTree(newer, older, hashes)
	if err != nil {
		return nil, fmt.Errorf("prove that %d leaves follow %d: %w", newer, older, err)
	}
	return p, nil
}

// Submission is what a log sends to a witness (C2SP tlog-witness,
// add-checkpoint): a checkpoint and that it follows the witness's last.
type Submission struct {
	Old        int64
	Hashes     []tlog.Hash
	Checkpoint []byte
}

// Marshal writes the body of the request.
func (s Submission) Marshal() []byte {
	var b bytes.Buffer
	b.WriteString("old " + strconv.FormatInt(s.Old, 10) + "\n")
	for _, h := range s.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(s.Checkpoint)
	return b.Bytes()
}

// ParseSubmission reads what Marshal wrote.
func ParseSubmission(body []byte) (Submission, error) {
	head, checkpoint, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return Submission{}, fmt.Errorf("%w: no checkpoint", ErrProof)
	}
	lines := strings.Split(string(head), "\n")
	text, ok := strings.CutPrefix(lines[0], "old ")
	old, number := decimal(text)
	if !ok || !number {
		return Submission{}, fmt.Errorf("%w: no old size", ErrProof)
	}
	hashes, err := parseHashes(lines[1:])
	if err != nil {
		return Submission{}, err
	}
	return Submission{Old: old, Hashes: hashes, Checkpoint: checkpoint}, nil
}
