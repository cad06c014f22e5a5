package session

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// onAsk has the requester asked, when there is something to ask.
func (s *session) onAsk(r *road, m control.Ask) {
	granted, _ := s.gate.Granted()
	token := r.token.Scopes
	if r.expired {
		token = grant.Set{}
	}
	wanted, may := s.askable(m.Scopes, token, granted)
	if !may {
		s.tellViewer(r, control.AskDeclined{ID: m.ID, Reason: control.NotOffered})
		return
	}
	asked, err := s.questions.Begin(time.Now(), wanted, token, granted, s.gate.Until())
	switch {
	case errors.Is(err, consent.ErrGranted):
		s.tellViewer(r, control.Granted{ID: m.ID, Grant: s.holder.Signed()})
		return
	case errors.Is(err, consent.ErrBusy):
		s.tellViewer(r, control.AskDeclined{ID: m.ID, Reason: control.Busy})
		return
	case err != nil:
		s.tellViewer(r, control.AskDeclined{ID: m.ID, Reason: control.NotOffered})
		return
	}
	// From here on no injected input reaches anything, until the answer.
	s.holds.question.hold(grant.SetOf(grant.Control, grant.Point), s.gate)
	s.releaseHands()
	s.page.hide()
	s.record(record.ConsentAsked{Scopes: asked.String(), Technician: s.technician})
	s.tellViewer(r, control.Asking{ID: m.ID})
	ctx, cancel := context.WithCancel(r.ctx)
	s.question = cancel
	question := window.Question{
		Party: s.party(), Technician: s.technician, Scopes: asked, Granted: granted.Without(asked), StopKey: s.panicName,
		Recording: s.recordings.terms(asked),
	}
	s.apply()
	s.go_(func() {
		defer cancel()
		answer, err := s.cfg.UI.Ask(ctx, question)
		if err != nil || ctx.Err() != nil {
			answer = window.Answer{} // whoever asked is gone: nobody answered anything
		}
		s.post(func() { s.onAnswered(r, m.ID, asked, answer) })
	})
}

// cancelQuestion takes the consent window away: whoever asked is gone.
func (s *session) cancelQuestion() {
	if s.question != nil {
		s.question()
	}
}

// onAnswered puts the requester's answer into force.
func (s *session) onAnswered(r *road, id string, asked grant.Set, answer window.Answer) {
	s.question = nil
	chosen := answer.Scopes.Narrow(asked)
	granted, _ := s.gate.Granted()
	if answer.How != window.Allowed || r.link.road != r || s.isOver() || !s.recordings.suits(granted.Union(chosen)) {
		chosen = grant.Set{}
	}
	s.questions.End(time.Now(), !chosen.Empty())
	s.holds.question.release()
	if s.isOver() {
		return
	}
	switch {
	case !chosen.Empty():
		s.allow(r, id, asked, chosen, answer.For)
	case answer.How != "":
		s.onDeclined(r, id, asked, answer.How)
	}
	s.showWaiting()
	s.apply()
}

func (s *session) onDeclined(r *road, id string, asked grant.Set, how window.How) {
	reason := control.Declined
	if how == window.TimedOut {
		reason = control.Unanswered
	}
	s.record(record.ConsentDeclined{Asked: asked.String(), Reason: string(reason)})
	s.story.add(window.Refused, asked)
	if r.link.road == r {
		s.tellViewer(r, control.AskDeclined{ID: id, Reason: reason})
	}
}

// allow gives the chosen rights to the one viewer that is there. The bar comes
// first: nobody sees without it. What was asked for once more and is not chosen
// goes, or a new term would hold for it too.
func (s *session) allow(r *road, id string, asked, chosen grant.Set, term time.Duration) {
	s.takeBack(asked.Without(chosen), control.ByRequester)
	s.story.begin()
	if !s.openBar() {
		s.finish(signaling.ClientFailure, false)
		return
	}
	signed, g, err := s.holder.Allow(time.Now(), s.technician, chosen, term)
	if err != nil {
		s.log.Warn("not allowed after all", "error", err)
		return
	}
	if chosen.Contains(grant.Control) {
		s.used.Store(false)
	}
	if chosen.Contains(grant.Point) {
		s.pointed.Store(false)
	}
	s.record(record.ConsentGranted{
		Generation: g.Generation, Asked: asked.String(), Scopes: g.Scopes.String(),
		Viewer: hex.EncodeToString(g.Viewer), Grant: signed.Body, Recipients: s.recordings.names(chosen),
	})
	s.story.allow(chosen)
	if chosen.Contains(grant.Control) {
		s.acted.Store(time.Now().UnixNano())
	}
	s.watchTerm()
	s.tellViewer(r, control.Granted{ID: id, Grant: signed})
}
