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
// read and is for one goroutine and one state of the log.
func Hashes(tiles Tiles) tlog.HashReader {
	type place struct {
		level int
		n     int64
	}
	kept := make(map[place][]byte)
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			t := tlog.TileForIndex(TileHeight, index)
			at := place{t.L, t.N}
			data, ok := kept[at]
			if !ok {
				var err error
				if data, err = tiles(t.L, t.N); err != nil {
					return nil, err
				}
				kept[at] = data
			}
			if len(data) < t.W*tlog.HashSize {
				return nil, fmt.Errorf("tile %s has %d hashes, %d are needed: %w", TilePath(t.L, t.N, TileWidth), len(data)/tlog.HashSize, t.W, ErrTile)
			}
			h, err := tlog.HashFromTile(t, data[:t.W*tlog.HashSize], index)
			if err != nil {
				return nil, err
			}
			hashes[i] = h
		}
		return hashes, nil
	})
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
