package session_test

import (
	"slices"
	"testing"

	"beside/signaling/control"
)

// An act that came by the channel that loses is done before the ordered channel
// brings it, and once.
func TestActsOvertakeAndAreDoneOnce(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	rights := st.live(v)
	key := func(code control.Code) control.Key {
		return control.Key{Gen: rights.Generation, Code: code, Down: true}
	}
	v.Again(2, key("KeyB"))
	v.Again(1, key("KeyA"))
	st.eventually("both keys are pressed", func() bool { return len(st.desk.injected_()) == 2 })
	for _, code := range []control.Code{"KeyA", "KeyB", "KeyC"} {
		v.Do(key(code))
	}
	st.eventually("the third is, too", func() bool { return len(st.desk.injected_()) >= 3 })
	if got := st.desk.injected_(); !slices.Equal(got, []control.Input{key("KeyA"), key("KeyB"), key("KeyC")}) {
		t.Errorf("injected %v", got)
	}
}
