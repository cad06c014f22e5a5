package session

import (
	"bytes"
	"crypto/ed25519"
	"time"

	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
)

const (
	// cameWithin is how long an introduction waits for whom it introduces.
	cameWithin = 10 * time.Minute
	// backWithin is how long one who was there may be away: a page loads anew.
	backWithin = 30 * time.Second
	// maxIntroduced bounds the introductions of a session.
	maxIntroduced = 32
)

// looksOn is all that a second technician is ever asked for.
var looksOn = grant.SetOf(grant.View)

// colleague is the second technician, from their introduction to their end. Their
// rights are in a Gate of their own, session.onlook. Owned by run.
type colleague struct {
	key  ed25519.PublicKey // that proves them, as the first technician's viewer said
	bind [32]byte          // by which we prove ourselves to them

	state  control.ColleagueState
	name   string             // of the account that opened the link, as the broker says
	viewer invite.Fingerprint // the certificate that proved itself first: no other does
	known  bool               // viewer is set
	link   *link              // to the instance of their page that is there, or was last
	away   *time.Timer        // they have not come, or not come back: then it is over
	cancel func()             // takes the question away; nil while none is open
}

// road is the connection to a colleague who proved themselves, or nil.
func (c *colleague) road() *road {
	if c == nil || c.link == nil || c.link.road == nil || !c.link.road.verified.Load() {
		return nil
	}
	return c.link.road
}

// here is the name of a colleague who looks on; empty when none does.
func (c *colleague) here() string {
	if c == nil || c.state != control.ColleagueHere {
		return ""
	}
	return c.name
}

// onIntroduce takes the first technician's word for who may come and look on. It opens
// nothing: whoever comes must hold that key, and then the person is asked.
func (s *session) onIntroduce(m control.Introduce) {
	if s.introduced++; s.introduced > maxIntroduced {
		s.violation("introduce")
		return
	}
	s.dismiss(control.ByTechnician)
	c := &colleague{key: m.Key, bind: [32]byte(m.Bind), state: control.ColleagueCalled}
	s.colleague = c
	s.awaitColleague(c, cameWithin)
	s.tellColleague()
	s.meetColleague()
}

// onDismiss sends the colleague away whom it names.
func (s *session) onDismiss(m control.Dismiss) {
	if s.colleague != nil && bytes.Equal(s.colleague.key, m.Key) {
		s.dismiss(control.ByTechnician)
		s.apply()
	}
}

// awaitColleague ends it with the colleague when they are not there within d.
func (s *session) awaitColleague(c *colleague, d time.Duration) {
	c.arrive()
	c.away = s.after(d, func() {
		if s.colleague == c && !s.isOver() {
			s.dismiss(control.ByTime)
			s.apply()
		}
	})
}

// arrive ends the wait for them.
func (c *colleague) arrive() {
	if c.away != nil {
		c.away.Stop()
		c.away = nil
	}
}

// askColleague asks the person whether the colleague may look on, as soon as nothing
// else is asked.
func (s *session) askColleague() {
	c := s.colleague
	r := c.road()
	if r == nil || c.state != control.ColleagueAsking || c.cancel != nil || s.holds.pause.end != nil {
		return
	}
	if s.questions.Open() {
		return // the next apply tries again
	}
	if _, err := s.questions.Begin(time.Now(), looksOn, r.token.Scopes, grant.Set{}, time.Time{}); err != nil {
		s.turnAway(control.NotOffered)
		return
	}
	s.askAboutColleague(c, r)
}

// onColleagueAnswered puts the person's answer about a colleague into force.
func (s *session) onColleagueAnswered(c *colleague, r *road, answer window.Answer) {
	c.cancel = nil
	sees, _ := s.gate.Granted()
	allowed := answer.How == window.Allowed && answer.Scopes.Contains(grant.View) &&
		s.colleague == c && c.road() == r && sees.Contains(grant.View) && !s.isOver()
	s.questions.End(time.Now(), allowed)
	s.holds.question.release()
	if s.isOver() {
		return
	}
	switch {
	case allowed:
		s.allowColleague(c, r)
	case s.colleague == c && answer.How == window.TimedOut:
		s.turnAway(control.Unanswered)
	case s.colleague == c && answer.How != "":
		s.turnAway(control.Declined)
	}
	s.apply()
}

// turnAway is the person's no: the introduction is spent.
func (s *session) turnAway(reason control.DeclineReason) {
	s.record(record.ColleagueDeclined{Reason: string(reason)})
	s.story.meet(window.ColleagueRefusedStep, s.colleague.name)
	s.part(control.ColleagueDeclined)
}

// dismiss ends it with the colleague, by whomever, in any state. When it returns they
// are shown nothing any more. The caller applies what follows.
func (s *session) dismiss(by control.Taker) {
	c := s.colleague
	if c == nil {
		return
	}
	if by == "" {
		by = control.ByTechnician
	}
	s.revokeColleague()
	s.record(record.ColleagueLeft{By: string(by)})
	if c.state == control.ColleagueHere {
		s.story.meet(window.ColleagueLeftStep, c.name)
	}
	s.part(control.ColleagueGone)
}

// refuseColleague ends it with whoever is not the one introduced, or sent what no
// grant allows. The session goes on: the first technician is not answerable for it.
func (s *session) refuseColleague(reason string) {
	if s.colleague == nil || s.isOver() {
		return
	}
	s.revokeColleague()
	s.log.Warn("colleague refused", "reason", reason)
	s.record(record.ColleagueRefused{Reason: reason})
	s.dismiss(control.ByTechnician)
	s.apply()
}

func (s *session) revokeColleague() {
	granted, _ := s.onlook.Granted()
	s.onlook.Revoke(granted)
}

// part says how it ended with the colleague and forgets them.
func (s *session) part(how control.ColleagueState) {
	c := s.colleague
	c.state = how
	s.tellColleague()
	s.colleague = nil
	s.letColleagueGo(c, signaling.ByTechnician)
}

// followColleague keeps the colleague to what the first technician may: they look on
// with somebody, and never alone.
func (s *session) followColleague() {
	c := s.colleague
	if c == nil || s.isOver() {
		return
	}
	if sees, _ := s.gate.Granted(); !sees.Contains(grant.View) {
		s.dismiss(s.taken)
		return
	}
	s.askColleague()
	s.showColleague()
	s.tellColleagueRights()
}

// releaseColleague takes their connection away at the end.
func (s *session) releaseColleague() {
	if s.colleague != nil {
		s.letColleagueGo(s.colleague, s.reason)
	}
}

// letColleagueGo ends all that waits for them, and their connection with a last word.
func (s *session) letColleagueGo(c *colleague, why signaling.Reason) {
	c.arrive()
	if c.cancel != nil {
		c.cancel()
	}
	if c.link != nil && c.link.road != nil {
		r := c.link.road
		s.leaveColleagueRoad(r)
		s.go_(func() { s.leave(r, why) })
	}
}

// tellColleague tells both technicians how it stands with the second one.
func (s *session) tellColleague() {
	c := s.colleague
	if c == nil {
		return
	}
	m := control.Colleague{Technician: c.name, State: c.state}
	if r := s.verifiedRoad(); r != nil {
		s.tellViewer(r, m)
	}
	if r := c.road(); r != nil {
		s.tellViewer(r, m)
	}
}

func (s *session) tellColleagueRights() {
	r := s.colleague.road()
	if r == nil {
		return
	}
	granted, gen := s.onlook.Granted()
	s.tellViewer(r, control.Rights{
		Generation: gen, Scopes: granted, Paused: s.holds.pause.end != nil, Asking: s.colleague.cancel != nil, Left: s.secondsLeft(),
	})
}
