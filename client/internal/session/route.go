package session

import (
	"encoding/json"
	"time"

	"beside/client/internal/consent"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/record"
)

// inputs names the messages that control.DecodeInput reads. It is never written.
var inputs = map[string]bool{
	"key": true, "text": true, "release": true, "move": true, "button": true, "wheel": true,
	"point": true, "here": true, "unpoint": true,
}

// lossy names those of them that come once, on the channel that loses: the next one
// makes up for them. It is never written.
var lossy = map[string]bool{"move": true, "point": true}

// route takes every message of a viewer, on the goroutine of its channel: input
// goes to the hands from here, so that it does not wait for anything else and
// the channel waits for the hands; all else is posted.
func (s *session) route(r *road, post func(func()), channel string, data []byte) {
	if !r.verified.Load() {
		if channel == control.ChannelControl {
			if inputs[messageName(data)] {
				r.acts.skip()
			}
			post(func() { s.onControl(r, data) })
		}
		return
	}
	if channel == control.ChannelDisplay || channel == control.ChannelRepeat {
		s.onFeedback(r, post, channel, data)
		return
	}
	if channel == control.ChannelFiles {
		s.onFrame(r, post, data)
		return
	}
	name := messageName(data)
	switch {
	case name == "again" && channel == control.ChannelPointer:
		s.onAgain(r, post, data)
	case name == "again", channel == control.ChannelPointer && !lossy[name]:
		post(func() { s.violation(name) })
	case inputs[name]:
		s.onInput(r, post, name, data)
	default:
		post(func() { s.onControl(r, data) })
	}
}

// messageName reads the type of a message, as strictly as its decoder will.
func messageName(data []byte) string {
	var members map[string]json.RawMessage
	var name string
	if len(data) > control.MaxMessageBytes || json.Unmarshal(data, &members) != nil ||
		json.Unmarshal(members["type"], &name) != nil {
		return ""
	}
	return name
}

// onFeedback takes a message of a channel of the display stream, whose label is
// its name in the scope table.
func (s *session) onFeedback(r *road, post func(func()), channel string, data []byte) {
	switch s.gate.Judge(channel, 0) {
	case consent.Late:
		return
	case consent.Violation:
		post(func() { s.violation(channel) })
		return
	}
	seat := r.seat.Load()
	if seat == nil {
		return
	}
	if err := seat.OnMessage(data); err != nil {
		post(func() { s.violation(channel) })
	}
}

// onInput takes a message of the hands: moves as they come, all else in its order.
func (s *session) onInput(r *road, post func(func()), name string, data []byte) {
	in, err := control.DecodeInput(data)
	if err != nil {
		post(func() { s.violation(name) })
		return
	}
	if lossy[name] {
		s.act(post, in)
		return
	}
	r.acts.next(in, func(in control.Input) { s.act(post, in) })
}

// onAgain takes an act that may have come before. What was done is dropped before
// it is judged: its right may have gone meanwhile.
func (s *session) onAgain(r *road, post func(func()), data []byte) {
	a, err := control.DecodeAgain(data)
	if err != nil {
		post(func() { s.violation("again") })
		return
	}
	r.acts.again(a.Seq, a.Input, func(in control.Input) { s.act(post, in) })
}

// act does what is allowed.
func (s *session) act(post func(func()), in control.Input) {
	name := control.InputType(in)
	switch s.gate.Judge(name, in.Generation()) {
	case consent.Late:
		return
	case consent.Violation:
		post(func() { s.violation(name) })
		return
	}
	if pointers[name] {
		s.pointAt(post, in)
		return
	}
	h := s.hands.Load()
	if h == nil || s.isOver() {
		return
	}
	if name != "release" {
		s.acted.Store(time.Now().UnixNano())
		if s.used.CompareAndSwap(false, true) {
			post(func() { s.record(record.ControlStarted{}) })
		}
	}
	if tape := s.tape.Load(); tape != nil {
		tape.Input(in)
	}
	h.Handle(in)
}

// onControl takes a message on control that is not input. Until a viewer is
// verified its first message must be hello, and the rest is dropped.
func (s *session) onControl(r *road, data []byte) {
	if s.isOver() {
		return
	}
	name := messageName(data)
	m, err := control.DecodeFromViewer(data)
	hello, isHello := m.(control.HelloViewer)
	nonce, isNonce := m.(control.Nonce)
	switch {
	case !r.hello && (err != nil || !isHello):
		s.verifyFailed("order")
	case isHello:
		s.onHello(r, hello)
	case isNonce:
		s.onNonce(r, nonce)
	case !r.verified.Load():
		// Its token is being checked, or words are compared.
	case err != nil || s.gate.Judge(name, 0) == consent.Violation:
		s.violation(name)
	case s.gate.Judge(name, 0) == consent.Accept:
		s.handle(r, m)
	}
}

func (s *session) handle(r *road, m control.Message) {
	switch m := m.(type) {
	case control.Token:
		s.onToken(r, m)
	case control.Ask:
		s.onAsk(r, m)
	case control.Yield:
		s.takeBack(m.Scopes, control.ByTechnician)
	case control.Show:
		r.wanted = m.Monitor
		if seat := r.seat.Load(); seat != nil {
			seat.Show(r.wanted)
		}
	case control.Abilities:
		r.codecs = codecsOf(m)
		if seat := r.seat.Load(); seat != nil {
			seat.Decodes(r.codecs)
		}
	case control.Attend:
		s.onAttend(r, m)
	case control.Say:
		s.onSay(r, m)
	case control.Put:
		s.onPut(r, m)
	case control.Whole:
		s.onWhole(r, m)
	case control.Get:
		s.onGet(r, m)
	case control.Kept:
		s.onFileKept(m)
	case control.Drop:
		s.onDrop(m)
	case control.Pictured:
		s.onPictured()
	case control.Clip:
		s.onClip(r, m)
	case control.Take:
		s.onTake(r, m)
	case control.Introduce:
		s.onIntroduce(m)
	case control.Dismiss:
		s.onDismiss(m)
	case control.Bye:
		s.onBye(m)
	}
}

// onBye ends the session at the technician's word, whatever reason it names: a
// viewer cannot speak for the requester.
func (s *session) onBye(control.Bye) { s.finish(signaling.ByTechnician, false) }

// violation ends the session: nobody honest sends this.
func (s *session) violation(name string) {
	if s.isOver() {
		return
	}
	s.gate.Shut()
	needs, known := consent.Needs(name)
	if !known {
		name = "unknown"
	}
	s.log.Warn("viewer sent what no grant allows", "message", name)
	s.record(record.ScopeViolation{Message: name, Needs: string(needs)})
	s.finish(signaling.Violation, false)
}
