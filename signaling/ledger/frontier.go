package ledger

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// Frontier is a tree of which only the right edge is kept: enough to add leaves
// and to know the root at every size. The zero value is the empty tree.
type Frontier struct {
	size  int64
	peaks []tlog.Hash // roots of the full subtrees, from the largest
}

// Add adds the next leaf.
func (f *Frontier) Add(leaf tlog.Hash) {
	f.size++
	for n := f.size; n&1 == 0; n >>= 1 {
		last := len(f.peaks) - 1
		leaf = tlog.NodeHash(f.peaks[last], leaf)
		f.peaks = f.peaks[:last]
	}
	f.peaks = append(f.peaks, leaf)
}

// Size is the number of leaves.
func (f *Frontier) Size() int64 { return f.size }

// Root is the root of the tree as it is.
func (f *Frontier) Root() tlog.Hash {
	if len(f.peaks) == 0 {
		return sha256.Sum256(nil)
	}
	root := f.peaks[len(f.peaks)-1]
	for i := len(f.peaks) - 2; i >= 0; i-- {
		root = tlog.NodeHash(f.peaks[i], root)
	}
	return root
}
