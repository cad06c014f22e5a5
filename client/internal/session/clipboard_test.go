package session_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"beside/client/internal/clipboard"
	"beside/client/internal/consent"
	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

var asClips = grant.SetOf(grant.View, grant.ClipboardSend, grant.ClipboardFetch)

// openClipboard gives the clipboard of the desk of the test.
func (d *desk) openClipboard() (clipboard.Board, error) { return &deskBoard{d}, nil }

type deskBoard struct{ desk *desk }

func (b *deskBoard) Mark() {
	b.desk.mu.Lock()
	defer b.desk.mu.Unlock()
	b.desk.marks++
}

func (b *deskBoard) Put(_ context.Context, l *consent.Lease, text string) error {
	return l.Do(func() error { b.desk.copy(text); return nil })
}

func (b *deskBoard) Take(ctx context.Context, l *consent.Lease, _ bool) (text string, err error) {
	b.desk.mu.Lock()
	copying := b.desk.copying
	b.desk.mu.Unlock()
	err = l.Do(func() error { text = b.desk.pasted(); return nil })
	if copying != nil {
		select {
		case <-copying:
		case <-ctx.Done():
		}
	}
	if err == nil && text == "" {
		err = clipboard.ErrNothing
	}
	return text, err
}

func (b *deskBoard) Close() {}

func (d *desk) copy(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clip = text
}

func (d *desk) pasted() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clip
}

// mayClip has a viewer that may use the clipboard both ways.
func (st *stage) mayClip() *evil.Viewer {
	st.t.Helper()
	v := st.viewer(func(v *evil.Viewer) {
		v.Token = st.broker.AccessToken(st.invite.Public(), both.Union(asClips), grant.MaxAccessLife)
	})
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: asClips})
	st.rights(v, asClips)
	return v
}

func clipped(st *stage, v *evil.Viewer, id string) control.ClipReason {
	st.t.Helper()
	return heard(st, v, func(c control.Clipped) bool { return c.ID == id }).Reason
}

// copied waits for all pieces of an answer.
func copied(st *stage, v *evil.Viewer, id string) (string, control.ClipReason) {
	st.t.Helper()
	last := heard(st, v, func(c control.Copied) bool { return c.ID == id && c.Part == c.Parts })
	var text strings.Builder
	messages, _, _ := v.Got()
	for _, m := range messages {
		if c, ok := m.(control.Copied); ok && c.ID == id {
			text.WriteString(c.Text)
		}
	}
	return text.String(), last.Reason
}

func TestTextGoesOverTheClipboardBothWays(t *testing.T) {
	st := play(t, allowing())
	v := st.mayClip()
	long := strings.Repeat("Zeile mit Grüßen\n", 500)
	pieces := control.PiecesOf(long)
	for i, piece := range pieces {
		v.Say(control.Clip{ID: "long", Part: i + 1, Parts: len(pieces), Text: piece})
	}
	if why := clipped(st, v, "long"); why != "" {
		t.Fatalf("not on the clipboard: %s", why)
	}
	if st.desk.pasted() != long {
		t.Errorf("on the clipboard are %d bytes, want %d", len(st.desk.pasted()), len(long))
	}
	size := fmt.Sprintf(`{"bytes":%d}`, len(long))
	st.told(record.KindClipboardFilled, func(data string) bool { return data == size })

	v.Say(control.Take{ID: "back"})
	if text, why := copied(st, v, "back"); text != long || why != "" {
		t.Errorf("%d bytes came back, %q, want %d", len(text), why, len(long))
	}
	st.told(record.KindClipboardRead, func(data string) bool { return data == size })

	st.desk.copy("")
	v.Say(control.Take{ID: "none"})
	if text, why := copied(st, v, "none"); text != "" || why != control.ClipNothing {
		t.Errorf("of nothing came %q, %q", text, why)
	}
	st.person.theBar().stop()
	st.ended("requester")
	st.step(window.FilledClip)
	st.step(window.ReadClip)
	for _, c := range st.broker.Claims() {
		if strings.Contains(string(c.Data), "Zeile") {
			t.Error("the log has what was copied")
		}
	}
}

// In a pause nothing passes, and nothing that was read before it is sent after the
// right went.
func TestNothingPassesTheClipboardInAPauseNorAfter(t *testing.T) {
	st := play(t, allowing())
	v := st.mayClip()
	st.desk.copy("theirs")
	bar := st.person.theBar()
	bar.acts <- window.Pause
	heard(st, v, func(r control.Rights) bool { return r.Paused })
	v.Say(control.Clip{ID: "p", Part: 1, Parts: 1, Text: "mine"})
	if why := clipped(st, v, "p"); why != control.ClipRests || st.desk.pasted() != "theirs" {
		t.Errorf("in a pause: %q, and the clipboard has %q", why, st.desk.pasted())
	}
	v.Say(control.Take{ID: "p"})
	if text, why := copied(st, v, "p"); text != "" || why != control.ClipRests {
		t.Errorf("in a pause %q was sent, %q", text, why)
	}
	bar.acts <- window.Resume
	st.rights(v, asClips)

	wait := make(chan struct{})
	st.desk.mu.Lock()
	st.desk.copying = wait
	st.desk.mu.Unlock()
	v.Say(control.Take{ID: "late"})
	v.Say(control.Ask{ID: "behind it", Scopes: grant.SetOf(grant.Sound)})
	heard(st, v, func(d control.AskDeclined) bool { return d.ID == "behind it" })
	bar.acts <- window.TakeBackOf(grant.ClipboardFetch)
	st.taken(v, asClips.Without(grant.SetOf(grant.ClipboardFetch)), control.ByRequester)
	close(wait)
	if text, why := copied(st, v, "late"); text != "" || why != control.ClipFailed {
		t.Errorf("after the right went %q was sent, %q", text, why)
	}
	st.never(record.KindClipboardRead)
}

// Each new right to read begins with an empty past.
func TestEachRightToReadSetsAsideWhatIsOlder(t *testing.T) {
	st := play(t, allowing())
	v := st.mayClip()
	marks := func() int {
		st.desk.mu.Lock()
		defer st.desk.mu.Unlock()
		return st.desk.marks
	}
	if n := marks(); n != 1 {
		t.Errorf("set aside %d times, want once", n)
	}
	v.Say(control.Yield{Scopes: grant.SetOf(grant.ClipboardFetch)})
	st.taken(v, asClips.Without(grant.SetOf(grant.ClipboardFetch)), control.ByTechnician)
	v.Say(control.Ask{ID: "2", Scopes: grant.SetOf(grant.ClipboardFetch)})
	st.rights(v, asClips)
	st.eventually("it is set aside once more", func() bool { return marks() == 2 })
}

func TestHostileClipsEndTheSession(t *testing.T) {
	for name, attack := range map[string]func(*evil.Viewer){
		"out of order": func(v *evil.Viewer) { v.Say(control.Clip{ID: "1", Part: 2, Parts: 2, Text: "x"}) },
		"too long": func(v *evil.Viewer) {
			for part := 1; part <= 100; part++ {
				v.Say(control.Clip{ID: "1", Part: part, Parts: 100, Text: strings.Repeat("漢", control.MaxClipRunes)})
			}
		},
		"a flood": func(v *evil.Viewer) {
			for i := range 2 * control.ClipBurst {
				v.Say(control.Take{ID: fmt.Sprint(i)})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := play(t, allowing())
			attack(st.mayClip())
			st.ended("violation")
			if got := st.desk.pasted(); got != "" {
				t.Errorf("the clipboard has %d bytes", len(got))
			}
		})
	}
}

func TestWhereThereIsNoClipboardTheTechnicianIsTold(t *testing.T) {
	st := play(t, allowing(), func(c *session.Config) { c.Devices.Clipboard = nil })
	v := st.mayClip()
	heard(st, v, func(n control.Notice) bool { return n.Code == control.NoClipboard })
	v.Say(control.Clip{ID: "1", Part: 1, Parts: 1, Text: "x"})
	if why := clipped(st, v, "1"); why != control.ClipFailed {
		t.Errorf("put on no clipboard: %q", why)
	}
	v.Say(control.Take{ID: "2"})
	if _, why := copied(st, v, "2"); why != control.ClipFailed {
		t.Errorf("taken from no clipboard: %q", why)
	}
}
