package session

import (
	"context"
	"encoding/hex"
	"time"

	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// askAboutColleague opens the question. Meanwhile control rests, as for any other.
func (s *session) askAboutColleague(c *colleague, r *road) {
	s.holds.question.hold(grant.SetOf(grant.Control, grant.Point), s.gate)
	s.releaseHands()
	s.record(record.ColleagueAsked{
		Technician: c.name, Viewer: hex.EncodeToString(r.viewer[:]), Path: r.peer.Path(), Key: r.holder,
	})
	ctx, cancel := context.WithCancel(r.ctx)
	c.cancel = cancel
	question := window.Question{
		Party: s.party(), Technician: c.name, CalledBy: s.technician, Scopes: looksOn, StopKey: s.panicName,
	}
	s.apply()
	s.go_(func() {
		defer cancel()
		answer, err := s.cfg.UI.Ask(ctx, question)
		if err != nil || ctx.Err() != nil {
			answer = window.Answer{} // whoever it is about is gone: nobody answered anything
		}
		s.post(func() { s.onColleagueAnswered(c, r, answer) })
	})
}

// allowColleague lets the colleague look on for as long as the first technician may at
// most.
func (s *session) allowColleague(c *colleague, r *road) {
	left := time.Until(s.gate.Until())
	if left <= 0 {
		return // it lapses now, and they with it
	}
	signed, g, err := s.onlooker.Allow(time.Now(), c.name, looksOn, left)
	if err != nil {
		s.log.Warn("colleague not allowed after all", "error", err)
		return
	}
	c.state = control.ColleagueHere
	s.record(record.ColleagueAllowed{
		Generation: g.Generation, Scopes: g.Scopes.String(), Viewer: hex.EncodeToString(g.Viewer), Grant: signed.Body,
	})
	s.story.meet(window.ColleagueCameStep, c.name)
	s.showBar() // before the first picture: nobody looks on unseen
	s.tellColleague()
	s.tellViewer(r, control.Granted{ID: "colleague", Grant: signed})
}
