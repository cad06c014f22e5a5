package session_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

var bothFiles = grant.SetOf(grant.FilesSend, grant.FilesFetch)

// filing is a stage with a folder for files, in which the technician has the rights
// to them.
type filing struct {
	*stage
	v      *evil.Viewer
	folder string
}

func playFiles(t *testing.T, p *person, rights grant.Set) *filing {
	t.Helper()
	f := &filing{folder: filepath.Join(t.TempDir(), "Beside")}
	f.stage = play(t, p, func(c *session.Config) {
		c.Devices.FilesFolder = func() (string, error) { return f.folder, nil }
	})
	f.v = f.viewer(func(v *evil.Viewer) {
		v.Token = f.broker.AccessToken(f.invite.Public(), both.Union(bothFiles), grant.MaxAccessLife)
	})
	f.live(f.v)
	if !rights.Empty() {
		f.v.Say(control.Ask{ID: "files", Scopes: rights})
		f.rights(f.v, both.Union(rights))
	}
	return f
}

func content(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(i*7 + i>>8)
	}
	return out
}

func hashOf(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// pieces sends a file's bytes from there on.
func (f *filing) pieces(n int, all []byte, from int) {
	for at := from; at < len(all); at += control.MaxPieceBytes {
		end := min(at+control.MaxPieceBytes, len(all))
		f.v.Frame(control.Frame{Kind: control.Piece, N: n, Offset: int64(at), Bytes: all[at:end]})
	}
}

// taking waits for leave to send from a place.
func (f *filing) taking(n int, from int64) {
	f.t.Helper()
	heard(f.stage, f.v, func(m control.Taking) bool { return m.N == n && m.From == from })
}

func (f *filing) dropped(n int, why control.DropReason) {
	f.t.Helper()
	heard(f.stage, f.v, func(m control.Dropped) bool { return m.N == n && m.Reason == why })
}

// put sends a whole file and waits until it lies there.
func (f *filing) put(n int, name string, all []byte) {
	f.t.Helper()
	f.v.Say(control.Put{N: n, Name: name, Size: int64(len(all))})
	f.taking(n, 0)
	f.pieces(n, all, 0)
	f.v.Say(control.Whole{N: n, SHA256: hashOf(all)})
	heard(f.stage, f.v, func(m control.Stored) bool { return m.N == n && bytes.Equal(m.SHA256, hashOf(all)) })
}

// holds lists the folder.
func (f *filing) holds() []string {
	f.t.Helper()
	list, err := os.ReadDir(f.folder)
	if err != nil && !os.IsNotExist(err) {
		f.t.Fatal(err)
	}
	names := []string{}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func (f *filing) empty() {
	f.t.Helper()
	if left := f.holds(); len(left) > 0 {
		f.t.Errorf("the folder holds %q", left)
	}
}

func TestFileOfTheTechnicianLiesInTheFolderAsItWasSent(t *testing.T) {
	f := playFiles(t, allowing(), grant.SetOf(grant.FilesSend))
	all := content(100_000)
	f.put(1, "..\\..\\report.pdf", all)
	f.put(2, "report.pdf", nil)
	f.put(3, "/etc/report.pdf", []byte("third"))
	if got, want := f.holds(), []string{"report (2).pdf", "report (3).pdf", "report.pdf"}; !slices.Equal(got, want) {
		t.Fatalf("the folder holds %q, want %q", got, want)
	}
	raw, err := os.ReadFile(filepath.Join(f.folder, "report.pdf"))
	if err != nil || !bytes.Equal(raw, all) {
		t.Errorf("%d bytes, %v; want those that were sent", len(raw), err)
	}
	if info, err := os.Stat(filepath.Join(f.folder, "report.pdf")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	want := fmt.Sprintf(`{"size":100000,"hash":"%s"}`, hex.EncodeToString(hashOf(all)))
	f.told(record.KindFileReceived, func(data string) bool { return data == want })
	lines := f.person.theFiles()
	if len(lines) != 3 || lines[0].Name != "report.pdf" || lines[0].State != window.FileDone || lines[0].Out {
		t.Errorf("the person sees %+v", lines)
	}
	for _, c := range f.broker.Claims() {
		if strings.Contains(string(c.Data), "report") {
			t.Errorf("a name is in the log: %s", c.Data)
		}
	}
}

func TestFilesNeedTheirOwnRights(t *testing.T) {
	for name, m := range map[string]control.Message{
		"put": control.Put{N: 1, Name: "a", Size: 1}, "get": control.Get{N: 1},
		"whole": control.Whole{N: 1, SHA256: hashOf(nil)}, "kept": control.Kept{N: 1, SHA256: hashOf(nil)},
	} {
		t.Run(name, func(t *testing.T) {
			f := playFiles(t, allowing(), grant.Set{})
			f.v.Say(m)
			f.ended("violation")
			f.empty()
		})
	}
	t.Run("a piece", func(t *testing.T) {
		f := playFiles(t, allowing(), grant.SetOf(grant.FilesFetch))
		f.v.Frame(control.Frame{Kind: control.Piece, N: 1, Bytes: []byte("a")})
		f.ended("violation")
	})
	t.Run("took", func(t *testing.T) {
		f := playFiles(t, allowing(), grant.SetOf(grant.FilesSend))
		f.v.Frame(control.Frame{Kind: control.Took, N: 1})
		f.ended("violation")
	})
}

// Whatever ends a file that is under way, nothing of it stays in the folder.
func TestNoHalfFileStays(t *testing.T) {
	for name, tt := range map[string]struct {
		end func(*filing)
		why string
	}{
		"the person stops it":     {func(f *filing) { f.person.files.stops <- 0 }, "stopped"},
		"the technician stops it": {func(f *filing) { f.v.Say(control.Drop{N: 1}) }, "technician"},
		"the right is taken back": {func(f *filing) { f.person.theBar().acts <- window.TakeBackOf(grant.FilesSend) }, "no_right"},
		"the technician yields":   {func(f *filing) { f.v.Say(control.Yield{Scopes: grant.SetOf(grant.FilesSend)}) }, "no_right"},
		"Stop":                    {func(f *filing) { f.person.theBar().stop() }, "ended"},
		"the page is loaded anew": {func(f *filing) { f.v.Close(); f.broker.Attach(f.v.Reload(f.broker)) }, "lost"},
		"it is not what was sent": {func(f *filing) {
			f.pieces(1, content(100_000), 50_000/control.MaxPieceBytes*control.MaxPieceBytes)
			f.v.Say(control.Whole{N: 1, SHA256: hashOf(nil)})
		}, "differs"},
		"there is more than was said": {func(f *filing) {
			f.v.Frame(control.Frame{Kind: control.Piece, N: 1, Offset: 90_000, Bytes: content(control.MaxPieceBytes)})
		}, "ended"},
	} {
		t.Run(name, func(t *testing.T) {
			f := playFiles(t, allowing(), grant.SetOf(grant.FilesSend))
			all := content(100_000)
			f.v.Say(control.Put{N: 1, Name: "a.txt", Size: int64(len(all))})
			f.taking(1, 0)
			half := 50_000 / control.MaxPieceBytes * control.MaxPieceBytes
			f.pieces(1, all[:half], 0)
			f.eventually("half of it is there", func() bool {
				return slices.ContainsFunc(f.v.Frames(), func(m control.Frame) bool { return m.Kind == control.Took && m.Offset == int64(half) })
			})
			if left := f.holds(); len(left) != 1 || !strings.HasPrefix(left[0], ".beside-") {
				t.Errorf("under way the folder holds %q", left)
			}
			tt.end(f)
			f.told(record.KindFileFailed, func(data string) bool {
				return strings.Contains(data, `"direction":"send","size":100000`) && strings.Contains(data, `"reason":"`+tt.why+`"`)
			})
			f.empty()
			f.never(record.KindFileReceived)
		})
	}
}

// What was under way when the right went, and what is sent after it, is not written.
func TestNothingIsWrittenAfterTheRightWent(t *testing.T) {
	f := playFiles(t, allowing(), grant.SetOf(grant.FilesSend))
	all := content(100_000)
	f.v.Say(control.Put{N: 1, Name: "a.txt", Size: int64(len(all))})
	f.taking(1, 0)
	f.person.theBar().acts <- window.TakeBackOf(grant.FilesSend)
	f.dropped(1, control.FileNoRight)
	f.pieces(1, all, 0)
	f.v.Say(control.Whole{N: 1, SHA256: hashOf(all)})
	f.v.Say(control.Put{N: 2, Name: "b.txt", Size: 1})
	f.v.Settle(control.ChannelFiles)
	f.empty()
	f.v.Say(control.Yield{Scopes: grant.SetOf(grant.Control)}) // it lives, and answers
	f.rights(f.v, seeing)
}

// A pause stops a file at once; afterwards it goes on from what is there.
func TestFileRestsWhilePausedAndGoesOn(t *testing.T) {
	f := playFiles(t, allowing(), grant.SetOf(grant.FilesSend))
	all := content(100_000)
	f.v.Say(control.Put{N: 1, Name: "a.txt", Size: int64(len(all))})
	f.taking(1, 0)
	f.pieces(1, all[:control.MaxPieceBytes], 0)
	f.eventually("a piece is there", func() bool { return len(f.v.Frames()) == 1 })
	bar := f.person.theBar()
	bar.acts <- window.Pause
	heard(f.stage, f.v, func(r control.Rights) bool { return r.Paused })
	f.pieces(1, all, control.MaxPieceBytes)
	f.v.Say(control.Whole{N: 1, SHA256: hashOf(all)})
	f.v.Settle(control.ChannelFiles)
	if n := len(f.v.Frames()); n != 1 {
		t.Errorf("%d pieces were taken, want 1", n)
	}
	bar.acts <- window.Resume
	f.taking(1, control.MaxPieceBytes)
	f.pieces(1, all, control.MaxPieceBytes)
	heard(f.stage, f.v, func(m control.Stored) bool { return m.N == 1 })
	if raw, err := os.ReadFile(filepath.Join(f.folder, "a.txt")); err != nil || !bytes.Equal(raw, all) {
		t.Errorf("%d bytes, %v; want those that were sent", len(raw), err)
	}
}

func TestFileGoesOnOverAnotherConnection(t *testing.T) {
	f := playFiles(t, allowing(), grant.SetOf(grant.FilesSend))
	all := content(100_000)
	offer := control.Put{N: 1, Name: "a.txt", Size: int64(len(all))}
	f.v.Say(offer)
	f.taking(1, 0)
	f.pieces(1, all[:control.MaxPieceBytes], 0)
	f.eventually("a piece is there", func() bool { return len(f.v.Frames()) == 1 })
	f.v.Drop()
	f.eventually("it connects again", func() bool { return f.v.Connections() == 2 })
	before := len(f.broker.Claims())
	f.eventually("it is verified again", func() bool {
		return slices.ContainsFunc(f.broker.Claims()[min(before, 3):], func(c record.Claim) bool { return c.Kind == record.KindPeerVerified })
	})
	f.eventually("it goes on", func() bool {
		f.v.Say(offer)
		messages, _, _ := f.v.Got()
		return slices.Contains(messages, control.Message(control.Taking{N: 1, From: control.MaxPieceBytes}))
	})
	f.pieces(1, all, control.MaxPieceBytes)
	f.v.Say(control.Whole{N: 1, SHA256: hashOf(all)})
	heard(f.stage, f.v, func(m control.Stored) bool { return m.N == 1 })
	f.v.Say(offer) // its answer was lost
	f.eventually("it says so again", func() bool {
		messages, _, _ := f.v.Got()
		n := 0
		for _, m := range messages {
			if _, ok := m.(control.Stored); ok {
				n++
			}
		}
		return n == 2
	})
}

func TestFilesHaveBounds(t *testing.T) {
	f := playFiles(t, allowing(), grant.SetOf(grant.FilesSend))
	f.v.Say(control.Put{N: 1, Name: "a", Size: control.MaxFileBytes + 1})
	f.dropped(1, control.FileTooLarge)
	for n := 2; n < 2+control.MaxParallelFiles; n++ {
		f.v.Say(control.Put{N: n, Name: "a", Size: 10})
		f.taking(n, 0)
	}
	f.v.Say(control.Put{N: 90, Name: "a", Size: 10})
	f.dropped(90, control.FileBusy)
	for n := range control.MaxFiles {
		f.v.Say(control.Put{N: 100 + n, Name: "a", Size: 10})
	}
	f.dropped(99+control.MaxFiles, control.FileTooMany)
	for n := range control.MaxFiles {
		f.v.Say(control.Put{N: 5000 + n, Name: "a", Size: 10})
	}
	f.ended("violation")
	f.empty()
}

func TestOneNumberIsOneFile(t *testing.T) {
	for name, again := range map[string]control.Message{
		"another name": control.Put{N: 1, Name: "b", Size: 10},
		"another size": control.Put{N: 1, Name: "a", Size: 11},
		"another way":  control.Get{N: 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := playFiles(t, allowing(), bothFiles)
			f.v.Say(control.Put{N: 1, Name: "a", Size: 10})
			f.taking(1, 0)
			f.v.Say(again)
			f.ended("violation")
			f.empty()
		})
	}
}

// pickingFile is a person who allows all and picks this file.
func pickingFile(path string) *person {
	p := allowing()
	p.picks = func(context.Context) string { return path }
	return p
}

// fetched puts together what came of a file.
func (f *filing) fetched(n int) (all []byte) {
	for _, m := range f.v.Frames() {
		if m.Kind == control.Piece && m.N == n && m.Offset == int64(len(all)) {
			all = append(all, m.Bytes...)
		}
	}
	return all
}

func TestFileThatThePersonPickedGoesToTheTechnician(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.txt")
	all := content(200_000)
	if err := os.WriteFile(path, all, 0o600); err != nil {
		t.Fatal(err)
	}
	f := playFiles(t, pickingFile(path), grant.SetOf(grant.FilesFetch))
	f.v.Say(control.Get{N: 1})
	g := heard(f.stage, f.v, func(m control.Giving) bool { return m.N == 1 })
	if g.Name != "log.txt" || g.Size != int64(len(all)) || g.From != 0 {
		t.Errorf("giving %+v", g)
	}
	given := heard(f.stage, f.v, func(m control.Given) bool { return m.N == 1 })
	f.eventually("all of it came", func() bool { return len(f.fetched(1)) == len(all) })
	if !bytes.Equal(f.fetched(1), all) || !bytes.Equal(given.SHA256, hashOf(all)) {
		t.Error("it is not what the person picked")
	}
	f.never(record.KindFileSent)
	f.v.Say(control.Kept{N: 1, SHA256: hashOf(all)})
	f.told(record.KindFileSent, func(data string) bool {
		return data == fmt.Sprintf(`{"size":200000,"hash":"%s"}`, hex.EncodeToString(hashOf(all)))
	})
	if lines := f.person.theFiles(); len(lines) != 1 || !lines[0].Out || lines[0].Name != "log.txt" {
		t.Errorf("the person sees %+v", lines)
	}
}

// While the person looks through their files nobody else does.
func TestTechnicianSeesAndMovesNothingWhileThePersonPicks(t *testing.T) {
	picks, pick := make(chan struct{}), make(chan string)
	p := allowing()
	p.picks = func(ctx context.Context) string {
		close(picks)
		select {
		case path := <-pick:
			return path
		case <-ctx.Done():
			return ""
		}
	}
	f := playFiles(t, p, bothFiles)
	f.v.Say(control.Get{N: 1})
	<-picks
	n, _ := f.desk.captured_()
	f.desk.draw()
	_, gen := f.rightsNow()
	f.v.Do(control.Key{Gen: gen, Code: "KeyA", Down: true})
	f.v.Say(control.Get{N: 2})
	f.dropped(2, control.FileBusy)
	if now, _ := f.desk.captured_(); now != n {
		t.Errorf("%d pictures while the person picks", now-n)
	}
	if in := f.desk.injected_(); len(in) != 0 {
		t.Errorf("injected %v while the person picks", in)
	}
	pick <- ""
	f.dropped(1, control.FileDeclined)
	f.seen(f.v)
}

func (f *filing) rightsNow() (grant.Set, uint64) {
	messages, _, _ := f.v.Got()
	var last control.Rights
	for _, m := range messages {
		if r, ok := m.(control.Rights); ok {
			last = r
		}
	}
	return last.Scopes, last.Generation
}

// A technician who says they have what they do not is not believed.
func TestLiesAboutAFetchedFile(t *testing.T) {
	for name, tt := range map[string]struct {
		lie  func(*filing)
		ends bool
	}{
		"has another file": {func(f *filing) {
			heard(f.stage, f.v, func(control.Given) bool { return true })
			f.v.Say(control.Kept{N: 1, SHA256: hashOf(nil)})
		}, false},
		"has it before it is sent": {func(f *filing) { f.v.Say(control.Kept{N: 1, SHA256: hashOf(nil)}) }, true},
		"took what was not sent":   {func(f *filing) { f.v.Frame(control.Frame{Kind: control.Took, N: 1, Offset: 1 << 30}) }, true},
		"goes on from beyond":      {func(f *filing) { f.v.Say(control.Get{N: 1, From: 1 << 30}) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.txt")
			if err := os.WriteFile(path, content(1_000_000), 0o600); err != nil {
				t.Fatal(err)
			}
			f := playFiles(t, pickingFile(path), bothFiles)
			f.v.Mute = tt.ends // so that not all of it is sent
			f.v.Say(control.Get{N: 1})
			heard(f.stage, f.v, func(control.Giving) bool { return true })
			tt.lie(f)
			if tt.ends {
				f.ended("violation")
			} else {
				f.dropped(1, control.FileDiffers)
			}
			f.told(record.KindFileFailed, func(data string) bool { return strings.Contains(data, `"direction":"fetch","size":1000000`) })
			f.never(record.KindFileSent)
		})
	}
}

// What left the machine before the right went is in the record.
func TestFetchStopsWithItsRight(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.txt")
	if err := os.WriteFile(path, content(1_000_000), 0o600); err != nil {
		t.Fatal(err)
	}
	f := playFiles(t, pickingFile(path), bothFiles)
	f.v.Mute = true
	f.v.Say(control.Get{N: 1})
	f.eventually("a piece came", func() bool { return len(f.v.Frames()) > 0 })
	f.person.theBar().acts <- window.TakeBackOf(grant.FilesFetch)
	f.dropped(1, control.FileNoRight)
	f.told(record.KindFileFailed, func(data string) bool {
		return strings.Contains(data, `"direction":"fetch"`) && !strings.Contains(data, `"moved":0`)
	})
	n := len(f.v.Frames())
	f.v.Frame(control.Frame{Kind: control.Took, N: 1, Offset: control.MaxPieceBytes})
	f.v.Settle(control.ChannelFiles)
	if now := len(f.v.Frames()); now > n+2 {
		t.Errorf("%d more pieces after the right went", now-n)
	}
}
