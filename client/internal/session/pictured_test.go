package session_test

import (
	"testing"

	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/record"
)

func TestThePersonReadsOfPicturesThatWereKept(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	v.Say(control.Pictured{ID: "1"})
	st.told(record.KindScreenPictured, nil)
	st.person.theBar().stop()
	st.ended("requester")
	st.step(window.Pictured)
}

func TestAFloodOfPicturesEndsTheSession(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	for range 100 {
		v.Say(control.Pictured{ID: "1"})
	}
	st.ended("violation")
}
