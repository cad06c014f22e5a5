package session_test

import (
	"testing"

	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/record"
)

// "This feels wrong" stops as Stop does, tells the broker what it is, and the
// technician nothing of it.
func TestAlarmStopsAndTells(t *testing.T) {
	for range 20 { // the act and its Stop race
		st := play(t, allowing())
		v := st.viewer()
		rights := st.live(v)
		v.Do(control.Key{Gen: rights.Generation, Code: "KeyA", Down: true})
		st.eventually("the key is down", st.desk.anyDown)
		st.person.theBar().alarm()
		heard(st, v, func(b control.Bye) bool { return b.Reason == signaling.ByRequester })
		st.ended("requester")
		st.told(record.KindAlarmRaised, func(data string) bool { return data == `{"after":false}` })
		if st.desk.anyDown() {
			t.Error("a key is down after the alarm")
		}
		if s := st.person.summary; s == nil || !s.Alarmed || s.End != window.EndedByYou {
			t.Errorf("summary: got %+v, want one that says so", s)
		}
		v.Close()
	}
}

// It can also be said while the summary stands, whoever ended the session.
func TestAlarmAfterTheEnd(t *testing.T) {
	for name, end := range map[string]func(*stage, *evil.Viewer){
		"the technician finished": func(st *stage, _ *evil.Viewer) { st.broker.End(signaling.ByTechnician) },
		"the person stopped":      func(st *stage, _ *evil.Viewer) { st.person.theBar().stop() },
	} {
		t.Run(name, func(t *testing.T) {
			p := allowing()
			p.afterthought = true
			st := play(t, p)
			v := st.viewer()
			st.live(v)
			end(st, v)
			st.told(record.KindAlarmRaised, func(data string) bool { return data == `{"after":true}` })
			<-st.over
		})
	}
}
