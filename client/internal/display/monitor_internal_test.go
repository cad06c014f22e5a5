package display

import (
	"image"
	"testing"

	"beside/client/internal/screen"
	"beside/signaling/control"
)

func TestChoose(t *testing.T) {
	at := func(name string, r image.Rectangle) screen.Monitor { return screen.Monitor{Name: name, Area: r} }
	two := []screen.Monitor{at("a", image.Rect(0, 0, 800, 600)), at("b", image.Rect(-640, 100, 0, 580))}
	wide := append(two, at("c", image.Rect(800, 0, 9000, 600)))
	tests := []struct {
		name   string
		all    []screen.Monitor
		wanted string
		want   image.Rectangle
	}{
		{"none wanted", two, "", two[0].Area},
		{"the second", two, "b", two[1].Area},
		{"one that is gone", two, "c", two[0].Area},
		{"all", two, control.AllMonitors, image.Rect(-640, 0, 800, 600)},
		{"all of one", two[:1], control.AllMonitors, two[0].Area},
		{"wider than the format allows", wide, control.AllMonitors, image.Rect(-640, 0, maxSide-640, 600)},
		{"all of none", nil, control.AllMonitors, image.Rectangle{}},
		{"one of none", nil, "a", image.Rectangle{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := choose(tt.all, tt.wanted).Area; got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
