package recording

import (
	"time"

	"beside/client/internal/display"
	"beside/signaling/control"
	"beside/signaling/grant"
	format "beside/signaling/recording"
)

// Update implements display.Recorder.
func (r *Recorder) Update(u display.Update) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || r.blind && !u.Reset {
		return
	}
	if r.size+u.Bytes > maxQueued {
		r.quiet = time.Now().Add(slowRest)
		r.gap(format.Slow)
		return
	}
	now := time.Now()
	if u.Reset {
		r.blind, r.since = false, counts{at: now}
	}
	r.since.updates++
	r.since.bytes += u.Bytes
	r.size += u.Bytes
	r.queue = append(r.queue, item{at: now, update: r.copied(u), reset: u.Reset})
	r.signal()
}

// copied copies an update into a buffer that is free. It runs with mu held.
func (r *Recorder) copied(u display.Update) [][]byte {
	var buf []byte
	if n := len(r.free); n > 0 {
		buf, r.free = r.free[n-1][:0], r.free[:n-1]
	}
	if cap(buf) < u.Bytes {
		buf = make([]byte, 0, u.Bytes)
	}
	parts := make([][]byte, len(u.Messages))
	for i, m := range u.Messages {
		at := len(buf)
		buf = append(buf, m...)
		parts[i] = buf[at:len(buf):len(buf)]
	}
	if len(parts) > 0 {
		parts[0] = buf[:len(parts[0])] // keeps the capacity, to be used again
	}
	return parts
}

// Wants implements display.Recorder.
func (r *Recorder) Wants() (picture, blind bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || r.busy || r.blind && time.Now().Before(r.quiet) {
		return false, false
	}
	s := r.since
	due := s.updates >= stillAfter || s.updates > 0 && time.Since(s.at) >= stillEvery ||
		s.size > 0 && s.bytes > max(stillBytes, s.size)
	return due || r.blind, r.blind
}

// Picture implements display.Recorder.
func (r *Recorder) Picture(take func(*display.Still)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || r.busy {
		return
	}
	take(&r.still)
	now := time.Now()
	r.busy, r.blind, r.since = true, false, counts{at: now}
	r.queue = append(r.queue, item{at: now, still: true})
	r.signal()
}

// Missed implements display.Recorder.
func (r *Recorder) Missed() { r.Gap(format.Paused) }

// Gap says that what follows is not recorded, until there is a whole picture.
func (r *Recorder) Gap(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gap(reason)
}

// gap runs with mu held.
func (r *Recorder) gap(reason string) {
	if r.ended || r.blind {
		return
	}
	r.blind = true
	r.queue = append(r.queue, item{at: time.Now(), gap: reason})
	r.signal()
}

// Rights tells what is granted from here on.
func (r *Recorder) Rights(scopes grant.Set) {
	names := make([]string, 0, 8)
	for _, sc := range scopes.Scopes() {
		names = append(names, string(sc))
	}
	r.event(format.Event{Kind: format.Rights, Scopes: &names})
}

// Shown tells that another monitor is shown.
func (r *Recorder) Shown(monitor string) {
	if monitor != "" && len(monitor) <= format.MaxName {
		r.event(format.Event{Kind: format.Shown, Monitor: monitor})
	}
}

// Input tells what the technician did. Of keys and texts only that there were some
// goes on.
func (r *Recorder) Input(in control.Input) {
	_ = r.cfg.Lease.Do(func() error { // else it is not to be recorded
		r.input(in)
		return nil
	})
}

func (r *Recorder) input(in control.Input) {
	switch in := in.(type) {
	case control.Move:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.point = &item{at: time.Now(), x: in.X, y: in.Y}
		r.signal()
	case control.Button:
		button, down, x, y := int(in.Button), in.Down, in.X, in.Y
		r.event(format.Event{Kind: format.Button, Button: &button, Down: &down, X: &x, Y: &y})
	case control.Wheel:
		dx, dy, x, y := int(in.DX), int(in.DY), in.X, in.Y
		r.event(format.Event{Kind: format.Wheel, DX: &dx, DY: &dy, X: &x, Y: &y})
	case control.Key, control.Text:
		r.mu.Lock()
		again := time.Since(r.typed) < typedEvery
		if !again {
			r.typed = time.Now()
		}
		r.mu.Unlock()
		if !again {
			r.event(format.Event{Kind: format.Typed})
		}
	}
}

func (r *Recorder) event(e format.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || len(r.queue) > maxItems {
		return // so many wait only when the writer stands still: then a gap comes anyway
	}
	r.queue = append(r.queue, item{at: time.Now(), event: &e})
	r.signal()
}

const (
	slowRest = time.Second     // before a new beginning on a machine that cannot keep up
	fullRest = 5 * time.Second // and where there is no room for it
)

// maxItems bounds what waits, besides the bytes of updates.
const maxItems = 10_000
