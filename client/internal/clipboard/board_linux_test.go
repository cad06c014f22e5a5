package clipboard_test

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"beside/client/internal/clipboard"
	"beside/client/internal/consent"
	"beside/client/internal/screen/xvfb"
	"beside/signaling/control"
	"beside/signaling/grant"
)

var bothWays = grant.SetOf(grant.ClipboardSend, grant.ClipboardFetch)

// open opens the clipboard of a desktop of its own, with both rights.
func open(t *testing.T) (clipboard.Board, *consent.Gate) {
	t.Helper()
	t.Setenv("DISPLAY", xvfb.Start(t, "64x64x24").Display)
	b, err := clipboard.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	g := consent.NewGate()
	g.Allow(bothWays)
	return b, g
}

func lease(t *testing.T, g *consent.Gate, sc grant.Scope) *consent.Lease {
	t.Helper()
	l, live := g.Lease(sc)
	if !live {
		t.Fatalf("no right to %s", sc)
	}
	return l
}

// xclip runs the program that people use, as another program of the desktop.
func xclip(t *testing.T, in string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "xclip", append([]string{"-selection", "clipboard"}, args...)...)
	if in != "" {
		cmd.Stdin = strings.NewReader(in) // it goes on in the background, and holds the selection
		if err := cmd.Run(); err != nil {
			t.Fatalf("xclip: %v", err)
		}
		return ""
	}
	out, err := cmd.Output()
	if err != nil {
		return "error: " + err.Error()
	}
	return string(out)
}

// take reads until what was copied has arrived here.
func take(t *testing.T, b clipboard.Board, g *consent.Gate) (string, error) {
	t.Helper()
	return b.Take(context.Background(), lease(t, g, grant.ClipboardFetch), true)
}

func TestWhatIsPutCanBePasted(t *testing.T) {
	b, g := open(t)
	for name, text := range map[string]string{
		"plain": "Hello", "lines": "one\n\ttwo\n", "beyond Latin-1": "Grüße 漢字 😀", "the longest": strings.Repeat("é", control.MaxClipboardBytes/2),
	} {
		t.Run(name, func(t *testing.T) {
			if err := b.Put(t.Context(), lease(t, g, grant.ClipboardSend), text); err != nil {
				t.Fatal(err)
			}
			if got := xclip(t, "", "-o", "-target", "UTF8_STRING"); got != text {
				t.Errorf("pasted %d bytes %.40q, want %d", len(got), got, len(text))
			}
			forms := xclip(t, "", "-o", "-target", "TARGETS")
			for _, form := range []string{"UTF8_STRING", "text/plain;charset=utf-8", "TEXT"} {
				if !strings.Contains(forms, form) {
					t.Errorf("offered as %q, want %s too", forms, form)
				}
			}
		})
	}
	if err := b.Put(t.Context(), lease(t, g, grant.ClipboardSend), "Grüße"); err != nil {
		t.Fatal(err)
	}
	if got := xclip(t, "", "-o", "-target", "STRING"); got != "Gr\xfc\xdfe" && got != "Grüße" {
		t.Errorf("old programs paste %q", got)
	}
	if got := xclip(t, "", "-o", "-target", "image/png"); !strings.HasPrefix(got, "error") {
		t.Errorf("a picture was pasted: %q", got)
	}
	b.Close()
	if got := xclip(t, "", "-o"); !strings.HasPrefix(got, "error") {
		t.Errorf("after the end %q can be pasted", got)
	}
}

func TestWhatIsCopiedIsReadAtARequest(t *testing.T) {
	b, g := open(t)
	b.Mark()
	for name, tt := range map[string]struct{ copied, want string }{
		"plain":           {"Hello", "Hello"},
		"beyond Latin-1":  {"Grüße 漢字 😀", "Grüße 漢字 😀"},
		"control and CR":  {"a\r\nb\x1b[2J\x00c", "a\nb[2Jc"},
		"in many parts":   {strings.Repeat("0123456789", 15_000), strings.Repeat("0123456789", 15_000)},
		"too long":        {strings.Repeat("x", control.MaxClipboardBytes+1), ""},
		"far too long":    {strings.Repeat("x", 8*control.MaxClipboardBytes), ""},
		"nothing visible": {"\x01\x02", ""},
	} {
		t.Run(name, func(t *testing.T) {
			xclip(t, tt.copied, "-i", "-target", "UTF8_STRING")
			got, err := take(t, b, g)
			if got != tt.want {
				t.Errorf("read %d bytes %.40q, %v, want %d", len(got), got, err, len(tt.want))
			}
			switch {
			case strings.Contains(name, "long"):
				if !errors.Is(err, clipboard.ErrTooLong) {
					t.Errorf("error %v, want too long", err)
				}
			case tt.want == "":
				if !errors.Is(err, clipboard.ErrNothing) {
					t.Errorf("error %v, want nothing", err)
				}
			case err != nil:
				t.Error(err)
			}
		})
	}
}

func TestWhatWasCopiedBeforeIsNeverRead(t *testing.T) {
	b, g := open(t)
	xclip(t, "my password", "-i")
	if got, err := take(t, b, g); got != "my password" {
		t.Fatalf("read %q, %v", got, err) // it is there, and b knows
	}
	b.Mark()
	for _, fresh := range []bool{false, true} {
		if got, err := b.Take(t.Context(), lease(t, g, grant.ClipboardFetch), fresh); got != "" || !errors.Is(err, clipboard.ErrNothing) {
			t.Errorf("fresh %v: read %q, %v", fresh, got, err)
		}
	}
	xclip(t, "the error text", "-i")
	if got, err := take(t, b, g); got != "the error text" {
		t.Errorf("read %q, %v", got, err)
	}
	// It can be had again, but not as if it were just being copied.
	time.Sleep(600 * time.Millisecond)
	if got, err := b.Take(t.Context(), lease(t, g, grant.ClipboardFetch), false); got != "the error text" {
		t.Errorf("read %q, %v", got, err)
	}
	if got, err := take(t, b, g); got != "" {
		t.Errorf("fresh: read %q, %v", got, err)
	}
	// What came from the technician is not the person's.
	if err := b.Put(t.Context(), lease(t, g, grant.ClipboardSend), "from there"); err != nil {
		t.Fatal(err)
	}
	if got, err := take(t, b, g); got != "" {
		t.Errorf("own text: read %q, %v", got, err)
	}
}

// Two copies right after one another are two: the second is not the first once more.
func TestAQuickSecondCopyIsNotTheFirst(t *testing.T) {
	b, g := open(t)
	b.Mark()
	xclip(t, "first", "-i")
	if got, err := take(t, b, g); got != "first" {
		t.Fatalf("read %q, %v", got, err)
	}
	if got, err := take(t, b, g); got != "" {
		t.Errorf("nothing was copied since, and read %q, %v", got, err)
	}
	xclip(t, "second", "-i")
	if got, err := take(t, b, g); got != "second" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestAFreshCopyIsWaitedFor(t *testing.T) {
	b, g := open(t)
	b.Mark()
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := take(t, b, g)
		got <- answer{text, err}
	}()
	time.Sleep(100 * time.Millisecond)
	xclip(t, "just now", "-i")
	if a := <-got; a.text != "just now" {
		t.Errorf("read %q, %v", a.text, a.err)
	}
}

func TestNothingPassesWithoutTheRight(t *testing.T) {
	for name, take := range map[string]struct {
		act  func(*consent.Gate)
		want error
	}{
		"revoked": {func(g *consent.Gate) { g.Revoke(bothWays) }, consent.ErrRevoked},
		"held":    {func(g *consent.Gate) { g.Hold(bothWays) }, consent.ErrHeld},
	} {
		t.Run(name, func(t *testing.T) {
			b, g := open(t)
			b.Mark()
			send, fetch := lease(t, g, grant.ClipboardSend), lease(t, g, grant.ClipboardFetch)
			xclip(t, "theirs", "-i")
			take.act(g)
			if err := b.Put(t.Context(), send, "mine"); !errors.Is(err, take.want) {
				t.Errorf("put: %v", err)
			}
			if got, err := b.Take(t.Context(), fetch, true); got != "" || !errors.Is(err, take.want) {
				t.Errorf("took %q, %v", got, err)
			}
			if got := xclip(t, "", "-o"); got != "theirs" {
				t.Errorf("the clipboard has %q", got)
			}
		})
	}
}

// A program that holds the clipboard and does not answer costs a moment, and the
// next request works.
func TestAnOwnerThatHangsIsGivenUp(t *testing.T) {
	b, g := open(t)
	b.Mark()
	hold := exec.CommandContext(t.Context(), "xclip", "-selection", "clipboard", "-i", "-quiet")
	hold.Stdin = strings.NewReader("never given")
	if err := hold.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hold.Process.Kill(); _ = hold.Wait() })
	if got, err := take(t, b, g); got != "never given" {
		t.Fatalf("read %q, %v", got, err)
	}
	if err := hold.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Take(t.Context(), lease(t, g, grant.ClipboardFetch), false); err == nil {
		t.Errorf("read %q of a program that does nothing", got)
	}
	xclip(t, "the next", "-i")
	if got, err := take(t, b, g); got != "the next" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestSecretsOfPasswordManagersStay(t *testing.T) {
	b, g := open(t)
	b.Mark()
	owner := exec.CommandContext(t.Context(), "wish")
	owner.Stdin = strings.NewReader(`
		wm withdraw .
		proc text {offset most} { string range "s3cret" $offset [expr {$offset + $most - 1}] }
		proc hint {offset most} { string range "secret" $offset [expr {$offset + $most - 1}] }
		selection handle -selection CLIPBOARD -type UTF8_STRING -format UTF8_STRING . text
		selection handle -selection CLIPBOARD -type x-kde-passwordManagerHint -format UTF8_STRING . hint
		selection own -selection CLIPBOARD .
		vwait forever
	`)
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Process.Kill(); _ = owner.Wait() })
	if got, err := take(t, b, g); got != "" || !errors.Is(err, clipboard.ErrSecret) {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestNoDesktopNoClipboard(t *testing.T) {
	t.Setenv("DISPLAY", ":97")
	if _, err := clipboard.Open(); err == nil {
		t.Error("a clipboard without a desktop")
	}
}
