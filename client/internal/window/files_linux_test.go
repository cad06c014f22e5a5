package window_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/window"
)

// home gives the person a home folder with a folder and files in it.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	for name, text := range map[string]string{"b.txt": "b", "A.txt": "a", ".hidden": "h", "inner/deep.log": "d"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero.txt")); err != nil {
		t.Fatal(err)
	}
	return dir
}

type picked struct {
	path string
	err  error
}

func (d *desk) pick(ctx context.Context, u window.UI) <-chan picked {
	out := make(chan picked, 1)
	go func() {
		path, err := u.PickFile(ctx, window.PickFile{Party: window.Party{Organisation: "Example"}, Technician: "Anna Berger"})
		out <- picked{path, err}
	}()
	return out
}

// A file is picked by keyboard alone, in a folder of the person's.
func TestFileIsPickedByKeyboard(t *testing.T) {
	for name, tt := range map[string]struct {
		keys []byte
		want string
	}{
		// From Cancel: the way up, the folder, A.txt, b.txt; then Cancel and Send.
		"a file":            {[]byte{keyTab, keyTab, keyTab, keySpace, keyTab, keyTab, keyTab, keySpace}, "A.txt"},
		"one in a folder":   {[]byte{keyTab, keyTab, keySpace, keyTab, keySpace, keyTab, keyTab, keySpace}, "inner/deep.log"},
		"Escape is nothing": {[]byte{keyTab, keyTab, keyTab, keySpace, keyEscape}, ""},
		"Cancel is nothing": {[]byte{keySpace}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := home(t)
			d := newDesk(t, true)
			u := d.open(window.Config{AllowAfter: time.Millisecond})
			out := d.pick(t.Context(), u)
			win := d.shown(u)
			time.Sleep(3 * blink) // until it listens
			for _, key := range tt.keys[:len(tt.keys)-1] {
				d.write(win, key)
			}
			d.keys(tt.keys[len(tt.keys)-1])
			got := await(d, "the answer", out)
			want := ""
			if tt.want != "" {
				want = filepath.Join(dir, tt.want)
			}
			if got.path != want || got.err != nil {
				t.Errorf("picked %q, %v; want %q", got.path, got.err, want)
			}
		})
	}
}

// Whoever asked is gone: nothing is picked.
func TestPickEndsWithWhoAsked(t *testing.T) {
	home(t)
	d := newDesk(t, true)
	u := d.open(window.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	out := d.pick(ctx, u)
	d.shown(u)
	cancel()
	if got := await(d, "the answer", out); got.path != "" || got.err == nil {
		t.Errorf("picked %q, %v", got.path, got.err)
	}
}

func TestPersonStopsAFileAndOpensTheFolder(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	s := window.FilesState{
		Party: window.Party{Organisation: "Example"}, Technician: "Anna Berger", Folder: "/tmp",
		Files: []window.FileLine{
			{Name: "done.txt", Size: 10, Moved: 10, State: window.FileDone},
			{Name: "\u202egpj.exe", Size: 3000, Moved: 1000, State: window.FileMoving},
		},
	}
	w, err := u.OpenFiles(s)
	if err != nil {
		t.Fatal(err)
	}
	var win xproto.Window
	d.until("the window on the screen", func() bool {
		for _, own := range u.OwnWindows() {
			win = xproto.Window(own)
		}
		return win != 0 && d.at(win, 8, 4) == white
	})
	d.click(win, 60, 20)
	time.Sleep(blink) // until it has the keyboard
	d.step(win, keyTab)
	d.keys(keySpace)
	if got := await(d, "a stop", w.Stops()); got != 1 {
		t.Errorf("stopped %d, want 1", got)
	}
	d.step(win, keyTab)
	d.keys(keySpace)
	await(d, "the folder to be opened", w.Opens())
	more := slices.Clone(s.Files) // what was handed over is the window's
	more[1].Moved = 2000
	more = append(more, more[0])
	d.see(win, func() {
		w.Set(window.FilesState{Party: s.Party, Technician: s.Technician, Folder: s.Folder, Files: more})
	})
	w.Close()
	await(d, "the window to be gone", w.Closed())
}
