package session_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"beside/client/internal/screen"
	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/record"
)

func TestEnds(t *testing.T) {
	tests := []struct {
		name   string
		end    func(*stage, *evil.Viewer)
		reason string
		want   window.End
		quiet  bool // the broker knows already
	}{
		{"stop", func(st *stage, _ *evil.Viewer) { st.person.theBar().stop() }, "requester", window.EndedByYou, false},
		{"panic key", func(st *stage, _ *evil.Viewer) { st.desk.panic() }, "requester", window.EndedByYou, false},
		{"bye", func(_ *stage, v *evil.Viewer) { v.Say(control.Bye{Reason: signaling.ByTechnician}) }, "technician", window.EndedByTechnician, false},
		{"bye in the requester's name", func(_ *stage, v *evil.Viewer) { v.Say(control.Bye{Reason: signaling.ByRequester}) }, "technician", window.EndedByTechnician, false},
		{"finish", func(st *stage, _ *evil.Viewer) { st.broker.End(signaling.ByTechnician) }, "", window.EndedByTechnician, true},
		{"second hello", func(_ *stage, v *evil.Viewer) { v.Hi() }, "violation", window.EndedBySafety, false},
		{"not a message", func(_ *stage, v *evil.Viewer) { v.Raw(control.ChannelControl, []byte(`{"type":"format"}`)) }, "violation", window.EndedBySafety, false},
		{"key on the pointer channel", func(_ *stage, v *evil.Viewer) {
			v.Raw(control.ChannelPointer, []byte(`{"type":"key","gen":1,"code":"KeyA","down":true}`))
		}, "violation", window.EndedBySafety, false},
		{"an act once more on the control channel", func(_ *stage, v *evil.Viewer) {
			v.Raw(control.ChannelControl, []byte(`{"type":"again","seq":1,"input":{"type":"release","gen":1}}`))
		}, "violation", window.EndedBySafety, false},
		{"a move once more", func(_ *stage, v *evil.Viewer) {
			v.Raw(control.ChannelPointer, []byte(`{"type":"again","seq":1,"input":{"type":"move","gen":1,"n":1,"x":1,"y":1}}`))
		}, "violation", window.EndedBySafety, false},
		{"malformed feedback", func(_ *stage, v *evil.Viewer) { v.Raw(control.ChannelDisplay, []byte{9}) }, "violation", window.EndedBySafety, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := play(t, allowing())
			v := st.viewer()
			st.live(v)
			tt.end(st, v)
			if tt.quiet {
				<-st.over
				st.never(record.KindClientStopped)
			} else {
				st.ended(tt.reason)
			}
			if s := st.person.summary; s == nil || s.End != tt.want {
				t.Errorf("summary: got %+v, want the end %s", s, tt.want)
			}
		})
	}
}

func TestStopWithinBoundsWithNetworkUnplugged(t *testing.T) {
	const limit = 200 * time.Millisecond
	best := time.Hour
	for try := 0; try < 3 && best > limit; try++ { // a busy machine may be late by itself
		t.Run(fmt.Sprint(try), func(t *testing.T) { best = min(best, stopUnplugged(t)) })
	}
	if best > limit {
		t.Errorf("picture and keys were over %v after Stop, want at most %v", best, limit)
	}
}

// stopUnplugged returns how long after Stop the last of picture and keys was.
func stopUnplugged(t *testing.T) time.Duration {
	st := play(t, allowing())
	v := st.viewer()
	rights := st.live(v)
	v.Do(control.Key{Gen: rights.Generation, Code: "KeyA", Down: true})
	st.eventually("the key is down", st.desk.anyDown)
	drawing, quit := make(chan struct{}), make(chan struct{})
	go func() { // the screen never rests
		defer close(drawing)
		for {
			select {
			case <-quit:
				return
			case <-time.After(time.Millisecond):
				st.desk.draw()
			}
		}
	}()
	defer func() { close(quit); <-drawing }()
	st.broker.Deafen()
	st.broker.Cut(true)
	v.Freeze()
	start := time.Now()
	st.person.theBar().stop()
	st.eventually("the keys are up", func() bool { return !st.desk.anyDown() })
	up := time.Since(start)
	<-st.over
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("the session was over after %v: it waited for the network", d)
	}
	if s := st.person.summary; s == nil || s.End != window.EndedByYou {
		t.Errorf("summary: got %+v", s)
	}
	_, last := st.desk.captured_()
	return max(up, last.Sub(start))
}

// TestBrokerIsToldOfTheEndWhenTheNetworkIsBack: the person has their summary at
// once, and while it stands the broker learns what it does not know.
func TestBrokerIsToldOfTheEndWhenTheNetworkIsBack(t *testing.T) {
	p := allowing()
	p.reading = make(chan struct{})
	st := play(t, p, func(c *session.Config) { c.Times.Farewell = time.Millisecond })
	v := st.viewer()
	st.live(v)
	st.broker.Cut(true)
	v.Freeze()
	p.theBar().stop()
	st.eventually("the summary stands", func() bool { return p.told() != nil })
	st.never(record.KindClientStopped)
	st.broker.Cut(false)
	st.told(record.KindClientStopped, func(data string) bool { return data == `{"reason":"requester"}` })
	close(p.reading)
	st.ended("requester")
}

var wayland = &screen.NotShowableError{Kind: screen.KindWayland, Text: "no"}

// A machine that cannot be shown says so to both people; the link stays good,
// nothing is asked and nothing captured.
func TestMachineThatCannotBeShownSpendsNoLink(t *testing.T) {
	st := play(t, allowing(), func(c *session.Config) { c.Devices.Unable = wayland })
	st.eventually("the person is told", func() bool { return st.person.warned("Wayland") })
	if got, want := st.broker.Unable(), "wayland"; got != want {
		t.Errorf("the technician was told %q, want %q", got, want)
	}
	close(st.person.cancel)
	<-st.over
	if !errors.Is(st.err, session.ErrUnable) {
		t.Errorf("Run: got %v, want ErrUnable", st.err)
	}
	if st.broker.Redeemed() {
		t.Error("the invitation was spent")
	}
	if n, _ := st.desk.captured_(); n != 0 || st.desk.opened != 0 || len(st.person.asked()) != 0 {
		t.Errorf("%d captures, %d questions, want none", n, len(st.person.asked()))
	}
}

// Where there is no window either, the technician is told all the same.
func TestMachineWithoutWindowsTellsTheTechnician(t *testing.T) {
	st := play(t, allowing(), func(c *session.Config) { c.Devices.Unable, c.UI = wayland, nil })
	<-st.over
	if got := st.broker.Unable(); got != "wayland" || st.broker.Redeemed() || !errors.Is(st.err, session.ErrUnable) {
		t.Errorf("the technician was told %q, redeemed %v, %v", got, st.broker.Redeemed(), st.err)
	}
}

// A screen that turns out not to be one after Allow ends the session.
func TestScreenThatIsNoneEndsTheSession(t *testing.T) {
	st := play(t, allowing(), func(c *session.Config) {
		c.Devices.Screen = func() (screen.Source, error) { return nil, wayland }
	})
	v := st.viewer()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: both})
	st.told(record.KindClientUnable, func(data string) bool { return data == `{"code":"wayland"}` })
	heard(st, v, func(n control.Notice) bool { return n.Code == control.Wayland })
	heard(st, v, func(b control.Bye) bool { return b.Reason == signaling.ClientUnable })
	st.ended("unable")
}

func TestNobodySeesWithoutTheBar(t *testing.T) {
	p := allowing()
	p.noBar = errors.New("no bar today")
	st := play(t, p)
	v := st.viewer()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: both})
	st.ended("failure")
	if n, _ := st.desk.captured_(); n != 0 {
		t.Errorf("%d captures, want none", n)
	}
}
