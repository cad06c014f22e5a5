package session

import (
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
	format "beside/signaling/recording"
)

// rest is one reason for which rights rest.
type rest struct{ end func() }

// hold makes rights rest, with several gates for everybody who is there.
func (h *rest) hold(scopes grant.Set, gates ...*consent.Gate) {
	if h.end != nil {
		return
	}
	var ends []func()
	for _, g := range gates {
		ends = append(ends, g.Hold(scopes))
	}
	h.end = func() {
		for _, end := range ends {
			end()
		}
	}
}

func (h *rest) release() {
	if h.end != nil {
		h.end()
		h.end = nil
	}
}

// holds are the reasons: the requester paused, a question is open, the token ran
// out, the broker is silent, the person uses their own mouse or keyboard.
type holds struct{ pause, question, token, broker, own rest }

// apply puts what holds now into effect and tells everybody: the picture and the
// hands follow the Gate, the viewer hears its rights, the bar says who sees.
func (s *session) apply() {
	s.followRecording()
	if r := s.verifiedRoad(); r != nil && !s.isOver() {
		s.showPicture(r)
		s.giveHands(r)
		s.mayPoint(r)
		s.lendClipboard(r)
		granted, gen := s.gate.Granted()
		if r.expired || s.holds.broker.end != nil {
			granted = granted.Without(vouched)
		}
		s.tellViewer(r, control.Rights{
			Generation: gen, Scopes: granted, Paused: s.holds.pause.end != nil, Asking: s.questions.Open(),
			Own: s.holds.own.end != nil, Left: s.secondsLeft(), Taken: s.taken,
		})
		s.tellFacts(r)
		s.followFiles(r)
	}
	s.followColleague()
	s.showBar()
}

// takeBack revokes rights that are live.
func (s *session) takeBack(scopes grant.Set, by control.Taker) {
	granted, _ := s.gate.Granted()
	gone := granted.Narrow(s.recordings.withRest(granted.Narrow(scopes)))
	if gone.Empty() {
		return
	}
	s.gate.Revoke(gone)
	s.revoked(gone, by)
	s.apply()
}

// revoked records that rights went.
func (s *session) revoked(gone grant.Set, by control.Taker) {
	_, gen := s.gate.Granted()
	s.releaseHands()
	s.taken = by
	s.record(record.RightsRevoked{Generation: gen, Scopes: gone.String(), By: string(by)})
	s.story.add(stepOf(by), gone)
}

// pause makes everything rest until resume.
func (s *session) pause() {
	if s.holds.pause.end != nil {
		return
	}
	s.holds.pause.hold(consent.Offered(), s.gate, s.onlook)
	s.gapRecording(format.Paused)
	s.releaseHands()
	s.record(record.SharingPaused{})
	s.story.add(window.PausedStep, grant.Set{})
	s.apply()
}

func (s *session) resume() {
	if s.holds.pause.end == nil {
		return
	}
	s.holds.pause.release()
	s.record(record.SharingResumed{})
	s.story.add(window.ResumedStep, grant.Set{})
	s.apply()
}

// openBar opens the bar; without it nobody may see.
func (s *session) openBar() bool {
	if s.bar != nil {
		return true
	}
	s.page.hide()
	bar, err := s.cfg.UI.OpenBar(s.barState())
	if err != nil {
		s.log.Error("no bar", "error", err)
		return false
	}
	s.bar = bar
	s.go_(func() { s.watchBar(bar) })
	return true
}

// watchBar brings what the person does on the bar. Stop does not wait for run.
func (s *session) watchBar(bar window.Bar) {
	for {
		select {
		case act := <-bar.Acts():
			s.heed(act)
		case <-bar.Stopped():
			select {
			case act := <-bar.Acts(): // an alarm comes right before its Stop
				s.heed(act)
			default:
			}
			s.stop()
			return
		case <-s.over:
			return
		}
	}
}

// heed takes an act of the bar. An alarm does not wait for run either.
func (s *session) heed(act window.Act) {
	if act == window.Alarm {
		s.alarmed.Store(true)
		s.stop()
		s.post(func() { s.raiseAlarm(false) })
		return
	}
	s.post(func() { s.onAct(act) })
}

// raiseAlarm tells the broker that this feels wrong, also after the end: it keeps
// what happened and tells somebody else than the technician, who hears of an
// ordinary Stop.
func (s *session) raiseAlarm(after bool) {
	if s.raised {
		return
	}
	s.raised = true
	e, err := s.journal.Add(time.Now(), record.AlarmRaised{After: after})
	if err != nil {
		s.log.Error("alarm not recorded", "error", err)
		return
	}
	s.send(e)
}

func (s *session) onAct(act window.Act) {
	if s.isOver() {
		return
	}
	if sc, ok := act.Right(); ok && lesser.Contains(sc) {
		s.takeBack(grant.SetOf(sc), control.ByRequester)
		return
	}
	switch act {
	case window.Pause:
		s.pause()
	case window.Resume:
		s.resume()
	case window.TakeBack:
		s.takeBack(grant.SetOf(grant.Control), control.ByRequester)
	case window.SendAway:
		s.dismiss(control.ByRequester)
		s.apply()
	case window.OpenChat:
		s.openChat(true)
	case window.StopRecording:
		s.takeBack(grant.SetOf(grant.Record), control.ByRequester)
	}
}

// lesser are the rights that the bar lists, besides those with a place of their own on it.
var lesser = consent.Offered().Without(grant.SetOf(grant.View, grant.Control, grant.Record))

func (s *session) barState() window.BarState {
	granted, _ := s.gate.Granted()
	r := s.verifiedRoad()
	there := r != nil && !r.lost
	paused := s.holds.pause.end != nil
	var also grant.Set
	if there && !paused {
		also = granted.Narrow(lesser)
	}
	return window.BarState{
		Technician: s.technician, Since: s.story.began, Until: s.gate.Until(), StopKey: s.panicName, Paused: paused,
		Sees:     there && !paused && granted.Contains(grant.View),
		Controls: there && !paused && !r.expired && s.holds.broker.end == nil && granted.Contains(grant.Control) && s.hands.Load() != nil,
		Rights:   also,
		Own:      s.holds.own.end != nil,
		Recorded: s.recordings.now != nil && !paused && !granted.Empty(), Must: s.recordings.required,
		Colleague: s.colleague.here(),
		Lost:      !there && !granted.Empty(), Unread: s.chat.unread,
	}
}

func (s *session) showBar() {
	if s.bar != nil && !s.isOver() {
		s.bar.Set(s.barState())
	}
}
