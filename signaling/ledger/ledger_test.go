package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"beside/signaling/ledger"
)

// log is a whole log in memory.
type log struct {
	leaves [][]byte
	tiles  map[string][]byte
	root   tlog.Hash
}

func (l *log) tile(level int, n int64) ([]byte, error) {
	return l.tiles[ledger.TilePath(level, n, ledger.TileWidth)], nil
}

func (l *log) grow(t testing.TB, count int) {
	t.Helper()
	size := int64(len(l.leaves))
	var hashes []tlog.Hash
	for range count {
		leaf := fmt.Appendf(nil, "leaf %d\n", len(l.leaves))
		l.leaves, hashes = append(l.leaves, leaf), append(hashes, ledger.LeafHash(leaf))
	}
	root, tiles, err := ledger.Grow(size, hashes, ledger.Hashes(l.tile))
	if err != nil {
		t.Fatal(err)
	}
	if l.tiles == nil {
		l.tiles = make(map[string][]byte)
	}
	for _, tile := range tiles {
		l.tiles[ledger.TilePath(tile.Level, tile.N, ledger.TileWidth)] = tile.Hashes
	}
	l.root = root
}

// mth is RFC 6962 §2.1, word by word.
func mth(leaves [][]byte) tlog.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	left, right := mth(leaves[:k]), mth(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func TestTreeIsThatOfRFC6962(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var l log
		for range rapid.IntRange(1, 6).Draw(rt, "batches") {
			l.grow(t, rapid.IntRange(0, 400).Draw(rt, "leaves"))
		}
		if want := mth(l.leaves); l.root != want {
			rt.Fatalf("root of %d leaves is %v, want %v", len(l.leaves), l.root, want)
		}
	})
}

func TestFrontierHasEveryRoot(t *testing.T) {
	var f ledger.Frontier
	var leaves [][]byte
	for i := range 300 {
		if f.Root() != mth(leaves) || f.Size() != int64(i) {
			t.Fatalf("another root at size %d", i)
		}
		leaves = append(leaves, fmt.Appendf(nil, "leaf %d\n", i))
		f.Add(ledger.LeafHash(leaves[i]))
	}
}

// A tree of 70,000 leaves has the tiles that C2SP tlog-tiles counts for it.
func TestTilesAreThoseOfC2SP(t *testing.T) {
	var l log
	l.grow(t, 69_000)
	l.grow(t, 1_000)
	if got := len(l.tiles); got != 274+2+1 {
		t.Errorf("%d tiles, want 277", got)
	}
	for path, width := range map[string]int{"tile/0/000": 256, "tile/0/273": 112, "tile/1/000": 256, "tile/1/001": 17, "tile/2/000": 1} {
		if got := len(l.tiles[path]) / tlog.HashSize; got != width {
			t.Errorf("%s has %d hashes, want %d", path, got, width)
		}
	}
}

func TestTilePath(t *testing.T) {
	for _, tc := range []struct {
		level int
		n     int64
		width int
		path  string
	}{
		{0, 1234067, 256, "tile/0/x001/x234/067"}, {1, 0, 256, "tile/1/000"}, {0, 273, 112, "tile/0/273.p/112"}, {63, 999, 1, "tile/63/999.p/1"},
	} {
		if got := ledger.TilePath(tc.level, tc.n, tc.width); got != tc.path {
			t.Errorf("path %s, want %s", got, tc.path)
		}
		if level, n, width, ok := ledger.ParseTilePath(tc.path); !ok || level != tc.level || n != tc.n || width != tc.width {
			t.Errorf("%s read as %d, %d, %d, %v", tc.path, level, n, width, ok)
		}
	}
	for _, path := range []string{
		"", "tile", "tile/0", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/1", "tile/0/0000", "tile/0/x000/001", "tile/0/001/002",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/007", "tile/0/../000", "tile/0/000/", "tile/8/0/000", "tile/entries/000",
		"tile/0/x001/x001/x001/x001/x001/x001/x001/001",
	} {
		if _, _, _, ok := ledger.ParseTilePath(path); ok {
			t.Errorf("%q was taken", path)
		}
	}
}

func TestProofs(t *testing.T) {
	var l log
	l.grow(t, 300)
	older := ledger.Checkpoint{Origin: "log.example", Size: 300, Root: l.root}
	l.grow(t, 1000)
	newer := ledger.Checkpoint{Origin: "log.example", Size: 1300, Root: l.root}
	hashes := ledger.Hashes(l.tile)
	for _, index := range []int64{0, 255, 256, 299, 1299} {
		proof, err := tlog.ProveRecord(newer.Size, index, hashes)
		if err != nil {
			t.Fatal(err)
		}
		leaf := ledger.LeafHash(l.leaves[index])
		if err := ledger.CheckInclusion(newer, index, leaf, proof); err != nil {
			t.Errorf("leaf %d: %v", index, err)
		}
		for name, err := range map[string]error{
			"another leaf":       ledger.CheckInclusion(newer, index, ledger.LeafHash([]byte("x")), proof),
			"another index":      ledger.CheckInclusion(newer, index^1, leaf, proof),
			"another checkpoint": ledger.CheckInclusion(older, index, leaf, proof),
			"beyond the end":     ledger.CheckInclusion(newer, 1300, leaf, proof),
			"a hash less":        ledger.CheckInclusion(newer, index, leaf, proof[1:]),
		} {
			if !errors.Is(err, ledger.ErrProof) {
				t.Errorf("%s: %v, want ErrProof", name, err)
			}
		}
	}
	proof, err := ledger.ProveConsistency(300, 1300, hashes)
	if err != nil {
		t.Fatal(err)
	}
	other := newer
	other.Root[0] ^= 1
	elsewhere := older
	elsewhere.Origin = "other.example"
	forked := older
	forked.Root[0] ^= 1
	for name, tc := range map[string]struct {
		older, newer ledger.Checkpoint
		proof        []tlog.Hash
		ok           bool
	}{
		"grown":        {older, newer, proof, true},
		"the same":     {newer, newer, nil, true},
		"from nothing": {ledger.Checkpoint{Origin: "log.example", Root: ledger.Root(nil)}, newer, nil, true},
		"shrunk":       {newer, older, proof, false},
		"split view":   {newer, other, nil, false},
		"rewritten":    {forked, newer, proof, false},
		"no proof":     {older, newer, nil, false},
		"another log":  {elsewhere, newer, proof, false},
	} {
		if err := ledger.CheckConsistency(tc.older, tc.newer, tc.proof); (err == nil) != tc.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMissingTileIsSaid(t *testing.T) {
	var l log
	l.grow(t, 1000)
	delete(l.tiles, "tile/0/001")
	if _, err := tlog.ProveRecord(1000, 300, ledger.Hashes(l.tile)); !errors.Is(err, ledger.ErrTile) {
		t.Errorf("got %v, want ErrTile", err)
	}
}

func TestProofText(t *testing.T) {
	p := ledger.Proof{Index: 7, Hashes: []tlog.Hash{{1}, {2}}, Checkpoint: []byte("a\n1\nb\n\n— a sig\n")}
	back, err := ledger.ParseProof(p.Marshal())
	if err != nil || !bytes.Equal(back.Marshal(), p.Marshal()) {
		t.Errorf("read back %+v, %v", back, err)
	}
	s := ledger.Submission{Old: 7, Hashes: p.Hashes, Checkpoint: p.Checkpoint}
	sent, err := ledger.ParseSubmission(s.Marshal())
	if err != nil || !bytes.Equal(sent.Marshal(), s.Marshal()) {
		t.Errorf("read back %+v, %v", sent, err)
	}
	for name, text := range map[string]string{
		"nothing": "", "no header": "index 1\n\na", "no index": "c2sp.org/tlog-proof@v1\n\na", "leading zero": "c2sp.org/tlog-proof@v1\nindex 01\n\na",
		"bad hash": "c2sp.org/tlog-proof@v1\nindex 1\nxyz\n\na", "no checkpoint": "c2sp.org/tlog-proof@v1\nindex 1\n",
		"extra alone": "c2sp.org/tlog-proof@v1\nextra YQ==\n\na",
	} {
		if _, err := ledger.ParseProof([]byte(text)); !errors.Is(err, ledger.ErrProof) {
			t.Errorf("proof with %s: %v", name, err)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra YQ==\nindex 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\na\n1\nb\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := ledger.ParseProof(in)
		if err != nil {
			return
		}
		if again, err := ledger.ParseProof(p.Marshal()); err != nil || again.Index != p.Index || len(again.Hashes) != len(p.Hashes) {
			t.Errorf("changed on the way: %+v, %+v, %v", p, again, err)
		}
	})
}

func FuzzParseSubmission(f *testing.F) {
	f.Add([]byte("old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\na\n1\nb\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if s, err := ledger.ParseSubmission(in); err == nil && !bytes.Equal(s.Marshal(), in) {
			t.Errorf("%q was taken, and is not what is written: %q", in, s.Marshal())
		}
	})
}
