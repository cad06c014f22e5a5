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
	wire "beside/signaling/display"
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

// Stream shows one monitor to some viewers. Fill in the first block, have a viewer
// Join, then call Run; those fields must not change after that.
type Stream struct {
	Source screen.Source
	// Layout, if set, is told all monitors and which of them is shown, whenever
	// that may have changed. It runs on Run's goroutine.
	Layout func(all []screen.Monitor, shown screen.Monitor)

	mail mail // from other goroutines

	// Owned by Run's goroutine.
	frame   wire.Framebuffer // the monitor as grabbed last
	seats   []*Seat          // in the order in which they joined
	lanes   []*lane          // the oldest first
	gone    error            // why the viewer that went last did
	near    image.Point      // of the last input
	pace    pace
	pointer pointerWatch
	shown   screen.Monitor
	wanted  string    // monitor asked for, "" for the primary
	begin   bool      // show everything anew, to all
	begun   time.Time // when that was done last
	whole   bool      // the frame may have missed something: grab all of it
	news    time.Time // the source has had news since then; zero: none
	retries int       // grabs that failed in a row
	stats   Stats     // of what is done for all viewers

	damage screen.Damage     // scratch from here on
	blocks grid              // to grab
	grabs  []image.Rectangle // what to grab

	developed chan developed // from the cameras
	over      chan struct{}  // closed when Run ends
	helpers   sync.WaitGroup // cameras, and who waits for leases
	once      sync.Once
}

func (s *Stream) init() {
	s.once.Do(func() {
		s.mail.wake = make(chan struct{}, 1)
		s.developed = make(chan developed)
		s.over = make(chan struct{})
		s.begin = true
	})
}

// Run shows the screen until ctx ends or the screen is gone, or until the last
// viewer has gone: then it returns why that one did. It may be called once. When
// it returns, every Seat is over.
func (s *Stream) Run(ctx context.Context) error {
	s.init()
	timer := time.NewTimer(forever)
	defer timer.Stop()
	for {
		wait, err := s.step(time.Now())
		if err != nil {
			return s.end(err)
		}
		if len(s.seats) == 0 && s.noneJoined() {
			return s.end(s.gone)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return s.end(ctx.Err())
		case <-s.Source.Changed():
			s.pointer.news = true
			if s.news.IsZero() {
				s.news = time.Now()
			}
		case d := <-s.developed:
			s.onDeveloped(d)
		case <-s.mail.wake:
		case <-timer.C:
		}
	}
}

// end sends all viewers away and forgets what was seen.
func (s *Stream) end(why error) error {
	for _, v := range s.closeDoor() {
		v.over(why)
	}
	for len(s.seats) > 0 {
		s.remove(s.seats[0], why)
	}
	s.sweep()
	close(s.over)
	s.helpers.Wait()
	clear(s.frame.Pix[:cap(s.frame.Pix)])
	return why
}

// step does all that can be done now and returns how long to wait for more.
func (s *Stream) step(now time.Time) (time.Duration, error) {
	s.takeMail(now)
	s.attend(now)
	lease := s.lease()
	if lease == nil {
		return heldPause, nil
	}
	err := s.work(lease, now)
	switch {
	case errors.Is(err, consent.ErrHeld), errors.Is(err, consent.ErrRevoked):
		s.whole = true
		return 0, nil // who is still there goes on by another right
	case err != nil:
		return 0, err
	}
	s.regroup(now)
	s.publish()
	return s.nextWake(now), nil
}

// lease is the right by which the screen is seen: that of a viewer who is going to
// be shown it, nil if there is none.
func (s *Stream) lease() *consent.Lease {
	var other *consent.Lease
	for _, v := range s.seats {
		switch {
		case v.held:
		case v.lane == nil || v.lane.room() > 0:
			return v.viewer.Lease
		default:
			other = v.viewer.Lease
		}
	}
	return other
}

func (s *Stream) work(lease *consent.Lease, now time.Time) error {
	if !s.begin {
		for i := 0; i < len(s.lanes); i++ { // lanes that split off are seen too
			s.finish(s.lanes[i], now)
		}
	}
	if err := s.look(lease, now); err != nil {
		return err
	}
	if s.begin {
		return nil // the frame is not whole
	}
	s.endFilms(now)
	for _, l := range s.lanes {
		l.enc.renewOldFilms(now)
	}
	s.flush(now) // before the pointer: pixels wait for nothing
	if err := s.watchPointer(lease, now); err != nil {
		return err
	}
	s.flush(now)
	for _, l := range s.lanes {
		l.shoot(&s.frame)
		s.check(l, now)
	}
	for _, v := range s.seats {
		s.still(v, now)
		v.again(now)
	}
	return nil
}

func nothing() error { return nil }

// look grabs what changed, if there is room for it now.
func (s *Stream) look(lease *consent.Lease, now time.Time) error {
	if s.begin {
		if now.Before(s.begun.Add(resetPause)) {
			return nil
		}
		return s.restart(lease, now)
	}
	if !s.anyRoom() || !s.whole && (s.news.IsZero() || now.Before(s.pace.due(s.news))) {
		return nil
	}
	if !s.news.IsZero() {
		lap(&s.stats.Stages.Wait, s.news)
	}
	s.news = time.Time{}
	s.pace.grabbed(now)
	if err := s.Source.Damage(lease, &s.damage); err != nil {
		return fmt.Errorf("watch the screen: %w", err)
	}
	if s.damage.Layout {
		all, err := s.Source.Monitors()
		if err != nil {
			return fmt.Errorf("watch the screen: %w", err)
		}
		if choose(all, s.wanted).Area != s.shown.Area {
			s.begin = true
			return s.look(lease, now)
		}
		s.tellLayout(all)
	}
	if s.grabs = s.grabs[:0]; s.whole {
		s.grabs = everything(&s.frame, s.grabs)
	} else {
		s.grabs = s.blocks.strips(s.damage.Rects, s.shown.Area, s.grabs)
	}
	if len(s.grabs) == 0 {
		return nil
	}
	return s.grab(lease)
}

// grab reads what is to be grabbed and lets the lanes know. An error of the display
// server alone, as when a monitor vanishes between two questions, is met by
// beginning anew, a few times.
func (s *Stream) grab(lease *consent.Lease) error {
	start := time.Now()
	err := s.Source.Grab(lease, s.shown.Area, &s.frame, s.grabs)
	lap(&s.stats.Stages.Grab, start)
	switch {
	case err == nil:
		s.retries, s.whole = 0, false
		s.stats.Stages.Grabs++
		for _, l := range s.lanes {
			l.changed(s.grabs)
		}
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
