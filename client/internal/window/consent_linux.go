package window

import (
	"context"
	"errors"
	"slices"
	"time"

	"gioui.org/layout"

	"beside/signaling/grant"
	"beside/signaling/texts"
)

// consent is the window of a Question. All fields belong to its loop after
// newConsent; the answer leaves through the channel.
type consent struct {
	dialog
	scopes         []grant.Scope // in the order of choices
	must           bool          // recording comes with whatever is allowed
	sees           bool          // the screen is shown already
	choices        []*choice
	terms          *terms
	presses        *presses
	allow, decline *button
	after          time.Duration // deaf for so long after being shown
	deadline       time.Time
	since          time.Time     // when it was shown or raised; zero before
	raised         chan struct{} // holds a token when it was raised; the loop takes it
	listening      bool          // the buttons were drawn as active, so that what comes now was meant
	answered       bool
	answer         chan Answer // holds the one answer
}

// Ask implements UI.
func (u *ui) Ask(ctx context.Context, q Question) (Answer, error) {
	if q.Scopes.Empty() {
		return Answer{}, errors.New("ask for consent: no scope is asked")
	}
	if err := u.enter(); err != nil {
		return Answer{}, err
	}
	defer u.calls.Done()
	if err := u.questions.take(ctx, u.ending); err != nil {
		return Answer{}, err
	}
	defer u.questions.leave()
	u.dropPanel()

	within, cancel := context.WithTimeout(ctx, u.cfg.AnswerWithin)
	defer cancel()
	deadline, _ := within.Deadline()
	c := newConsent(q, u.cfg.AllowAfter, deadline)
	c.presses = watchPresses()
	defer c.presses.close()
	f, err := u.show(within, roleConsent, texts.T("window.title.consent"), &c.dialog, c)
	switch {
	case err == nil:
		defer f.close()
		u.onStartle(func() {
			c.startle()
			f.change()
		})
		defer u.onStartle(nil)
	case within.Err() != nil:
		return overdue(ctx)
	default:
		return Answer{}, err
	}
	select {
	case a := <-c.answer:
		if within.Err() != nil { // both at once: no wins
			return overdue(ctx)
		}
		return a, nil
	case <-within.Done():
		return overdue(ctx)
	case <-u.ending:
		return Answer{}, ErrClosed
	case <-f.gone: // closed; Closed is the answer unless another came first
		select {
		case a := <-c.answer:
			return a, nil
		default:
			return Answer{How: Closed}, nil
		}
	}
}

// overdue is the answer when the time to answer, or the caller's context, ended.
func overdue(ctx context.Context) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, err
	}
	return Answer{How: TimedOut}, nil
}

func newConsent(q Question, after time.Duration, deadline time.Time) *consent {
	c := &consent{
		after: after, deadline: deadline, scopes: q.Scopes.Scopes(), answer: make(chan Answer, 1),
		must: q.Scopes.Contains(grant.Record) && q.Recording.Required, sees: q.Granted.Contains(grant.View),
		raised:  make(chan struct{}, 1),
		terms:   newTerms(),
		allow:   &button{text: texts.T("window.allow"), style: accentButton, deaf: true},
		decline: &button{text: texts.T("window.decline"), deaf: true},
	}
	if c.must {
		c.scopes = q.Scopes.Without(grant.SetOf(grant.Record)).Scopes()
	}
	for _, sc := range c.scopes {
		title, hint := scopeWords(sc)
		if q.CalledBy != "" {
			hint = texts.T("colleague.consent.hint", "caller", name(q.CalledBy))
		}
		ticked := sc == grant.View || len(c.scopes) == 1 && sc != grant.Record
		if sc == grant.Record {
			hint += " " + q.Recording.words()
		}
		c.choices = append(c.choices, &choice{title: title, hint: hint, deaf: true, ticked: ticked})
	}
	l := newLook()
	l.cover(name(q.Technician), q.asks(), q.Recording.words())
	c.dialog = dialog{look: l, buttons: []*button{c.decline, c.allow}, first: &c.decline.presser, enter: c.decline, escape: c.decline}
	c.body = c.words(q)
	return c
}

// words builds the body.
func (c *consent) words(q Question) layout.Widget {
	who := func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
			layout.Rigid(c.badge(initials(q.Technician), 52)),
			layout.Rigid(layout.Spacer{Width: 16}.Layout),
			layout.Flexed(1, column(2, c.heading(name(q.Technician)), c.plain(q.asks()))))
	}
	rows := []layout.Widget{c.strong(texts.T("window.consent.choose"))}
	if c.must {
		rows = append([]layout.Widget{c.recorded(q)}, rows...)
	}
	for _, ch := range c.choices {
		rows = append(rows, func(gtx layout.Context) layout.Dimensions { return ch.layout(gtx, c.look) })
	}
	if !q.Granted.Empty() {
		rows = append(rows, c.quietly(texts.T("window.consent.already", "scopes", scopeList(q.Granted))))
	}
	if q.CalledBy == "" {
		rows = append(rows, c.terms.layout(c.look))
	}
	scam := c.box(c.ground, corner, layout.UniformInset(14),
		column(3, c.strong(texts.T("window.consent.scam")), c.plain(texts.T("window.consent.scam.hint"))))
	notes := []layout.Widget{c.countdown}
	if q.StopKey != "" {
		notes = append([]layout.Widget{c.quietly(texts.T("window.consent.stop", "key", name(q.StopKey)))}, notes...)
	}
	return column(20, who, scam, column(8, rows...), column(2, notes...))
}

// recorded says that there is no session without a recording.
func (c *consent) recorded(q Question) layout.Widget {
	return c.box(c.ground, corner, layout.UniformInset(14), column(3,
		c.label(label{text: texts.T("window.consent.recorded"), size: 15, weight: bold, colour: c.stop}),
		c.plain(texts.T("window.consent.recorded.hint", "party", q.party())+" "+q.Recording.words()),
		c.plain(texts.T("window.consent.recorded.no"))))
}

// suits reports whether what is ticked can be allowed: not a recording of nothing,
// and nothing at all only if that is what Decline says.
func (c *consent) suits(ticked []grant.Scope) bool {
	if len(ticked) == 0 {
		return c.must && len(c.scopes) == 0
	}
	records := c.must || slices.Contains(ticked, grant.Record)
	return !records || c.sees || slices.Contains(ticked, grant.View)
}

func (c *consent) countdown(gtx layout.Context) layout.Dimensions {
	left, _ := countdown(time.Until(c.deadline))
	return c.quietly(texts.T("window.consent.countdown", "time", left))(gtx)
}

func (c *consent) layout(gtx layout.Context) time.Time {
	now := time.Now()
	select {
	case <-c.raised:
		c.since, c.listening = now, false
	default:
	}
	ticked := c.take(gtx)
	listensAt := c.since.Add(c.after)
	// Events of this frame came before it: only those after it were meant for
	// buttons that looked active.
	c.listening = !c.answered && !c.since.IsZero() && !now.Before(listensAt)
	c.hush(!c.listening)
	c.allow.off = !c.suits(ticked)
	c.dialog.layout(gtx)
	switch _, changes := countdown(c.deadline.Sub(now)); {
	case c.since.IsZero() || c.answered || !now.Before(c.deadline):
		return time.Time{}
	case !c.listening:
		return listensAt
	default:
		return now.Add(max(changes, time.Second))
	}
}

// take handles the events since the last frame and returns what is ticked.
func (c *consent) take(gtx layout.Context) (ticked []grant.Scope) {
	c.hush(!c.listening)
	for i, ch := range c.choices {
		ch.update(gtx)
		if ch.ticked {
			ticked = append(ticked, c.scopes[i])
		}
	}
	c.terms.update(gtx)
	c.allow.off = !c.suits(ticked)
	switch c.pressed(gtx) {
	case c.allow:
		if !c.presses.genuine(c.since) {
			c.since, c.listening = time.Now(), false // deaf anew: a person presses again
			return ticked
		}
		if c.must {
			ticked = append(ticked, grant.Record)
		}
		c.reply(Answer{Scopes: grant.SetOf(ticked...), How: Allowed, For: c.terms.chosen()})
	case c.decline:
		c.reply(Answer{How: Declined})
	}
	return ticked
}

// hush makes all controls deaf, or listen.
func (c *consent) hush(deaf bool) {
	c.deafen(deaf)
	for _, ch := range c.choices {
		ch.deaf = deaf
	}
	c.terms.deafen(deaf)
}

func (c *consent) reply(a Answer) {
	if c.answered {
		return
	}
	c.answered = true
	c.answer <- a
}

// startle makes the window deaf anew, from its next frame on: the frame that
// brings any click on it that was not there before. Any goroutine may call it.
func (c *consent) startle() {
	select {
	case c.raised <- struct{}{}:
	default: // a token waits already
	}
}

func (c *consent) shown(now time.Time) { c.since = now }

func (c *consent) closing() (stay bool) {
	c.reply(Answer{How: Closed})
	return false
}

func (c *consent) ended() {}
