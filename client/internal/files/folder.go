// Package files moves files between the requester's machine and the technician,
// each under its own right: to a folder of the person's, and from files that the
// person picked. It holds Leases, opens what it is told to and nothing else, and
// knows nothing of sessions or peers.
//
// What comes is written under a name of ours in the folder and gets its own name
// when it is whole and equal to what was sent. Nothing is overwritten, followed or
// made executable, and everything is marked as come from elsewhere.
package files

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Errors of a file that comes to nothing.
var (
	ErrTooLarge = errors.New("file is too large")
	ErrNoSpace  = errors.New("no space for the file")
	ErrDiffers  = errors.New("file is not what was sent")
	ErrOffset   = errors.New("bytes from another place of the file")
	ErrOverrun  = errors.New("more bytes than the file has")
	ErrNoFile   = errors.New("not a file that can be sent")
)

const (
	partBegin = ".beside-"
	partEnd   = ".part"
	// stale is when a part is nobody's any more: no session lasts so long.
	stale = 24 * time.Hour
	// reserve of the disk is left free.
	reserve = 64 << 20
	// maxSame bounds how many files of one name there are.
	maxSame = 10_000
)

// Folder is where files are put.
type Folder struct {
	root   *os.Root
	path   string
	source string // where they come from, for the mark
}

// OpenFolder makes the folder if it is not there. What an earlier session left of
// files that were not whole goes. source is the address of the broker.
func OpenFolder(path, source string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for files: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	f := &Folder{root: root, path: path, source: source}
	f.clear(time.Now().Add(-stale))
	return f, nil
}

// Path is where the folder is.
func (f *Folder) Path() string { return f.path }

// Close lets go of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// clear removes parts that were last written before a moment.
func (f *Folder) clear(before time.Time) {
	list, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return // it is made for writing; what cannot be read stays
	}
	for _, e := range list {
		if !strings.HasPrefix(e.Name(), partBegin) || !strings.HasSuffix(e.Name(), partEnd) {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
			_ = f.root.Remove(e.Name())
		}
	}
}

// begin makes the file that a part is written to.
func (f *Folder) begin() (*os.File, string, error) {
	name := partBegin + rand.Text() + partEnd
	file, err := f.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, "", fmt.Errorf("begin a file: %w", err)
	}
	return file, name, nil
}

// settle gives a whole part its name, or the next that is free.
func (f *Folder) settle(part, name string) (string, error) {
	stem, ext := split(name)
	for n := 1; n <= maxSame; n++ {
		if n > 1 {
			name = stem + " (" + strconv.Itoa(n) + ")" + ext
		}
		err := f.place(part, name)
		if err == nil {
			return name, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("name a file: %w", err)
		}
	}
	return "", fmt.Errorf("name a file: %w", fs.ErrExist)
}

// place puts a part where nothing is. A link fails when something is there; where
// the file system has no links, an empty file of ours keeps the place for the moment.
func (f *Folder) place(part, name string) error {
	err := f.root.Link(part, name)
	switch {
	case err == nil:
		_ = f.root.Remove(part) // else it goes with the next session's
		return nil
	case errors.Is(err, fs.ErrExist):
		return err
	}
	kept, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_ = kept.Close() // nothing was written
	if err := f.root.Rename(part, name); err != nil {
		_ = f.root.Remove(name)
		return err
	}
	return nil
}

// Place is the folder for files of a person whose environment this is: "Beside" in
// their downloads.
func Place(getenv func(string) string) (string, error) {
	home := getenv("HOME")
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return "", fmt.Errorf("find the folder for files: %w", err)
		}
	}
	downloads := filepath.Join(home, "Downloads")
	config := getenv("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	// #nosec G304 -- the person's own XDG_CONFIG_HOME
	if raw, err := os.ReadFile(filepath.Join(config, "user-dirs.dirs")); err == nil {
		if dir := downloadsOf(string(raw), home); dir != "" {
			downloads = dir
		}
	}
	return filepath.Join(downloads, "Beside"), nil
}

// downloadsOf reads XDG_DOWNLOAD_DIR of user-dirs.dirs, which is absolute or begins
// with $HOME.
func downloadsOf(dirs, home string) string {
	for line := range strings.Lines(dirs) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), "XDG_DOWNLOAD_DIR=")
		if !ok {
			continue
		}
		value = strings.Trim(value, `"`)
		if rest, ok := strings.CutPrefix(value, "$HOME/"); ok {
			value = filepath.Join(home, rest)
		}
		if filepath.IsAbs(value) && filepath.Clean(value) != filepath.Clean(home) {
			return value
		}
	}
	return ""
}
