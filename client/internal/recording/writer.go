package recording

import (
	"time"

	"beside/client/internal/display"
	format "beside/signaling/recording"
)

// stillBudget is about how many bytes each update of a whole picture has.
const stillBudget = 128 << 10

// writer writes what was queued into chunks and seals them. Its goroutine owns it.
type writer struct {
	r     *Recorder
	key   format.Key
	spool *spool

	plain  format.Plain
	open   bool        // a chunk is
	span   format.Span // of the chunk that is open, or was last
	last   uint64      // when something was written last
	next   uint64      // number of the next chunk
	seq    uint32      // of the last update
	begun  bool        // there was a picture
	gap    string      // why the next chunk has a gap before it; empty: it has none
	lost   uint64      // when the gap began, in milliseconds
	full   bool        // the spool was: nothing is written before the next whole picture
	rights *format.Event

	missing uint64 // milliseconds in gaps
	pointed time.Time
}

func (w *writer) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		items := w.take()
		for _, it := range items {
			if it.end {
				w.finish(it.at)
				return
			}
			w.write(it)
		}
		w.recycle(items)
		timer.Reset(w.wait())
		select {
		case <-w.r.wake:
		case <-timer.C:
			if w.open && w.now(time.Now()) >= w.span.From+w.limit() {
				w.close(w.span.From+w.limit(), 0)
			}
		}
	}
}

// limit is the most that a chunk covers, in milliseconds.
func (w *writer) limit() uint64 { return uint64(format.MaxChunkTime.Milliseconds()) }

func (w *writer) now(t time.Time) uint64 { return uint64(max(t.Sub(w.r.start).Milliseconds(), 0)) }

// wait is how long nothing need be done unless something comes.
func (w *writer) wait() time.Duration {
	wait := time.Hour
	if w.open {
		wait = time.Until(w.r.start.Add(time.Duration(w.span.From+w.limit()) * time.Millisecond))
	}
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	if w.r.point != nil {
		wait = min(wait, time.Until(w.pointed.Add(pointEvery)))
	}
	return max(wait, 0)
}

// take takes all that is queued, and the pointer when its time has come.
func (w *writer) take() (items []item) {
	r := w.r
	r.mu.Lock()
	defer r.mu.Unlock()
	items, r.queue, r.size = r.queue, nil, 0
	if p := r.point; p != nil && time.Since(w.pointed) >= pointEvery {
		w.pointed, r.point = time.Now(), nil
		at := len(items)
		for at > 0 && (items[at-1].end || items[at-1].at.After(p.at)) {
			at--
		}
		items = append(items[:at], append([]item{*p}, items[at:]...)...)
	}
	return items
}

// recycle gives the memory of updates back, without what was in it.
func (w *writer) recycle(items []item) {
	const keep = 8
	for _, it := range items {
		if len(it.update) == 0 {
			continue
		}
		buf := it.update[0][:cap(it.update[0])]
		clear(buf)
		w.r.mu.Lock()
		if len(w.r.free) < keep {
			w.r.free = append(w.r.free, buf)
		}
		w.r.mu.Unlock()
	}
}

func (w *writer) write(it item) {
	at := w.now(it.at)
	switch {
	case it.gap != "":
		w.lose(at, it.gap)
	case it.still:
		w.whole(at)
	case it.update != nil && it.reset:
		w.begin(at)
		w.update(at, it.update)
	case it.update != nil:
		w.update(at, it.update)
	case it.event != nil:
		if it.event.Kind == format.Rights {
			w.rights = it.event
		}
		w.small(at, func(time uint32) error { return w.plain.Event(time, *it.event) })
	default:
		w.small(at, func(time uint32) error { return w.plain.Pointer(time, it.x, it.y) })
	}
}

// lose begins a gap.
func (w *writer) lose(at uint64, reason string) {
	w.close(at, 0)
	if w.gap == "" && w.begun {
		w.gap, w.lost = reason, at
	}
}

// begin begins a chunk at which playing can begin.
func (w *writer) begin(at uint64) {
	w.close(at, 0)
	w.full = false
	w.start(at, format.Snapshot)
	w.begun = true
}

// whole writes a whole picture, which may take several chunks.
func (w *writer) whole(at uint64) {
	w.begin(at)
	size := 0
	w.r.still.Updates(stillBudget, func(u display.Update) {
		size += u.Bytes
		w.update(at, u.Messages)
	})
	w.r.mu.Lock()
	w.r.busy, w.r.since.size = false, size
	w.r.mu.Unlock()
}

// start opens a chunk.
func (w *writer) start(at uint64, flags format.Flags) {
	at = max(at, w.span.To)
	if w.gap != "" {
		flags |= format.Gap
		w.missing += at - w.lost
	}
	w.span, w.open = format.Span{N: w.next, From: at, Flags: flags}, true
	w.next++
	if w.gap != "" {
		w.must(w.plain.Event(0, format.Event{Kind: format.Missing, Reason: w.gap}))
		w.gap = ""
	}
	if flags&format.Snapshot != 0 && w.rights != nil {
		w.must(w.plain.Event(0, *w.rights))
	}
}

// room opens a chunk that takes so many bytes more at that time, and returns it as
// the chunk counts. It reports false when nothing can be written now.
func (w *writer) room(at uint64, size int) (uint32, bool) {
	if w.gap != "" || w.full || !w.begun {
		return 0, false
	}
	at = max(at, w.last, w.span.From)
	if w.open && (at > w.span.From+w.limit() || !w.plain.Room(size)) {
		w.close(min(at, w.span.From+w.limit()), 0)
	}
	if w.full {
		return 0, false
	}
	if !w.open {
		w.start(at, 0)
	}
	w.last = max(at, w.span.From)
	return uint32(w.last - w.span.From), true
}

func (w *writer) update(at uint64, messages [][]byte) {
	size := 0
	for _, m := range messages {
		size += len(m)
	}
	time, ok := w.room(at, size)
	if !ok {
		return
	}
	w.seq++
	w.must(w.plain.Update(time, w.seq, messages))
}

func (w *writer) small(at uint64, write func(time uint32) error) {
	if time, ok := w.room(at, format.MaxEventBytes); ok {
		w.must(write(time))
	}
}

// must takes note of what cannot be: what was written had room and bounds.
func (w *writer) must(err error) {
	if err != nil {
		w.r.cfg.Log.Error("not recorded", "error", err)
	}
}

// close seals the chunk that is open, if one is.
func (w *writer) close(to uint64, flags format.Flags) {
	if !w.open {
		return
	}
	w.open = false
	w.span.To = min(max(to, w.last, w.span.From), w.span.From+w.limit())
	w.span.Flags |= flags
	w.seal()
}

// seal seals and spools a chunk. One for which there is no room on the disk never
// was: its number is given again, and there is a gap.
func (w *writer) seal() {
	sealed, err := w.key.Seal(w.span, w.plain.Bytes())
	w.plain.Reset()
	if err == nil {
		err = w.spool.add(sealed, w.span.Flags&format.Last != 0)
	}
	if err == nil {
		w.r.up.add(format.NewLeaf(w.span, sealed))
		return
	}
	w.r.cfg.Log.Warn("a part of the recording is lost", "error", err)
	if w.gap == "" {
		w.gap, w.lost = format.Full, w.span.From
	}
	w.next--
	w.span.To = w.span.From // nothing is covered by it
	w.full = true
	w.r.mu.Lock()
	w.r.blind, w.r.quiet = true, time.Now().Add(fullRest)
	w.r.mu.Unlock()
}

// finish seals the last chunk, which may be empty, and tells what it all came to.
func (w *writer) finish(t time.Time) {
	at := w.now(t)
	if w.open && at > w.span.From+w.limit() {
		w.close(at, 0)
	}
	if !w.open {
		w.start(at, 0)
	}
	w.close(at, format.Last)
	r := w.r
	r.mu.Lock()
	r.still.Wipe()
	r.mu.Unlock()
	clear(w.key.Key)
	leaves := r.up.ended()
	r.result = Result{
		Chunks: len(leaves), Root: format.Root(leaves), Length: time.Duration(at) * time.Millisecond,
		Missing: time.Duration(w.missing) * time.Millisecond,
	}
	close(r.written)
}
