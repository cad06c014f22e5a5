package session

import (
	"context"
	"errors"
	"image"
	"sync"
	"sync/atomic"
	"time"

	"beside/client/internal/display"
	"beside/client/internal/files"
	"beside/client/internal/peer"
	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/control"
	format "beside/signaling/display"
	"beside/signaling/grant"
	"beside/signaling/invite"
)

// road is one PeerConnection and all that lives as long. Its viewer is nobody
// until verified.
type road struct {
	link   *link
	role   grant.Role // of who comes on it
	peer   *peer.Peer
	ctx    context.Context
	cancel context.CancelFunc

	// Safe for every goroutine.
	verified atomic.Bool
	acts     acts                         // of the viewer's hands
	pace     *files.Pace                  // of files to the viewer
	seat     atomic.Pointer[display.Seat] // of the viewer, while the picture is shown
	leaving  sync.Once
	closing  sync.Once

	// Owned by run.
	greeted  bool // our message 0 went out
	hello    bool // theirs came in
	viewer   invite.Fingerprint
	holder   string // thumbprint of the viewer's key
	token    grant.Token
	expired  bool // the token is, and nothing came in its place
	lost     bool // nothing is heard
	timers   []*time.Timer
	expiry   []*time.Timer
	stream   *display.Stream // of the picture that is shown; nil while none is
	screens  control.Screens
	area     image.Rectangle // of the monitor that is shown
	wanted   string          // monitor that the viewer chose, "" for the primary
	codecs   []format.Codec  // that the viewer can decode
	complain bool            // about a renewal that was refused
	away     time.Time       // since when nobody has the picture before them; zero: somebody has
}

// guide says what becomes of what a road brings. message is called on the goroutines of
// the connection, the others by run.
type guide struct {
	state   func(*road, peer.State)
	open    func(*road)
	message func(r *road, post func(func()), channel string, data []byte)
	close   func(*road)
}

// build makes a PeerConnection to the viewer that is there and offers it.
func (s *session) build() {
	s.pave(s.link, &s.current, grant.Viewer, guide{state: s.onPeerState, open: s.greet, message: s.route, close: s.closeRoad})
}

// pave makes a PeerConnection on a link and offers it.
func (s *session) pave(l *link, current *atomic.Pointer[road], role grant.Role, g guide) {
	ctx, cancel := context.WithCancel(s.ctx)
	r := &road{link: l, role: role, ctx: ctx, cancel: cancel, pace: files.NewPace()}
	post := func(f func()) {
		select {
		case s.tasks <- func() {
			if l.road == r {
				f()
			}
		}:
		case <-ctx.Done():
		}
	}
	p, err := peer.New(peer.Config{
		Certificate: s.cert, ICE: s.ice, Loopback: invite.IsLoopback(s.cfg.Broker.Hostname()), RelayOnly: s.cfg.RelayOnly,
	}, peer.Events{
		Candidate: func(c signaling.Candidate) { post(func() { s.deliver(l, c) }) },
		State:     func(st peer.State) { post(func() { g.state(r, st) }) },
		Open:      func() { post(func() { g.open(r) }) },
		Message:   func(channel string, data []byte) { g.message(r, post, channel, data) },
	})
	if err != nil {
		cancel()
		s.log.Error("no peer connection", "error", err)
		return
	}
	r.peer = p
	l.road = r
	current.Store(r)
	offer, err := p.Offer(false)
	if err != nil {
		s.log.Error("no offer", "error", err)
		g.close(r)
		return
	}
	s.deliver(l, signaling.Offer{SDP: offer})
}

// closeRoad ends a PeerConnection and what lived on it. Rights stay: they are
// the viewer's, which may come back.
func (s *session) closeRoad(r *road) {
	if r == nil {
		return
	}
	if r.link.road == r {
		r.link.road = nil
	}
	s.current.CompareAndSwap(r, nil)
	if s.words.open(r) {
		s.refuseWords("lost")
	}
	for _, t := range append(r.timers, r.expiry...) {
		t.Stop()
	}
	s.cancelQuestion()
	if h := s.hands.Load(); h != nil && r.verified.Load() {
		h.Release()
	}
	if marks := s.marks.Load(); marks != nil {
		marks.Forget()
	}
	if r.verified.Load() && !r.lost && !s.isOver() {
		s.story.add(window.LostStep, grant.Set{})
	}
	s.shut(r)
	s.showChat()
}

// shut closes the PeerConnection, once, without waiting. It is safe for every
// goroutine.
func (s *session) shut(r *road) {
	r.closing.Do(func() {
		r.verified.Store(false)
		r.cancel()
		s.go_(r.peer.Close)
	})
}

func (s *session) onPeerState(r *road, st peer.State) {
	switch st {
	case peer.Connected:
		r.link.wait.reset()
		if r.lost {
			r.lost = false
			s.story.add(window.ReturnedStep, grant.Set{})
		}
	case peer.Disconnected:
		if !r.lost && r.verified.Load() {
			s.story.add(window.LostStep, grant.Set{})
		}
		r.lost = true
		if h := s.hands.Load(); h != nil {
			h.Release() // what is down would stay down
		}
		if marks := s.marks.Load(); marks != nil {
			marks.Wipe()
		}
		r.timers = append(r.timers, s.after(restartAfter, func() { s.restart(r) }))
	case peer.Failed, peer.Closed:
		s.lose(r)
		return
	}
	s.showChat()
}

// restart looks for a new path under the same connection.
func (s *session) restart(r *road) {
	if r.link.road != r || !r.lost || !s.mayConnect() {
		return
	}
	offer, err := r.peer.Offer(true)
	if err != nil {
		s.log.Info("no new path can be looked for", "error", err)
		return
	}
	s.deliver(r.link, signaling.Offer{SDP: offer})
}

// tellViewer sends a message on control.
func (s *session) tellViewer(r *road, m control.Message) {
	raw, err := control.Encode(m)
	if err == nil {
		err = r.peer.Send(control.ChannelControl, raw)
	}
	if err != nil {
		s.log.Info("viewer not told", "message", control.Type(m), "error", err)
	}
}

// verifiedRoad returns the connection to a viewer that proved itself, or nil.
func (s *session) verifiedRoad() *road {
	if s.link == nil || s.link.road == nil || !s.link.road.verified.Load() {
		return nil
	}
	return s.link.road
}

func isFingerprint(err error) bool { return errors.Is(err, peer.ErrFingerprint) }
