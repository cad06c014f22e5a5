package screen_test

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"strings"
	"testing"

	"beside/client/internal/screen/xvfb"
)

// TestMonitorsThatNobodyCanName: any program may set any number of monitors of
// any name, and the viewer is told of what a message holds.
func TestMonitorsThatNobodyCanName(t *testing.T) {
	srv := xvfb.Start(t, "340x200x24")
	for i := range 20 {
		name, place := fmt.Sprintf("%d %s", i, strings.Repeat("long", 20)), fmt.Sprintf("17/10x200/10+%d+0", 17*i)
		cmd := exec.Command("xrandr", "--setmonitor", name, place, "none")
		cmd.Env = append(os.Environ(), "DISPLAY="+srv.Display)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("xrandr: %v\n%s", err, out)
		}
	}
	s := open(t, srv.Display)
	mons, err := s.Monitors()
	if err != nil || len(mons) != 16 {
		t.Fatalf("monitors: got %d, %v, want 16", len(mons), err)
	}
	seen := map[string]bool{}
	for _, m := range mons {
		if len(m.Name) > 64 || seen[m.Name] {
			t.Errorf("name %q is too long, or there twice", m.Name)
		}
		seen[m.Name] = true
		if m.Area.Dx() != 17 && m.Area != image.Rect(0, 0, 340, 200) {
			t.Errorf("area %v", m.Area)
		}
	}
}
