package session

import (
	"errors"
	"log/slog"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/client/internal/input"
	"beside/client/internal/screen"
	"beside/signaling"
	"beside/signaling/control"
	format "beside/signaling/display"
	"beside/signaling/grant"
	"beside/signaling/record"
	recorded "beside/signaling/recording"
)

// againAfter is how long a screen that failed is left alone.
const againAfter = time.Second

// showPicture shows the screen on r when the right to view is live and nothing
// is shown there yet.
func (s *session) showPicture(r *road) {
	lease, live := s.gate.Lease(grant.View)
	if !live || r.seat.Load() != nil {
		return
	}
	source, err := s.cfg.Devices.Screen()
	if err != nil {
		s.onNoScreen(r, err)
		return
	}
	st := &display.Stream{
		Source: source,
		Layout: func(all []screen.Monitor, shown screen.Monitor) { s.post(func() { s.onLayout(r, all, shown) }) },
	}
	seat, err := st.Join(display.Viewer{
		Lease:  lease,
		Send:   func(msg []byte) error { return r.peer.Send(control.ChannelDisplay, msg) },
		Repeat: func(msg []byte) error { return r.peer.Send(control.ChannelRepeat, msg) },
	})
	if err != nil { // not of the first viewer
		s.log.Error("no place before the screen", "error", err)
		_ = source.Close()
		return
	}
	seat.Show(r.wanted)
	seat.Decodes(r.codecs)
	s.recordSeat(seat)
	r.seat.Store(seat)
	r.stream = st
	if s.log.Enabled(r.ctx, slog.LevelDebug) {
		s.go_(func() { s.logStages(seat) })
	}
	s.go_(func() {
		err := st.Run(r.ctx)
		_ = source.Close() // nothing of it is needed any more
		r.seat.Store(nil)
		s.post(func() { s.onPictureEnd(r, err) })
	})
	if s.colleague != nil {
		s.showColleague()
	}
}

// codecsOf translates what a viewer can decode into the words of its stream.
func codecsOf(m control.Abilities) (codecs []format.Codec) {
	names := map[control.VideoCodec]format.Codec{
		control.AV1: format.AV1, control.AV1444: format.AV1444, control.VP9: format.VP9, control.VP9444: format.VP9444,
	}
	for _, name := range m.Video {
		codecs = append(codecs, names[name])
	}
	return codecs
}

// onNoScreen says what is in the way. A machine that cannot be shown at all ends
// the session; what failed in another way may be asked again.
func (s *session) onNoScreen(r *road, err error) {
	s.log.Error("no screen to show", "error", err)
	why, code := screen.AsNotShowable(err), control.NoScreen
	if why != nil {
		code = noticeOf(why)
	}
	s.record(record.ClientUnable{Code: string(code)})
	s.tellViewer(r, control.Notice{Code: code})
	if why != nil {
		s.finish(signaling.ClientUnable, false)
	}
}

// logStages tells once a second what showing the picture took, while it changes:
// for who measures. It runs until that is over.
func (s *session) logStages(seat *display.Seat) {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for before := seat.Stats(); ; {
		select {
		case <-ticks.C:
		case <-seat.Done():
			return
		}
		now := seat.Stats()
		if t := now.Stages.Sub(before.Stages); now.Updates != before.Updates {
			s.log.Debug("display", "updates", now.Updates-before.Updates, "bytes", now.Bytes-before.Bytes,
				"grabs", t.Grabs, "wait", t.Wait, "grab", t.Grab, "detect", t.Detect, "compress", t.Compress,
				"send", t.Send, "answers", t.Answers, "receive", t.Receive, "paint", t.Paint, "acknowledge", t.Acknowledge)
		}
		before = now
	}
}

// onPictureEnd shows the screen again: at once under a new right, a little later
// when it had failed.
func (s *session) onPictureEnd(r *road, err error) {
	s.gapRecording(recorded.Unseen)
	if r.link.road != r || s.isOver() {
		return
	}
	if errors.Is(err, consent.ErrRevoked) {
		s.showPicture(r)
		return
	}
	s.log.Warn("picture ended", "error", err)
	r.timers = append(r.timers, s.after(againAfter, func() {
		if r.link.road == r && !s.isOver() {
			s.showPicture(r)
		}
	}))
}

// onLayout tells the viewer which monitors there are, and the hands where theirs
// lies.
func (s *session) onLayout(r *road, all []screen.Monitor, shown screen.Monitor) {
	if r.link.road != r || s.isOver() {
		return
	}
	if len(r.screens.Monitors) == 0 {
		s.record(record.CaptureStarted{Width: shown.Area.Dx(), Height: shown.Area.Dy()})
	}
	r.screens, r.area = control.Screens{Shown: shown.Name}, shown.Area
	for _, m := range all {
		r.screens.Monitors = append(r.screens.Monitors, control.Monitor{
			ID: m.Name, Name: m.Name, X: m.Area.Min.X, Y: m.Area.Min.Y,
			Width: m.Area.Dx(), Height: m.Area.Dy(), Primary: m.Primary,
		})
	}
	s.tellViewer(r, r.screens)
	if other := s.colleague.road(); other != nil {
		s.tellViewer(other, r.screens)
	}
	if tape := s.recordings.now; tape != nil {
		tape.Shown(shown.Name)
	}
	if h := s.hands.Load(); h != nil {
		h.Show(r.area)
	}
	if marks := s.marks.Load(); marks != nil {
		marks.Show(r.area)
	}
}

// giveHands lends the right to control to the hands, which open with the first.
func (s *session) giveHands(r *road) {
	lease, live := s.gate.Lease(grant.Control)
	if !live || s.noInput {
		return
	}
	h := s.hands.Load()
	if h == nil {
		if h = s.openHands(r); h == nil {
			return
		}
	}
	if s.leased != lease.Generation() {
		s.leased = lease.Generation()
		h.Use(lease, lease.Generation())
		s.locks = nil
	}
	if s.locks != nil {
		s.tellViewer(r, *s.locks)
	}
	h.Show(r.area)
}

func (s *session) openHands(r *road) *input.Hands {
	injector, err := s.cfg.Devices.Hands()
	if err != nil {
		s.noInput = true
		s.log.Warn("no input can be injected", "error", err)
		s.record(record.ClientUnable{Code: string(control.NoInput)})
		s.tellViewer(r, control.Notice{Code: control.NoInput})
		return nil
	}
	h := input.NewHands(injector, s.log)
	s.go_(func() {
		h.Run(s.ctx)
		if err := injector.Close(); err != nil {
			s.log.Warn("input not put back", "error", err)
		}
	})
	s.hands.Store(h)
	s.go_(func() { s.watchLocks(h) })
	s.watchOwnHands()
	return h
}

// watchLocks tells the technician which lock keys are on, while control is lent.
func (s *session) watchLocks(h *input.Hands) {
	for {
		select {
		case locks := <-h.Locks():
			select {
			case s.tasks <- func() { s.onLocks(locks) }:
			case <-s.over:
				return
			}
		case <-s.over:
			return
		}
	}
}

func (s *session) onLocks(locks control.Locks) {
	if _, live := s.gate.Lease(grant.Control); !live || s.isOver() {
		return
	}
	s.locks = &locks
	if r := s.verifiedRoad(); r != nil {
		s.tellViewer(r, locks)
	}
}

// watchOwnHands lets the person's own mouse and keyboard win: what comes from the
// technician rests while they are used, from the same moment on.
func (s *session) watchOwnHands() {
	if s.cfg.Devices.OwnHands == nil {
		return
	}
	gone, err := s.cfg.Devices.OwnHands(func(using bool) {
		select {
		case s.tasks <- func() { s.onOwnHands(using) }:
		case <-s.over: // release waits for this call
		}
	})
	if err != nil {
		s.log.Info("own hands not told", "error", err)
		return
	}
	s.ownGone = gone
}

func (s *session) onOwnHands(using bool) {
	if s.isOver() {
		return
	}
	if using {
		s.holds.own.hold(grant.SetOf(grant.Control), s.gate)
		s.releaseHands()
	} else {
		s.holds.own.release()
	}
	s.apply()
}

// releaseHands lets go of every key and button. When it returns nothing is down.
func (s *session) releaseHands() {
	if h := s.hands.Load(); h != nil {
		h.Release()
	}
}

func (s *session) grabPanicKey() {
	if s.cfg.Devices.PanicKey == nil {
		return
	}
	name, release, err := s.cfg.Devices.PanicKey(s.stop)
	if err != nil {
		s.log.Warn("no key for Stop", "error", err)
		return
	}
	s.panicName, s.panicGone = name, release
}
