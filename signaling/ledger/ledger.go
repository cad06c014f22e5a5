// Package ledger is the log's tree: RFC 6962 over the leaves that package
// record writes, and the texts in which its head and its proofs travel. Leaf
// number i is the event with sequence number i+1, byte for byte as it is kept.
//
// Formats are those of C2SP: tlog-checkpoint for the signed head, tlog-tiles for
// the hashes, tlog-proof for one event's inclusion, tlog-cosignature and
// tlog-witness for those who watch. The package does no I/O and keeps no state;
// broker, witness and verifier share it.
package ledger

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// TileHeight is the height of tiles, as C2SP tlog-tiles fixes it: 256 hashes.
const TileHeight = 8

// TileWidth is how many hashes a full tile has.
const TileWidth = 1 << TileHeight

// LeafHash is the hash of a leaf in the tree (RFC 6962 §2.1).
func LeafHash(leaf []byte) tlog.Hash { return tlog.RecordHash(leaf) }

// ErrTile reports a tile that is not there or too short.
var ErrTile = errors.New("tile is missing or too short")

// Tiles reads the hashes of one tile, as many as there are: 32 bytes each, the
// level counted in tiles. A tile that is not there has none.
type Tiles func(level int, n int64) ([]byte, error)

// Hashes reads the tree's hashes out of tiles. It keeps the tiles that it has
// read, and what it has computed of them, and is for one goroutine and one state
// of the log.
func Hashes(tiles Tiles) tlog.HashReader {
	type place struct {
		level int
		n     int64
	}
	kept := make(map[place]*nodes)
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			inside := level % TileHeight
			at := place{level / TileHeight, n >> (TileHeight - inside)}
			tile := kept[at]
			if tile == nil {
				data, err := tiles(at.level, at.n)
				if err != nil {
					return nil, err
				}
				tile = newNodes(data)
				kept[at] = tile
			}
			h, ok := tile.at(inside, n-at.n<<(TileHeight-inside))
			if !ok {
				return nil, fmt.Errorf("%s has %d hashes, that is too few: %w", TilePath(at.level, at.n, TileWidth), len(tile[0]), ErrTile)
			}
			hashes[i] = h
		}
		return hashes, nil
	})
}

// nodes are the hashes of a tile by their height above its lowest row, those of
// whole subtrees only. Rows are computed when they are asked for.
type nodes [TileHeight][]tlog.Hash

func newNodes(data []byte) *nodes {
	var t nodes
	t[0] = make([]tlog.Hash, len(data)/tlog.HashSize)
	for i := range t[0] {
		copy(t[0][i][:], data[i*tlog.HashSize:])
	}
	return &t
}

func (t *nodes) at(row int, i int64) (tlog.Hash, bool) {
	for r := 1; r <= row; r++ {
		if t[r] != nil {
			continue
		}
		below := t[r-1]
		t[r] = make([]tlog.Hash, len(below)/2)
		for j := range t[r] {
			t[r][j] = tlog.NodeHash(below[2*j], below[2*j+1])
		}
	}
	if i >= int64(len(t[row])) {
		return tlog.Hash{}, false
	}
	return t[row][i], true
}

// Tile is a tile to keep: its hashes from the first.
type Tile struct {
	Level  int
	N      int64
	Hashes []byte
}

// Grow adds leaves to a tree of the given size. It returns the new root and
// every tile that changed, whole. hashes reads the tree as it was.
func Grow(size int64, leaves []tlog.Hash, hashes tlog.HashReader) (tlog.Hash, []Tile, error) {
	fresh := make(map[int64]tlog.Hash)
	both := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		var old, place []int64
		for i, index := range indexes {
			if h, ok := fresh[index]; ok {
				out[i] = h
				continue
			}
			old, place = append(old, index), append(place, int64(i))
		}
		if len(old) == 0 {
			return out, nil
		}
		read, err := hashes.ReadHashes(old)
		if err != nil {
			return nil, err
		}
		for i, h := range read {
			out[place[i]] = h
		}
		return out, nil
	})
	for i, leaf := range leaves {
		n := size + int64(i)
		stored, err := tlog.StoredHashesForRecordHash(n, leaf, both)
		if err != nil {
			return tlog.Hash{}, nil, fmt.Errorf("add leaf %d: %w", n, err)
		}
		first := tlog.StoredHashIndex(0, n)
		for j, h := range stored {
			fresh[first+int64(j)] = h
		}
	}
	grown := size + int64(len(leaves))
	root, err := tlog.TreeHash(grown, both)
	if err != nil {
		return tlog.Hash{}, nil, fmt.Errorf("root of %d leaves: %w", grown, err)
	}
	var tiles []Tile
	for _, t := range tlog.NewTiles(TileHeight, size, grown) {
		data, err := tlog.ReadTileData(t, both)
		if err != nil {
			return tlog.Hash{}, nil, fmt.Errorf("tile %s: %w", TilePath(t.L, t.N, t.W), err)
		}
		tiles = append(tiles, Tile{t.L, t.N, data})
	}
	return root, tiles, nil
}

// Root is the root of leaves alone (RFC 6962 §2.1), as a seal has it of one
// session's events.
func Root(leaves []tlog.Hash) tlog.Hash {
	root, _, err := Grow(0, leaves, tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, ErrTile }))
	if err != nil {
		panic("ledger: " + err.Error()) // a tree from its first leaf on needs no hash of before
	}
	return root
}
