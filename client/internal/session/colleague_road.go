package session

import (
	"bytes"
	"crypto/ed25519"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/client/internal/peer"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
)

// meetColleague connects to whom the broker says is the colleague, if one was
// introduced. That they are is for message 0 to say.
func (s *session) meetColleague() {
	c, there := s.colleague, s.state.Colleague
	if c == nil || there == nil || !s.mayMeet() {
		return
	}
	if c.link != nil && c.link.epoch == there.Peer {
		for _, m := range c.link.out.Unacked() {
			s.send(m)
		}
		if c.link.road == nil {
			s.buildColleague(c)
		}
		return
	}
	if c.link != nil && c.link.road != nil {
		s.closeColleagueRoad(c.link.road)
	}
	if c.name == "" {
		c.name = there.Technician // who is asked for is who was asked for
	}
	c.link = &link{epoch: there.Peer, out: signaling.NewOutbox(s.epoch, there.Peer), in: signaling.NewInbox(s.epoch, there.Peer)}
	s.buildColleague(c)
}

func (s *session) mayMeet() bool {
	switch s.state.Phase {
	case signaling.Asking, signaling.Live, signaling.Paused:
		return s.wire != nil && !s.isOver()
	}
	return false
}

func (s *session) buildColleague(c *colleague) {
	s.pave(c.link, &s.beside, grant.Colleague, guide{
		state:   s.onColleagueState,
		open:    s.greetColleague,
		message: s.routeColleague,
		close:   s.closeColleagueRoad,
	})
}

// ofColleague reports whether a road is the colleague's of now.
func (s *session) ofColleague(r *road) bool {
	return s.colleague != nil && s.colleague.link == r.link && r.link.road == r
}

func (s *session) onColleagueState(r *road, st peer.State) {
	switch st {
	case peer.Connected:
		r.link.wait.reset()
	case peer.Failed, peer.Closed:
		s.loseColleague(r)
	}
}

// loseColleague waits for a colleague whose connection went, and makes another while
// their page is there.
func (s *session) loseColleague(r *road) {
	if !s.ofColleague(r) {
		return
	}
	c, l := s.colleague, r.link
	s.closeColleagueRoad(r)
	if c.known {
		s.awaitColleague(c, backWithin)
	}
	pause := min(max(2*l.wait.bound, firstWait), longestWait)
	l.wait.bound = pause
	s.after(pause, func() {
		if s.colleague == c && c.link == l {
			s.meetColleague()
		}
	})
}

// leaveColleagueRoad stops all that a connection does, but for the last words on it.
func (s *session) leaveColleagueRoad(r *road) {
	if r.link.road == r {
		r.link.road = nil
	}
	s.beside.CompareAndSwap(r, nil)
	for _, t := range append(r.timers, r.expiry...) {
		t.Stop()
	}
	if seat := r.seat.Load(); seat != nil {
		seat.Leave()
	}
}

func (s *session) closeColleagueRoad(r *road) {
	s.leaveColleagueRoad(r)
	if c := s.colleague; c != nil && c.cancel != nil {
		c.cancel()
	}
	s.shut(r)
}

// greetColleague sends our message 0, by the bind key of their link.
func (s *session) greetColleague(r *road) {
	if r.greeted || !s.ofColleague(r) {
		return
	}
	own, viewer, err := r.peer.Fingerprints()
	if err != nil {
		s.refuseColleague("fingerprint")
		return
	}
	r.greeted, r.viewer = true, viewer
	s.tellViewer(r, control.HelloClient{
		Proof: s.binding(own, viewer).ClientProofBy(s.colleague.bind), Key: s.key.Public().(ed25519.PublicKey),
	})
	r.timers = append(r.timers, s.after(s.cfg.Times.Hello, func() {
		if s.ofColleague(r) && !r.verified.Load() {
			s.refuseColleague("timeout")
		}
	}))
}

// onColleagueHello checks their message 0: the key that was introduced signed this very
// connection, from the browser that did so first, and the broker vouches for its holder.
func (s *session) onColleagueHello(r *road, m control.HelloViewer) {
	if s.greetColleague(r); !r.greeted || r.hello {
		s.refuseColleague("order")
		return
	}
	r.hello = true
	c := s.colleague
	own, viewer, err := r.peer.Fingerprints()
	if err == nil {
		err = s.binding(own, viewer).CheckSigned(m.Key, m.Proof)
	}
	if err != nil || !bytes.Equal(m.Key, c.key) || c.known && c.viewer != viewer {
		s.refuseColleague("binding")
		return
	}
	r.holder = grant.Thumbprint(m.Key)
	s.checkToken(r, m.Token, func(t grant.Token, err error) {
		switch {
		case !s.ofColleague(r):
		case err != nil:
			s.refuseColleague("token")
		default:
			s.onColleagueVerified(c, r, t)
		}
	})
}

func (s *session) onColleagueVerified(c *colleague, r *road, t grant.Token) {
	r.verified.Store(true)
	c.viewer, c.known = r.viewer, true
	c.arrive()
	s.onlooker.Take(r.viewer)
	if !s.useColleagueToken(r, t) {
		return
	}
	if c.state == control.ColleagueCalled {
		c.state = control.ColleagueAsking
	}
	s.tellColleague()
	if first := s.verifiedRoad(); first != nil && len(first.screens.Monitors) > 0 {
		s.tellViewer(r, first.screens)
	}
	s.apply()
}

// useColleagueToken waits for the end of a token. Who is vouched for no more is gone.
func (s *session) useColleagueToken(r *road, t grant.Token) (good bool) {
	for _, timer := range r.expiry {
		timer.Stop()
	}
	r.token = t
	if !t.Scopes.ContainsAll(looksOn) {
		s.dismiss(control.ByToken)
		s.apply()
		return false
	}
	r.expiry = []*time.Timer{s.after(t.Expires.Sub(s.api.clock.now()), func() {
		if s.ofColleague(r) && r.token.ID == t.ID {
			s.dismiss(control.ByToken)
			s.apply()
		}
	})}
	return true
}

// routeColleague takes every message of a colleague: what a display needs, and little
// else.
func (s *session) routeColleague(r *road, post func(func()), channel string, data []byte) {
	switch {
	case channel == control.ChannelControl:
		post(func() { s.onColleagueControl(r, data) })
	case !r.verified.Load():
	case channel == control.ChannelDisplay || channel == control.ChannelRepeat:
		s.onColleagueFeedback(r, post, channel, data)
	case !letsGo(messageName(data), data):
		post(func() { s.refuseColleague("message") })
	}
}

// letsGo reports whether a message is input that only undoes, and so needs no right: a
// page lets go of keys and takes its ring away whoever it is.
func letsGo(name string, data []byte) bool {
	if name == "again" {
		a, err := control.DecodeAgain(data)
		if err != nil {
			return false
		}
		name = control.InputType(a.Input)
	}
	needs, known := consent.Needs(name)
	return inputs[name] && known && needs == ""
}

func (s *session) onColleagueFeedback(r *road, post func(func()), channel string, data []byte) {
	verdict := s.onlook.Judge(channel, 0)
	seat := r.seat.Load()
	if verdict == consent.Violation || verdict == consent.Accept && seat != nil && seat.OnMessage(data) != nil {
		post(func() { s.refuseColleague("message") })
	}
}

func (s *session) onColleagueControl(r *road, data []byte) {
	if s.isOver() || !s.ofColleague(r) {
		return
	}
	m, err := control.DecodeFromViewer(data)
	hello, isHello := m.(control.HelloViewer)
	switch {
	case !r.hello && (err != nil || !isHello):
		s.refuseColleague("order")
	case isHello:
		s.onColleagueHello(r, hello)
	case !r.verified.Load():
		// Their token is being checked.
	case letsGo(messageName(data), data):
	case err != nil || s.onlook.Judge(messageName(data), 0) == consent.Violation:
		s.refuseColleague("message")
	default:
		s.handleColleague(r, m)
	}
}

// handleColleague does what a colleague may say. They see what the first technician
// sees, so Show is theirs to send and changes nothing.
func (s *session) handleColleague(r *road, m control.Message) {
	switch m := m.(type) {
	case control.Token:
		s.checkToken(r, m.Token, func(t grant.Token, err error) {
			if err == nil && s.ofColleague(r) {
				s.useColleagueToken(r, t)
			} // else the one that it has runs out by itself
		})
	case control.Abilities:
		r.codecs = codecsOf(m)
		if seat := r.seat.Load(); seat != nil {
			seat.Decodes(r.codecs)
		}
	case control.Attend, control.Show:
	case control.Bye, control.Yield:
		s.dismiss(control.ByTechnician)
		s.apply()
	default:
		s.refuseColleague("message")
	}
}

// showColleague gives the colleague a seat before the picture that the first technician
// is shown, once both may see it.
func (s *session) showColleague() {
	r, first := s.colleague.road(), s.verifiedRoad()
	lease, live := s.onlook.Lease(grant.View)
	if r == nil || first == nil || first.stream == nil || !live || r.seat.Load() != nil || s.isOver() {
		return
	}
	seat, err := first.stream.Join(display.Viewer{
		Lease:  lease,
		Send:   func(msg []byte) error { return r.peer.Send(control.ChannelDisplay, msg) },
		Repeat: func(msg []byte) error { return r.peer.Send(control.ChannelRepeat, msg) },
	})
	if err != nil { // that picture ends just now: the next one will do
		s.log.Info("no place for the colleague yet", "error", err)
		return
	}
	seat.Decodes(r.codecs)
	r.seat.Store(seat)
	s.go_(func() {
		<-seat.Done()
		r.seat.CompareAndSwap(seat, nil)
		s.post(func() {
			if s.ofColleague(r) {
				s.showColleague()
			}
		})
	})
}
