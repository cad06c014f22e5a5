package session

import (
	"time"

	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/grant"
)

// link is the delivery to and from one running instance of the viewer. It
// outlives sockets and PeerConnections.
type link struct {
	epoch string
	out   *signaling.Outbox
	in    *signaling.Inbox
	road  *road // the PeerConnection of now; nil between two
	wait  backoff
}

// onWelcome runs when a socket is open: whatever was not acknowledged is sent
// again.
func (s *session) onWelcome(w *wire, m signaling.Welcome) {
	s.wire, s.ice = w, m.ICE
	s.heard()
	if m.Technician != "" {
		s.technician = m.Technician
	}
	s.journal.Recorded(m.Recorded)
	for _, e := range s.journal.Kept() {
		s.send(e)
	}
	s.onState(m.State)
	s.showWaiting()
	s.showBar()
}

func (s *session) onWireLost(w *wire) {
	if s.wire != w {
		return
	}
	s.wire = nil
	s.showWaiting()
}

func (s *session) onSignaling(w *wire, m signaling.Message) {
	if s.wire != w {
		return // of a socket that is gone
	}
	s.heard()
	switch m := m.(type) {
	case signaling.StateChange:
		s.onState(m.State)
	case signaling.Recorded:
		s.journal.Recorded(m.Seq)
	case signaling.Relay:
		s.onRelay(m)
	case signaling.Answer:
		s.onAnswer(m)
	case signaling.Candidate:
		s.onCandidate(m)
	case signaling.Ack:
		if l := s.linkTo(m.From); l != nil && m.To == s.epoch {
			l.out.Acked(m.Upto)
		}
	case signaling.Beat:
		// Its arrival was all it says.
	default:
		s.log.Warn("message of the broker out of place", "type", signaling.Type(m))
		w.conn.Close()
	}
}

// onRelay takes credentials in place of those that run out.
func (s *session) onRelay(m signaling.Relay) {
	s.ice = m.ICE
	for _, r := range []*road{s.current.Load(), s.beside.Load()} {
		if r == nil {
			continue
		}
		if err := r.peer.UseICE(m.ICE); err != nil {
			s.log.Warn("credentials of the relay not renewed", "error", err)
		}
	}
}

// onState follows the broker's truth: which instance of the viewer is there, and
// whether the technician accepted who joined.
func (s *session) onState(st signaling.State) {
	s.state = st
	if st.Phase == signaling.Ended {
		s.finish(st.Reason, true)
		return
	}
	s.meetColleague()
	if !s.mayConnect() {
		return
	}
	if s.link == nil || s.link.epoch != st.Peer {
		s.replaceLink(st.Peer)
		return
	}
	for _, m := range s.link.out.Unacked() {
		s.send(m)
	}
	if s.link.road == nil {
		s.build()
	}
}

// mayConnect reports whether a viewer is there and the technician accepted us.
func (s *session) mayConnect() bool {
	switch s.state.Phase {
	case signaling.Asking, signaling.Live, signaling.Paused:
		return s.wire != nil && s.state.Peer != "" && !s.isOver()
	}
	return false
}

// replaceLink turns to another instance of the viewer: the one before is gone.
func (s *session) replaceLink(epoch string) {
	if s.link != nil {
		s.closeRoad(s.link.road)
	}
	if s.isOver() {
		return
	}
	s.forgetFiles()
	s.link = &link{epoch: epoch, out: signaling.NewOutbox(s.epoch, epoch), in: signaling.NewInbox(s.epoch, epoch)}
	s.build()
}

// deliver sends a message to the viewer and keeps it until it is acknowledged.
func (s *session) deliver(l *link, m signaling.PeerMessage) {
	if s.linkTo(l.epoch) != l {
		return
	}
	numbered, err := l.out.Add(m)
	if err != nil {
		s.log.Warn("viewer acknowledges nothing", "error", err)
		return
	}
	s.send(numbered)
}

// linkTo is the link to the instance of a viewer that is there: the first technician's
// or the second's; nil when it is neither's.
func (s *session) linkTo(epoch string) *link {
	switch {
	case s.link != nil && s.link.epoch == epoch:
		return s.link
	case s.colleague != nil && s.colleague.link != nil && s.colleague.link.epoch == epoch:
		return s.colleague.link
	}
	return nil
}

// take acknowledges a message of a viewer and returns the road that it is for; nil when
// it is not the next one, or there is none.
func (s *session) take(m signaling.PeerMessage) *road {
	l := s.linkTo(m.Head().From)
	if l == nil {
		return nil
	}
	next := l.in.Take(m)
	s.send(l.in.Ack())
	if !next {
		return nil
	}
	return l.road
}

func (s *session) onAnswer(m signaling.Answer) {
	r := s.take(m)
	if r == nil {
		return
	}
	err := r.peer.Answer(m.SDP)
	if err == nil {
		return
	}
	s.log.Warn("answer refused", "error", err)
	switch {
	case r.role == grant.Colleague:
		s.refuseColleague("fingerprint")
	case isFingerprint(err):
		s.verifyFailed("fingerprint")
	default:
		s.lose(r)
	}
}

func (s *session) onCandidate(m signaling.Candidate) {
	if r := s.take(m); r != nil {
		r.peer.AddCandidate(m)
	}
}

// lose gives a PeerConnection up and builds another when it can.
func (s *session) lose(r *road) {
	if s.link == nil || s.link.road != r {
		return
	}
	l := s.link
	s.closeRoad(r)
	s.showBar()
	pause := min(max(2*l.wait.bound, firstWait), longestWait)
	l.wait.bound = pause
	s.after(pause, func() {
		if s.link == l && l.road == nil && s.mayConnect() && s.state.Peer == l.epoch {
			s.build()
		}
	})
}

// showWaiting shows what is being waited for, before there is a bar.
func (s *session) showWaiting() {
	switch {
	case s.bar != nil || s.question != nil:
	case s.wire != nil:
		s.wait(window.AwaitingTechnician)
	case s.page.stage == window.AwaitingTechnician:
		s.wait(window.Reconnecting)
	}
}

// restartAfter is how long a silent path may stay so before another is looked for.
const restartAfter = 2 * time.Second
