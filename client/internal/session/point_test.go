package session_test

import (
	"context"
	"image"
	"sync/atomic"
	"testing"

	"beside/client/internal/pointing"
	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

var asPoint = grant.SetOf(grant.View, grant.Point)

// openPen gives a pen that draws on the desk of the test.
func (d *desk) openPen() (pointing.Pen, error) { return &ringPen{d}, nil }

type ringPen struct{ desk *desk }

func (p *ringPen) Draw(at image.Point, _ int) error {
	p.desk.mu.Lock()
	defer p.desk.mu.Unlock()
	p.desk.rings, p.desk.ring = append(p.desk.rings, at), true
	return nil
}

func (p *ringPen) Wipe() error {
	p.desk.mu.Lock()
	defer p.desk.mu.Unlock()
	p.desk.ring = false
	return nil
}

func (p *ringPen) Close() error { return p.Wipe() }

// pointed are the places that were drawn, and whether a ring is there.
func (d *desk) pointed() (rings []image.Point, there bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]image.Point(nil), d.rings...), d.ring
}

// mayPoint has a viewer that may see and point.
func (st *stage) mayPoint() (*evil.Viewer, control.Rights) {
	st.t.Helper()
	v := st.viewer(func(v *evil.Viewer) {
		v.Token = st.broker.AccessToken(st.invite.Public(), both.Union(asPoint), grant.MaxAccessLife)
	})
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: asPoint})
	r := st.rights(v, asPoint)
	heard(st, v, func(s control.Screens) bool { return len(s.Monitors) > 0 })
	return v, r
}

// allowingOnce allows the first question, and looks at all others for ever.
func allowingOnce() *person {
	var asked atomic.Bool
	return newPerson(func(ctx context.Context, q window.Question) window.Answer {
		if asked.Swap(true) {
			<-ctx.Done()
			return window.Answer{}
		}
		return window.Answer{Scopes: q.Scopes, How: window.Allowed}
	})
}

func (st *stage) ring(there bool) {
	st.t.Helper()
	st.eventually("the ring is right", func() bool { _, got := st.desk.pointed(); return got == there })
}

func TestPointingShowsWhereAndClicksNothing(t *testing.T) {
	st := play(t, allowing())
	v, r := st.mayPoint()
	v.Do(control.Here{Gen: r.Generation, N: 1, X: 1 << 15, Y: 1 << 14})
	st.ring(true)
	if rings, _ := st.desk.pointed(); rings[0] != image.Pt(area.Dx()/2, area.Dy()/4) {
		t.Errorf("pointed at %v", rings)
	}
	st.told(record.KindPointingStarted, nil)
	v.Do(control.Unpoint{Gen: r.Generation, N: 2})
	st.ring(false)
	if got := st.desk.injected_(); len(got) != 0 {
		t.Errorf("pointing injected %v", got)
	}
	st.person.theBar().stop()
	st.ended("requester")
	steps := 0
	for _, step := range st.person.told().Steps {
		if step.Kind == window.Pointed {
			steps++
		}
	}
	if steps != 1 {
		t.Errorf("the summary tells %d times of pointing, want once", steps)
	}
}

// The ring goes with the right, with a pause, with a question, with the connection
// and with Stop, and none is drawn meanwhile.
func TestNoRingWithoutTheRight(t *testing.T) {
	for name, take := range map[string]func(*stage, *evil.Viewer){
		"taken back": func(st *stage, v *evil.Viewer) {
			st.person.theBar().acts <- window.TakeBackOf(grant.Point)
			st.taken(v, grant.SetOf(grant.View), control.ByRequester)
		},
		"paused": func(st *stage, v *evil.Viewer) {
			st.person.theBar().acts <- window.Pause
			heard(st, v, func(r control.Rights) bool { return r.Paused })
		},
		"asked": func(st *stage, v *evil.Viewer) {
			v.Say(control.Ask{ID: "2", Scopes: grant.SetOf(grant.Control)})
			heard(st, v, func(r control.Rights) bool { return r.Asking })
		},
		"stopped": func(st *stage, _ *evil.Viewer) {
			st.person.theBar().stop()
			<-st.over
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := play(t, allowingOnce())
			v, r := st.mayPoint()
			v.Do(control.Here{Gen: r.Generation, N: 1, X: 9, Y: 9})
			st.ring(true)
			take(st, v)
			st.ring(false)
			before, _ := st.desk.pointed()
			if name != "stopped" {
				v.Do(control.Here{Gen: r.Generation, N: 2, X: 10, Y: 10})
				v.Do(control.Unpoint{Gen: r.Generation + 1, N: 3})               // as a page does that heard of it
				v.Say(control.Ask{ID: "last", Scopes: grant.SetOf(grant.Sound)}) // answered behind it
				heard(st, v, func(d control.AskDeclined) bool { return d.ID == "last" })
			}
			if after, there := st.desk.pointed(); there || len(after) != len(before) {
				t.Errorf("drawn at %v", after[len(before):])
			}
		})
	}
}

// A machine where nothing can be drawn says so, and nothing else changes.
func TestWhereNothingCanBeDrawnTheTechnicianIsTold(t *testing.T) {
	st := play(t, allowing(), func(c *session.Config) { c.Devices.Pen = nil })
	v, r := st.mayPoint()
	heard(st, v, func(n control.Notice) bool { return n.Code == control.NoPointing })
	v.Do(control.Here{Gen: r.Generation, N: 1})
	v.Say(control.Ask{ID: "2", Scopes: grant.SetOf(grant.Control)})
	st.rights(v, asPoint.Union(grant.SetOf(grant.Control)))
}
