package journal

import (
	"context"

	"beside/broker/internal/store"
	"beside/signaling/record"
)

// batch is how many events Follow reads at once.
const batch = 200

// LastSeq is the sequence number of the newest event, 0 when there is none.
func (j *Journal) LastSeq(ctx context.Context) (seq int64, err error) {
	err = j.store.View(ctx, func(v *store.View) error {
		seq, err = v.LastSeq()
		return err
	})
	return seq, err
}

// Leaves lists at most limit events after seq as they are kept; of one session
// when session is not empty.
func (j *Journal) Leaves(ctx context.Context, session string, after int64, limit int) (leaves []store.Leaf, err error) {
	err = j.store.View(ctx, func(v *store.View) error {
		leaves, err = v.Leaves(session, after, limit)
		return err
	})
	return leaves, err
}

// Events is Leaves, decoded.
func (j *Journal) Events(ctx context.Context, session string, after int64, limit int) ([]record.Event, error) {
	leaves, err := j.Leaves(ctx, session, after, limit)
	if err != nil {
		return nil, err
	}
	return parse(leaves)
}

func parse(leaves []store.Leaf) (events []record.Event, err error) {
	events = make([]record.Event, len(leaves))
	for i, l := range leaves {
		if events[i], err = l.Event(); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// Follow hands every event after seq to each, in order, and waits for more
// until ctx ends (nil) or each fails. Somebody must run Run.
func (j *Journal) Follow(ctx context.Context, after int64, each func(store.Leaf) error) error {
	w := j.Watch()
	defer w.Close()
	for {
		leaves, err := j.Leaves(ctx, "", after, batch)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for _, l := range leaves {
			if err := each(l); err != nil {
				return err
			}
			after = l.Seq
		}
		if len(leaves) == batch {
			continue
		}
		select {
		case <-w.C:
		case <-ctx.Done():
			return nil
		}
	}
}
