package session

import (
	"context"
	"errors"
	"slices"
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
		s.onlook.Shut()
		s.reason, s.told = reason, told
		if h := s.hands.Load(); h != nil {
			s.go_(h.Release)
		}
		for _, r := range []*road{s.current.Load(), s.beside.Load()} {
			if r != nil {
				s.go_(func() { s.leave(r, reason) })
			}
		}
		close(s.over)
	})
}

// leave says bye to a verified viewer and closes the connection, once.
func (s *session) leave(r *road, reason signaling.Reason) {
	r.leaving.Do(func() {
		s.bye(r, reason)
		s.shut(r)
	})
}

func (s *session) bye(r *road, reason signaling.Reason) {
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

// note closes the story and says in the journal why it is over, unless the broker
// said so, and that nothing follows.
func (s *session) note() {
	s.log.Info("session over", "reason", string(s.reason))
	if !s.story.began.IsZero() {
		s.story.ended = time.Now()
	}
	if s.alarmed.Load() {
		s.raiseAlarm(false)
	}
	s.endRecording(recordingOver)
	s.endFiles()
	last := []record.Data{record.ClientStopped{Reason: string(s.reason)}, record.ClientSealed{}}
	if s.told {
		last = last[1:]
	}
	for _, fact := range last {
		e, err := s.journal.Add(time.Now(), fact)
		if err != nil {
			s.log.Error("end not recorded", "error", err)
			return
		}
		s.send(e)
	}
}

// release takes everything away but the socket to the broker.
func (s *session) release() {
	s.cancelQuestion()
	if s.term != nil {
		s.term.Stop()
	}
	s.page.hide()
	if s.link != nil && s.link.road != nil {
		r := s.link.road
		for _, t := range append(r.timers, r.expiry...) {
			t.Stop()
		}
		s.go_(func() { s.leave(r, s.reason) }) // finish did not see what was just being built
	}
	s.releaseColleague()
	if s.bar != nil {
		s.bar.Close()
	}
	if s.chat.window != nil {
		s.chat.window.Close()
	}
	if s.files.window != nil {
		s.files.window.Close()
	}
	if s.panicGone != nil {
		s.panicGone()
	}
	if s.ownGone != nil {
		s.ownGone()
	}
	if marks := s.marks.Load(); marks != nil {
		marks.Close()
	}
	if s.clips.board != nil {
		s.clips.board.Close()
	}
	s.vigil.stop()
}

// farewell tells the person what was done and meanwhile the broker what it does
// not know. With no network the broker is told when that comes back, while the
// summary stands and a little longer.
func (s *session) farewell(ctx context.Context) error {
	sum := s.summary()
	read := make(chan error, 1)
	s.go_(func() { read <- s.summarise(ctx, sum) })
	var err error
	var late <-chan time.Time
	for reading := true; reading || s.owes(); {
		select {
		case f := <-s.tasks:
			f()
		case err = <-read:
			reading = false
			patience := s.cfg.Times.Farewell
			if s.recordings.uploads() {
				patience = s.cfg.Times.Upload
			}
			timeout := time.NewTimer(patience)
			defer timeout.Stop()
			late = timeout.C
		case <-late:
			s.log.Warn("broker not told of the end")
			return err
		}
	}
	return err
}

// owes reports whether the broker does not know everything and would hear it.
func (s *session) owes() bool {
	return !s.refused && (s.alarmed.Load() && !s.raised || len(s.journal.Kept()) > 0 || s.recordings.uploads())
}

func (s *session) summary() window.Summary {
	return window.Summary{
		Party: s.party(), Technician: s.technician, Start: s.story.began, Stop: s.story.ended,
		Allowed: s.story.allowed, End: endOf(s.reason), Steps: slices.Clone(s.story.steps),
		Alarmed: s.alarmed.Load(), Receipt: s.receipt, Browse: s.cfg.Devices.Browse,
		Report: func() {
			s.alarmed.Store(true)
			s.post(func() { s.raiseAlarm(true) })
		},
	}
}

// summarise tells the person what was done.
func (s *session) summarise(ctx context.Context, sum window.Summary) error {
	if ctx.Err() != nil && s.reason == signaling.ByRequester {
		return nil // the desktop or a terminal ended us: nobody reads
	}
	err := s.cfg.UI.Summarise(ctx, sum)
	if errors.Is(err, window.ErrClosed) || ctx.Err() != nil {
		return nil
	}
	return err
}
