package session

import (
	"context"
	"errors"
	"time"

	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/record"
)

// flushWithin is how long the viewer's bye may take to go out before the
// connection is closed under it.
const flushWithin = 100 * time.Millisecond

// stop is the person's Stop.
func (s *session) stop() { s.finish(signaling.ByRequester, false) }

// finish ends the session. It is safe for every goroutine and does what matters
// before it returns: no right is left and none comes back, so nothing more is
// captured, sent or injected. Then keys are let go and the connection is closed,
// network or not. told says that the broker knows already.
func (s *session) finish(reason signaling.Reason, told bool) {
	s.once.Do(func() {
		s.gate.Shut()
		s.reason, s.told = reason, told
		if h := s.hands.Load(); h != nil {
			s.go_(h.Release)
		}
		if r := s.current.Load(); r != nil {
			s.go_(func() { s.leave(r, reason) })
		}
		close(s.over)
	})
}

// leave says bye to a verified viewer and closes the connection.
func (s *session) leave(r *road, reason signaling.Reason) {
	defer s.shut(r)
	if !r.verified.Load() {
		return
	}
	s.tellViewer(r, control.Bye{Reason: reason})
	deadline := time.NewTimer(flushWithin)
	defer deadline.Stop()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for r.peer.Unsent(control.ChannelControl) > 0 {
		select {
		case <-poll.C:
		case <-deadline.C:
			return
		}
	}
}

// farewell tells the broker why it is over, and waits a little for it to be
// recorded.
func (s *session) farewell() {
	s.log.Info("session over", "reason", string(s.reason))
	if !s.story.began.IsZero() {
		s.story.ended = time.Now()
	}
	s.cancelQuestion()
	s.page.hide()
	if s.told {
		return
	}
	if _, err := s.journal.Add(time.Now(), record.ClientStopped{Reason: string(s.reason)}); err != nil {
		s.log.Error("end not recorded", "error", err)
		return
	}
	kept := s.journal.Kept()
	s.send(kept[len(kept)-1])
	timeout := time.NewTimer(s.cfg.Times.Farewell)
	defer timeout.Stop()
	for len(s.journal.Kept()) > 0 {
		select {
		case f := <-s.tasks:
			f()
		case <-timeout.C:
			s.log.Warn("broker not told of the end")
			return
		}
	}
}

// release frees everything and waits for all goroutines.
func (s *session) release() {
	if s.link != nil {
		s.closeRoad(s.link.road)
	}
	if s.bar != nil {
		s.bar.Close()
	}
	if s.panicGone != nil {
		s.panicGone()
	}
	s.wg.Wait()
}

// summarise tells the person what was done.
func (s *session) summarise(ctx context.Context) error {
	if ctx.Err() != nil && s.reason == signaling.ByRequester {
		return nil // the desktop or a terminal ended us: nobody reads
	}
	sum := window.Summary{
		Party: s.party(), Technician: s.technician, Start: s.story.began, Stop: s.story.ended,
		Allowed: s.story.allowed, End: endOf(s.reason), Steps: s.story.steps,
	}
	err := s.cfg.UI.Summarise(ctx, sum)
	if errors.Is(err, window.ErrClosed) || ctx.Err() != nil {
		return nil
	}
	return err
}
