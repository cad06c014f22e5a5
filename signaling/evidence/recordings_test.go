package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/evidence"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

const recordingID = "AAECAwQFBgcICQoLDA0ODw"

func chunk(n int) []byte { return fmt.Appendf(nil, "sealed chunk %d", n) }

// leafOf is the leaf of a chunk as docs/recording.md has it.
func leafOf(n int) []byte {
	b := binary.BigEndian.AppendUint64([]byte("beside.recording.v1\n"), uint64(n))
	b = binary.BigEndian.AppendUint64(b, uint64(n)*1000)
	b = binary.BigEndian.AppendUint64(b, uint64(n+1)*1000)
	b = binary.BigEndian.AppendUint64(append(b, 0), uint64(len(chunk(n))))
	sum := sha256.Sum256(chunk(n))
	return append(b, sum[:]...)
}

func leaves(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = leafOf(i)
	}
	return all
}

func rootOf(leaves [][]byte) []byte {
	hashes := make([]tlog.Hash, len(leaves))
	for i, l := range leaves {
		hashes[i] = ledger.LeafHash(l)
	}
	root := ledger.Root(hashes)
	return root[:]
}

// recorded is a whole session with a recording of 4 chunks, whose end the client
// signed or not.
func recorded(t testing.TB, ended bool, gaps int64) *story {
	s := newStory(t)
	s.broker(record.SessionJoined{Key: evidence.Thumbprint(public(s.client))})
	s.says(record.PeerVerified{Viewer: "fp", Path: "direct", Key: evidence.Thumbprint(public(s.viewer))})
	s.says(record.RecordingStarted{Recording: recordingID, Head: "00", List: 1, Root: "root", Recipients: []string{"Ada", "Kit"}})
	s.says(record.RecordingKept{Recording: recordingID, Chunks: 2, Root: rootOf(leaves(2))})
	if ended {
		s.says(record.RecordingEnded{Recording: recordingID, Chunks: 4, Root: rootOf(leaves(4)), Milliseconds: 4000, Missing: gaps, Reason: "ended"})
	}
	s.says(record.ClientStopped{Reason: "requester"})
	s.says(record.ClientSealed{})
	s.countersign()
	s.seal()
	return s
}

// ofRecordings are the vectors of recordings.
func ofRecordings(t *testing.T, add func(string, evidence.File, evidence.Trust)) {
	s := recorded(t, true, 0)
	with := func(change func([][]byte) [][]byte) evidence.File {
		f := s.evidence()
		f.Recordings = []evidence.Recording{{Recording: recordingID, Leaves: change(leaves(4))}}
		return f
	}
	same := func(l [][]byte) [][]byte { return l }
	add("a recording", with(same), s.trust())
	add("a recording, a chunk changed", with(func(l [][]byte) [][]byte {
		l[2][len(l[2])-1] ^= 1
		return l
	}), s.trust())
	add("a recording, its end cut off", with(func(l [][]byte) [][]byte { return l[:3] }), s.trust())
	add("a recording, a chunk more", with(func([][]byte) [][]byte { return leaves(5) }), s.trust())
	add("a recording, two chunks with each other's content", with(func(l [][]byte) [][]byte {
		const head = len("beside.recording.v1\n") + 8
		first, second := slices.Clone(l[0][head:]), slices.Clone(l[1][head:])
		copy(l[0][head:], second)
		copy(l[1][head:], first)
		return l
	}), s.trust())
	add("a recording that is not listed", s.evidence(), s.trust())
	f := with(same)
	f.Recordings = append(f.Recordings, evidence.Recording{Recording: "BBECAwQFBgcICQoLDA0ODw", Leaves: leaves(1)})
	add("a recording that nobody signed", f, s.trust())
	s = recorded(t, true, 1500)
	add("a recording with gaps", with(same), s.trust())
	s = recorded(t, false, 0)
	add("a recording without an end", with(same), s.trust())
}

func TestRecordingIsParsedStrictly(t *testing.T) {
	s := recorded(t, true, 0)
	for name, change := range map[string]func(*evidence.File){
		"a short leaf":      func(f *evidence.File) { f.Recordings[0].Leaves[1] = f.Recordings[0].Leaves[1][1:] },
		"another label":     func(f *evidence.File) { f.Recordings[0].Leaves[1][0] ^= 1 },
		"swapped":           func(f *evidence.File) { l := f.Recordings[0].Leaves; l[0], l[1] = l[1], l[0] },
		"dropped":           func(f *evidence.File) { f.Recordings[0].Leaves = slices.Delete(f.Recordings[0].Leaves, 1, 2) },
		"a recording twice": func(f *evidence.File) { f.Recordings = append(f.Recordings, f.Recordings[0]) },
	} {
		f := s.evidence()
		f.Recordings = []evidence.Recording{{Recording: recordingID, Leaves: leaves(4)}}
		change(&f)
		raw, err := f.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := evidence.Parse(raw); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", name, err)
		}
	}
}

func TestChunksAreThoseOfTheLeaves(t *testing.T) {
	s := recorded(t, true, 0)
	f := s.evidence()
	f.Recordings = []evidence.Recording{{Recording: recordingID, Leaves: leaves(4)}}
	for name, tc := range map[string]struct {
		change func(n int, body []byte) []byte // nil: it is not there
		want   evidence.Code
		exit   int
	}{
		"all":        {func(_ int, b []byte) []byte { return b }, evidence.ChunksWhole, evidence.ExitProven},
		"one gone":   {func(n int, b []byte) []byte { return map[bool][]byte{true: nil, false: b}[n == 2] }, evidence.ChunksMissing, evidence.ExitMissing},
		"a byte":     {func(n int, b []byte) []byte { b[0] ^= byte(n & 1); return b }, evidence.ChunkFalse, evidence.ExitFalse},
		"one longer": {func(n int, b []byte) []byte { return append(b, make([]byte, n&1)...) }, evidence.ChunkFalse, evidence.ExitFalse},
		"one empty":  {func(n int, b []byte) []byte { return b[:len(b)*(n&1)] }, evidence.ChunkFalse, evidence.ExitFalse},
	} {
		r := evidence.Verify(f, s.trust())
		err := evidence.VerifyChunks(r, f, func(_ string, n int) (io.ReadCloser, error) {
			body := tc.change(n, chunk(n))
			if body == nil {
				return nil, fs.ErrNotExist
			}
			return io.NopCloser(bytes.NewReader(body)), nil
		})
		if err != nil || !r.Has(tc.want) || r.Exit() != tc.exit {
			t.Errorf("%s: %v, exit %d with %+v; want %s", name, err, r.Exit(), r.Findings, tc.want)
		}
	}
	broken := errors.New("the disk is broken")
	if err := evidence.VerifyChunks(&evidence.Report{}, f, func(string, int) (io.ReadCloser, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v, want what was wrong", err)
	}
}
