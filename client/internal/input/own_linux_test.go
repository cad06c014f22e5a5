package input_test

import (
	"testing"
	"time"

	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/client/internal/screen/xvfb"
)

// own watches the person's hands on $DISPLAY.
func own(t *testing.T) chan bool {
	t.Helper()
	told := make(chan bool, 64)
	o, err := input.WatchOwnHands(func(using bool) { told <- using })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return told
}

func await(t *testing.T, told chan bool, want bool) {
	t.Helper()
	select {
	case got := <-told:
		if got != want {
			t.Fatalf("told %v, want %v", got, want)
		}
	case <-time.After(inputtest.Patience):
		t.Fatalf("%v was not told", want)
	}
}

func TestOwnHandsAreThePersonsAlone(t *testing.T) {
	server, person := xvfb.StartWithPerson(t, "320x200")
	t.Setenv("DISPLAY", server.Display)
	told := own(t)
	xdotool(t, "mousemove", "10", "10", "click", "1", "key", "a") // a program, as the technician's hands are
	person.Move(50, 50, false)
	await(t, told, true) // and nothing before
	begun := time.Now()
	until := begun.Add(2 * input.OwnRest)
	for x := 50; time.Now().Before(until); x++ { // for longer than a rest, at no pause
		person.Move(x, 50, false)
		time.Sleep(10 * time.Millisecond)
	}
	await(t, told, false)
	if d := time.Since(begun); d < 2*input.OwnRest {
		t.Errorf("rested after %v, while the mouse still moved", d)
	}
	person.Key('a')
	await(t, told, true)
	await(t, told, false)
}

func TestWithoutHardwareNobodysHandsAreTold(t *testing.T) {
	inputtest.Desktop(t)
	told := own(t)
	xdotool(t, "mousemove", "10", "10", "click", "1", "key", "a")
	select {
	case got := <-told:
		t.Errorf("told %v", got)
	case <-time.After(300 * time.Millisecond):
	}
}
