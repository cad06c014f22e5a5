package display

import "image"

// tally counts votes for vectors: a hash table with room for all features.
type tally struct {
	by    [featureSlots]image.Point
	votes [featureSlots]int32 // 0: free, unless by is set
	most  int                 // votes that any vector had at any time
}

func (t *tally) add(by image.Point, n int32) {
	at := uint32(by.X*7919+by.Y) % featureSlots
	for t.by[at] != by && t.by[at] != (image.Point{}) {
		at = (at + 1) % featureSlots
	}
	t.by[at] = by
	t.votes[at] += n
	t.most = max(t.most, int(t.votes[at]))
}

// take returns the vector with the most votes and strikes it.
func (t *tally) take() (image.Point, int) {
	best := 0
	for i, n := range &t.votes {
		if n > t.votes[best] {
			best = i
		}
	}
	n := int(t.votes[best])
	t.votes[best] = 0
	return t.by[best], n
}
