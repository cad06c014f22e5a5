package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/ledger"
	"beside/signaling/record"
)

// Recording is what a file says of one recording of the session: the leaf of each
// of its chunks, in order. The bytes of the chunks are not in it; a leaf has their
// length and hash. docs/recording.md describes the leaf.
type Recording struct {
	Recording string   `json:"recording"`
	Leaves    [][]byte `json:"leaves"`
}

// Bounds of the recordings of a file.
const (
	maxRecordings = 64
	maxChunks     = 50_000
)

// chunkLabel begins a leaf; number, from, to (8 bytes each), flags (1), length (8)
// and SHA-256 of the chunk follow.
const (
	chunkLabel = "beside.recording.v1\n"
	chunkBytes = len(chunkLabel) + 3*8 + 1 + 8 + sha256.Size
)

func checkRecordings(all []Recording) error {
	if len(all) > maxRecordings {
		return fmt.Errorf("%w: it has too many recordings", ErrFormat)
	}
	seen := make(map[string]bool)
	for _, r := range all {
		if seen[r.Recording] {
			return fmt.Errorf("%w: it has a recording twice", ErrFormat)
		}
		seen[r.Recording] = true
		if len(r.Leaves) > maxChunks {
			return fmt.Errorf("%w: it has a recording of too many chunks", ErrFormat)
		}
		for n, leaf := range r.Leaves {
			if len(leaf) != chunkBytes || !bytes.HasPrefix(leaf, []byte(chunkLabel)) ||
				binary.BigEndian.Uint64(leaf[len(chunkLabel):]) != uint64(n) {
				return fmt.Errorf("%w: the leaf of chunk %d is malformed", ErrFormat, n)
			}
		}
	}
	return nil
}

// root is the root of the first n chunks (RFC 6962 §2.1).
func (r Recording) root(n int) tlog.Hash {
	hashes := make([]tlog.Hash, n)
	for i, leaf := range r.Leaves[:n] {
		hashes[i] = ledger.LeafHash(leaf)
	}
	return ledger.Root(hashes)
}

// told is what the session's events say of one recording.
type told struct {
	id    string
	first int64 // the event that began it
	kept  []roots
	ended *roots
	gaps  int64 // in milliseconds
}

// roots is one root that the client signed.
type roots struct {
	seq    int64
	chunks int
	root   []byte
}

// onRecording notes what the client signed of a recording.
func (c *Chain) onRecording(seq int64, data record.Data) {
	of := func(id string) *told {
		for _, t := range c.recordings {
			if t.id == id {
				return t
			}
		}
		t := &told{id: id, first: seq}
		c.recordings = append(c.recordings, t)
		return t
	}
	switch d := data.(type) {
	case record.RecordingStarted:
		of(d.Recording)
	case record.RecordingKept:
		t := of(d.Recording)
		t.kept = append(t.kept, roots{seq, d.Chunks, d.Root})
	case record.RecordingEnded:
		t := of(d.Recording)
		t.ended, t.gaps = &roots{seq, d.Chunks, d.Root}, d.Missing
	}
}

// CloseRecordings says what the chunks of the session's recordings prove.
func (c *Chain) CloseRecordings(r *Report, all []Recording) {
	left := make(map[string]Recording)
	for _, one := range all {
		left[one.Recording] = one
	}
	for _, t := range c.recordings {
		one, listed := left[t.id]
		delete(left, t.id)
		if !listed {
			r.Add(Missing, RecordingUnlisted, t.first, "recording", printable(t.id))
			continue
		}
		t.judge(r, one)
	}
	for _, one := range all {
		if _, unsigned := left[one.Recording]; unsigned {
			r.Add(False, RecordingUnsigned, 0, "recording", printable(one.Recording))
		}
	}
}

// judge compares chunks with each root that the client signed.
func (t *told) judge(r *Report, one Recording) {
	signed := t.kept
	if t.ended != nil {
		signed = append(signed[:len(signed):len(signed)], *t.ended)
	}
	for _, s := range signed {
		id := printable(t.id)
		if s.chunks > len(one.Leaves) || s.chunks < 0 {
			r.Add(False, RecordingLost, s.seq, "recording", id, "chunks", number(len(one.Leaves)), "signed", number(s.chunks))
			return
		}
		if root := one.root(s.chunks); !bytes.Equal(root[:], s.root) {
			r.Add(False, RecordingFalse, s.seq, "recording", id)
			return
		}
	}
	switch {
	case t.ended == nil:
		r.Add(Missing, RecordingOpen, t.first, "recording", printable(t.id))
	case len(one.Leaves) > t.ended.chunks:
		r.Add(False, RecordingFalse, t.ended.seq, "recording", printable(t.id))
	default:
		r.Add(Proven, RecordingWhole, t.ended.seq, "recording", printable(t.id), "chunks", number(t.ended.chunks))
		if t.gaps > 0 {
			r.Add(Note, RecordingGaps, t.ended.seq, "recording", printable(t.id), "seconds", number(int((t.gaps+999)/1000)))
		}
	}
}

// VerifyChunks checks the bytes of chunks against the leaves of a file. open
// returns those of one chunk, and an error that is fs.ErrNotExist when they are
// not there. It changes nothing that Verify found.
func VerifyChunks(r *Report, f File, open func(recording string, n int) (io.ReadCloser, error)) error {
	for _, one := range f.Recordings {
		id, missing, wrong := printable(one.Recording), 0, 0
		for n, leaf := range one.Leaves {
			switch same, err := sameChunk(leaf, func() (io.ReadCloser, error) { return open(one.Recording, n) }); {
			case errors.Is(err, fs.ErrNotExist):
				missing++
			case err != nil:
				return fmt.Errorf("read chunk %d of recording %s: %w", n, id, err)
			case !same:
				wrong++
				r.Add(False, ChunkFalse, 0, "recording", id, "chunk", number(n))
			}
		}
		if missing > 0 {
			r.Add(Missing, ChunksMissing, 0, "recording", id, "chunks", number(missing))
		} else if wrong == 0 {
			r.Add(Proven, ChunksWhole, 0, "recording", id, "chunks", number(len(one.Leaves)))
		}
	}
	return nil
}

func sameChunk(leaf []byte, open func() (io.ReadCloser, error)) (bool, error) {
	in, err := open()
	if err != nil {
		return false, err
	}
	defer in.Close() //nolint:errcheck // only read
	rest := leaf[len(chunkLabel)+3*8+1:]
	length := binary.BigEndian.Uint64(rest)
	hash := sha256.New()
	read, err := io.Copy(hash, io.LimitReader(in, int64(min(length, 1<<40))+1)) // one more, so that a longer one is found
	if err != nil {
		return false, err
	}
	return uint64(read) == length && bytes.Equal(hash.Sum(nil), rest[8:]), nil
}
