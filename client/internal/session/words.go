package session

import (
	"context"
	"slices"

	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
	"beside/signaling/words"
)

// comparison is where the two people stand who compare words, on the road of a
// spoken code (package words). Owned by run.
//
// There is one try in a session: from the moment our part is told, whoever stands
// between knows whether the words would match, so a connection that goes before the
// person picked ends the session instead of beginning a second one.
type comparison struct {
	road  *road // that compares; nil before
	nonce words.Nonce
	spent bool               // our part was told
	known invite.Fingerprint // of the viewer whose words were picked; no certificate hashes to zero
}

// open reports whether the person is choosing.
func (c *comparison) open(r *road) bool { return c.road == r && c.spent }

// compare begins with a viewer whose message 0 and token are good.
func (s *session) compare(r *road, t grant.Token) {
	if s.words.spent {
		s.verifyFailed("words")
		return
	}
	r.token = t
	s.words.road, s.words.nonce = r, words.NewNonce()
	commit := s.words.nonce.Commit(s.binding(s.own(r), r.viewer))
	s.tellViewer(r, control.Commit{Commit: commit[:]})
}

// own is our fingerprint in a connection that was greeted.
func (s *session) own(r *road) invite.Fingerprint {
	own, _, _ := r.peer.Fingerprints() // checked by greet and hello
	return own
}

// onNonce takes the viewer's part, tells ours and asks the person. Nobody honest
// sends one that was not asked for by our Commit.
func (s *session) onNonce(r *road, m control.Nonce) {
	if s.words.road != r || s.words.spent {
		s.violation("nonce")
		return
	}
	s.words.spent = true
	s.tellViewer(r, control.Reveal{Nonce: s.words.nonce[:]})
	right, err := words.Of(s.binding(s.own(r), r.viewer), s.words.nonce, words.Nonce(m.Nonce))
	var choices [3]words.Words
	if err == nil {
		choices, err = words.Choices(right)
	}
	if err != nil {
		s.log.Error("no words", "error", err)
		s.finish(signaling.ClientFailure, false)
		return
	}
	s.page.hide()
	ctx, cancel := context.WithTimeout(r.ctx, s.cfg.Times.Words)
	s.question = cancel
	question := window.WordsQuestion{Party: s.party(), Technician: s.technician}
	for i, w := range choices {
		question.Choices[i] = w.String()
	}
	s.log.Debug("words to choose from", "choices", question.Choices) // what the person reads, and not which is right
	s.go_(func() {
		defer cancel()
		pick, err := s.cfg.UI.AskWords(ctx, question)
		if err != nil {
			pick = window.Pick{}
		}
		late := ctx.Err() != nil
		s.post(func() { s.onPicked(r, pick, slices.Index(choices[:], right), late) })
	})
}

// onPicked believes the viewer whose words the person picked, or ends the session.
func (s *session) onPicked(r *road, pick window.Pick, right int, late bool) {
	if s.isOver() || !s.words.open(r) {
		return
	}
	s.question = nil
	how := "timeout"
	switch {
	case pick.How == window.PickedWords && pick.Choice == right:
		s.words.road, s.words.known = nil, r.viewer
		s.record(record.WordsCompared{})
		s.tellViewer(r, control.Compared{Matched: true})
		s.onVerified(r, r.token)
		s.showWaiting()
		return
	case pick.How == window.PickedWords:
		how = "other"
	case pick.How == window.PickedNone:
		how = "none"
	case pick.How == window.PickedNothing && !late:
		how = "closed"
	}
	s.refuseWords(how)
}

// refuseWords ends the session: the words did not match, or nobody will know
// whether they do. Words that differ are an attack, so somebody else is told.
func (s *session) refuseWords(how string) {
	if s.isOver() {
		return
	}
	s.gate.Shut()
	if how == "other" || how == "none" {
		s.alarmed.Store(true)
	}
	s.record(record.WordsRefused{How: how})
	s.finish(signaling.WordsDiffer, false)
}
