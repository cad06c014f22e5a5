package session_test

import (
	"testing"

	"beside/signaling/control"
	"beside/signaling/record"
)

// The person's own mouse wins at once, and the technician's input works again
// when it rests, under the same grant.
func TestOwnHandsWin(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	rights := st.live(v)
	v.Do(control.Key{Gen: rights.Generation, Code: "ShiftLeft", Down: true})
	st.eventually("the key is down", st.desk.anyDown)
	st.desk.own(true)
	heard(st, v, func(r control.Rights) bool { return r.Own && r.Scopes == both })
	st.eventually("the bar says so", func() bool { s := st.person.theBar().now(); return s.Own && s.Controls })
	if st.desk.anyDown() {
		t.Error("a key is down while the person uses their own")
	}
	before := len(st.desk.injected_())
	for range 20 {
		v.Do(control.Key{Gen: rights.Generation, Code: "KeyC", Down: true})
	}
	v.Say(control.Ask{ID: "2", Scopes: both}) // answered after the keys
	heard(st, v, func(g control.Granted) bool { return g.ID == "2" })
	if n := len(st.desk.injected_()) - before; n != 0 {
		t.Errorf("%d inputs while the person uses their own", n)
	}
	st.seen(v) // the picture goes on
	st.desk.own(false)
	st.eventually("control works again", func() bool {
		v.Do(control.Key{Gen: rights.Generation, Code: "KeyC", Down: true})
		return len(st.desk.injected_()) > before
	})
	st.never(record.KindRightsRevoked)
}
