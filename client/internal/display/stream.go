package display

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/screen"
)

const (
	restAfter  = 500 * time.Millisecond // of quiet: then the viewer checks its picture
	hashPixels = 1 << 19                // of one check, about a millisecond in a browser
	heldPause  = 50 * time.Millisecond  // between looks whether the right runs again
	resetPause = 250 * time.Millisecond // between two new beginnings, whoever asks
	grabPixels = 1 << 21                // of one call inside the Lease
	maxRetries = 8                      // of a grab that failed while monitors change
	forever    = time.Hour
)

// Stream shows one monitor to one viewer. Fill in the first block, then call
// Run; those fields must not change after that.
type Stream struct {
	Source screen.Source
	Lease  *consent.Lease // to view
	// Send sends one message on the viewer's display channel. It must not block
	// for long nor keep the message. It runs inside the Lease.
	Send func(msg []byte) error
	// Repeat, if set, sends the message of an update once more, on the viewer's
	// repeat channel; the update must not begin anew and must have one message. It
	// must not block nor keep the message.
	Repeat func(msg []byte) error
	// Layout, if set, is told all monitors and which of them is shown, whenever
	// that may have changed. It runs on Run's goroutine.
	Layout func(all []screen.Monitor, shown screen.Monitor)

	mail mail // from other goroutines

	// Owned by Run's goroutine.
	enc     *Encoder
	win     window
	repeat  repeater
	pace    pace
	camera  *camera
	efforts []effort // by which films can be encoded for this viewer
	pointer pointerWatch
	shown   screen.Monitor
	wanted  string    // monitor asked for, "" for the primary
	begin   bool      // show everything anew
	begun   time.Time // when that was done last
	news    time.Time // the source has had news since then; zero: none
	quiet   time.Time // since the last update with pixels
	held    bool      // the right rests
	fresh   bool      // nothing of the last change was sent after it was first flushed
	retries int       // grabs that failed in a row
	stats   Stats

	damage  screen.Damage     // scratch from here on
	stale   grid              // blocks to grab
	grabs   []image.Rectangle // what to grab
	update  Update            // for sendFn
	sendFn  func() error      // sendUpdate, bound once so that sending allocates nothing
	twice   []byte            // for againFn
	againFn func() error      // sends twice
	once    sync.Once
}

func (s *Stream) init() {
	s.once.Do(func() {
		s.mail.wake = make(chan struct{}, 1)
		s.enc = NewEncoder()
		s.camera = newCamera()
		s.begin = true
		s.sendFn = s.sendUpdate
		s.againFn = func() error {
			_ = s.Repeat(s.twice)
			return nil
		}
	})
}

// Run shows the screen until ctx ends, the right is revoked (it returns
// consent.ErrRevoked at once), Send fails or the screen is gone. While the right
// is held it sends nothing, and begins anew afterwards. It may be called once.
func (s *Stream) Run(ctx context.Context) error {
	s.init()
	defer s.enc.Wipe()
	defer s.camera.close()
	timer := time.NewTimer(forever)
	defer timer.Stop()
	for {
		wait, err := s.step(time.Now())
		if err != nil {
			return err
		}
		timer.Reset(wait)
		select {
		case <-s.Lease.Done():
			return consent.ErrRevoked
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Source.Changed():
			s.pointer.news = true
			if s.news.IsZero() {
				s.news = time.Now()
			}
		case d := <-s.camera.done:
			s.onDeveloped(d)
		case <-s.mail.wake:
		case <-timer.C:
		}
	}
}

// step does all that can be done now and returns how long to wait for more.
func (s *Stream) step(now time.Time) (time.Duration, error) {
	s.takeMail(now)
	err := s.work(now)
	if errors.Is(err, consent.ErrHeld) {
		s.held = true
		return heldPause, nil
	}
	if err != nil {
		return 0, err
	}
	s.publish()
	return s.nextWake(now), nil
}

func (s *Stream) work(now time.Time) error {
	if err := s.Lease.Do(nothing); err != nil {
		return err
	}
	if s.held {
		s.held, s.begin = false, true
	}
	if err := s.finish(now); err != nil {
		return err
	}
	if err := s.look(now); err != nil {
		return err
	}
	s.endFilms(now)
	if err := s.flush(now); err != nil { // before the pointer: pixels wait for nothing
		return err
	}
	if err := s.watchPointer(now); err != nil {
		return err
	}
	if err := s.flush(now); err != nil {
		return err
	}
	s.shoot()
	if err := s.again(now); err != nil {
		return err
	}
	return s.check(now)
}

func nothing() error { return nil }

// look grabs what changed, if there is room for it now.
func (s *Stream) look(now time.Time) error {
	if s.begin {
		if now.Before(s.begun.Add(resetPause)) {
			return nil
		}
		return s.restart(now)
	}
	if s.news.IsZero() || s.win.room() == 0 || now.Before(s.pace.due(s.news)) {
		return nil
	}
	lap(&s.stats.Stages.Wait, s.news)
	s.news = time.Time{}
	s.pace.grabbed(now)
	if err := s.Source.Damage(s.Lease, &s.damage); err != nil {
		return fmt.Errorf("watch the screen: %w", err)
	}
	if s.damage.Layout {
		all, err := s.Source.Monitors()
		if err != nil {
			return fmt.Errorf("watch the screen: %w", err)
		}
		if choose(all, s.wanted).Area != s.shown.Area {
			s.begin = true
			return s.look(now)
		}
		s.tellLayout(all)
	}
	s.grabs = s.stale.strips(s.damage.Rects, s.shown.Area, s.grabs[:0])
	if len(s.grabs) == 0 {
		return nil
	}
	return s.grab(s.grabs)
}

// grab reads the rectangles and has them compared. An error of the display
// server alone, as when a monitor vanishes between two questions, is met by
// beginning anew, a few times.
func (s *Stream) grab(rects []image.Rectangle) error {
	start := time.Now()
	err := s.Source.Grab(s.Lease, s.shown.Area, s.enc.Frame(), rects)
	lap(&s.stats.Stages.Grab, start)
	switch {
	case err == nil:
		s.retries, s.fresh = 0, true
		s.stats.Stages.Grabs++
		start = time.Now()
		s.enc.Changed(rects, start)
		lap(&s.stats.Stages.Detect, start)
		return nil
	case errors.Is(err, consent.ErrHeld), errors.Is(err, consent.ErrRevoked), errors.Is(err, screen.ErrClosed):
		return err
	}
	if s.retries++; s.retries > maxRetries {
		return fmt.Errorf("show the screen: %w", err)
	}
	s.begin = true
	return nil
}

// finish sends one more slice of the last change before the next is looked at: in
// a scroll each picture then becomes whole before the next begins. Only one, so
// that a letter never waits for all of a large change.
func (s *Stream) finish(now time.Time) error {
	room := s.win.room()
	if s.begin || !s.fresh || room == 0 || !s.enc.Pending() {
		return nil
	}
	s.fresh = false
	start := time.Now()
	u, ok := s.enc.Next(room)
	lap(&s.stats.Stages.Compress, start)
	if !ok {
		return nil
	}
	s.quiet = now
	return s.send(u, now)
}

// flush sends what is pending while there is room.
func (s *Stream) flush(now time.Time) error {
	if s.begin {
		return nil // the frame is not whole
	}
	s.enc.Slow(s.win.rate > 0 && s.win.rate < slowLink)
	for room := s.win.room(); room > 0 && s.enc.Pending(); room = s.win.room() {
		start := time.Now()
		u, ok := s.enc.Next(room)
		lap(&s.stats.Stages.Compress, start)
		if !ok {
			break
		}
		s.quiet = now
		if err := s.send(u, now); err != nil {
			return err
		}
	}
	return nil
}

// check lets the viewer compare its picture when nothing has happened for a while.
func (s *Stream) check(now time.Time) error {
	if !s.restful() || now.Before(s.quiet.Add(restAfter)) {
		return nil
	}
	u, ok := s.enc.NextHash(hashPixels)
	if !ok {
		return nil
	}
	return s.send(u, now)
}

// restful reports whether a check is all that is left to do.
func (s *Stream) restful() bool {
	return !s.begin && len(s.win.flight) == 0 && s.enc.Checkable()
}

func (s *Stream) send(u Update, now time.Time) error {
	s.update = u
	start := time.Now()
	if err := s.Lease.Do(s.sendFn); err != nil {
		return err
	}
	lap(&s.stats.Stages.Send, start)
	s.win.sent(u, now)
	if s.Repeat != nil {
		s.repeat.sent(u, now, s.win.rtt)
	}
	s.stats.Updates++
	s.stats.Bytes += int64(u.Bytes)
	return nil
}

func (s *Stream) sendUpdate() error {
	for _, msg := range s.update.Messages {
		if err := s.Send(msg); err != nil {
			return fmt.Errorf("send a display update: %w", err)
		}
	}
	return nil
}

// again repeats the small updates whose time has come. One that cannot be sent is
// one chance less, and no error: it went out on the display channel before.
func (s *Stream) again(now time.Time) error {
	for s.twice = s.repeat.due(now); s.twice != nil; s.twice = s.repeat.due(now) {
		if err := s.Lease.Do(s.againFn); err != nil {
			return err
		}
		s.stats.Repeats++
	}
	return nil
}

// nextWake is how long Run may sleep if nobody wakes it.
func (s *Stream) nextWake(now time.Time) time.Duration {
	if s.begin {
		return max(s.begun.Add(resetPause).Sub(now), 0)
	}
	wait := s.pointer.due().Sub(now)
	if at, ok := s.enc.FilmsEnd(); ok {
		wait = min(wait, at.Sub(now))
	}
	if at, ok := s.repeat.next(); ok {
		wait = min(wait, at.Sub(now))
	}
	switch {
	case !s.news.IsZero() && s.win.room() > 0:
		wait = min(wait, s.pace.due(s.news).Sub(now))
	case s.restful():
		wait = min(wait, s.quiet.Add(restAfter).Sub(now))
	}
	return max(wait, 0)
}
