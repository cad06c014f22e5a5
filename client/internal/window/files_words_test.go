package window

import "testing"

func TestFileWordsSayHowItStands(t *testing.T) {
	for want, f := range map[string]FileLine{
		"You are asked to pick it.":        {Out: true, State: FilePicking},
		"Coming in: 1.5 MB of 2 GB":        {Size: 2_000_000_000, Moved: 1_500_000, State: FileMoving},
		"Going out: 0 B of 12 kB":          {Size: 12_345, Out: true, State: FileMoving},
		"Received, 999 B":                  {Size: 999, Moved: 999, State: FileDone},
		"Sent, 1 kB":                       {Size: 1000, Moved: 1000, Out: true, State: FileDone},
		"Stopped. The file was not moved.": {Size: 10, Moved: 5, State: FileFailed},
	} {
		if got := fileWords(f); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
	if got := shownName(FileLine{Name: "\u202egpj.exe", State: FileMoving}); got != "gpj.exe" {
		t.Errorf("a name that turns its direction is shown as %q", got)
	}
}
