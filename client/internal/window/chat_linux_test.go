package window_test

import (
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/window"
)

// chatWith is a chat in which the technician wrote these.
func chatWith(lines ...string) window.ChatState {
	s := window.ChatState{Party: window.Party{Organisation: "Example"}, Technician: "Anna Berger"}
	for _, text := range lines {
		s.Lines = append(s.Lines, window.ChatLine{At: time.Now(), Text: text})
	}
	return s
}

func (d *desk) chat(u window.UI, s window.ChatState, called bool) window.Chat {
	d.t.Helper()
	c, err := u.OpenChat(s, called)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// write presses a key in a field and lets it be drawn. That the window looks
// different is not enough there: the caret blinks.
func (d *desk) write(win xproto.Window, code byte) {
	d.t.Helper()
	d.step(win, code)
	time.Sleep(blink)
}

// blink is longer than a frame on a busy machine, and than the caret's rest.
const blink = 600 * time.Millisecond

// The chat works by keyboard alone: Enter sends, Shift+Enter begins a line,
// Escape closes.
func TestChatIsWrittenByKeyboard(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	c := d.chat(u, chatWith("Hello"), true)
	win := d.shown(u)
	await(d, "the person to have seen it", c.Seen())
	const a, b = 38, 56
	d.write(win, a)
	d.see(win, func() {
		d.fake(xproto.KeyPress, keyShift, d.point(win, 0, 0))
		d.keys(keyReturn)
		d.fake(xproto.KeyRelease, keyShift, d.point(win, 0, 0))
	})
	time.Sleep(blink)
	d.write(win, b)
	d.keys(keyReturn)
	if got := await(d, "a line", c.Written()); got != "a\nb" {
		t.Errorf("wrote %q, want a and b on two lines", got)
	}
	d.keys(keyReturn) // an empty field sends nothing
	d.write(win, b)
	d.write(win, keyTab)
	d.keys(keySpace) // the button
	if got := await(d, "a line", c.Written()); got != "b" {
		t.Errorf("wrote %q, want b", got)
	}
	s := chatWith("Hello", "Are you \u202ethere?")
	d.see(win, func() { c.Set(s) })
	await(d, "the person to have seen that too", c.Seen())
	d.keys(keyEscape)
	d.until("the window to be gone", func() bool { return closed(c.Closed()) })
	c.Close()
}

// What comes by itself takes no key that was meant for another window, and is
// not seen before the person turns to it.
func TestChatThatComesByItselfTakesNoKeyboard(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	other := d.chat(u, chatWith("one"), true)
	first := d.shown(u)
	await(d, "the first to be seen", other.Seen())
	news := d.chat(u, chatWith("two"), false)
	var win xproto.Window
	d.until("the second window on the screen", func() bool {
		for _, w := range u.OwnWindows() {
			if xproto.Window(w) != first {
				win = xproto.Window(w)
			}
		}
		return win != 0 && d.at(win, 8, 4) == white
	})
	const a = 38
	other.Set(chatWith("one", "three"))
	await(d, "the first to be seen still", other.Seen())
	d.keys(a, keyReturn)
	if got := await(d, "a line", other.Written()); got != "a" {
		t.Errorf("wrote %q, want a", got)
	}
	select {
	case <-news.Seen():
		t.Error("seen without the keyboard")
	default:
	}
	news.Front()
	await(d, "the second to be seen", news.Seen())
	news.Close()
	other.Close()
}

// With nobody there to read, what is typed stays in the field.
func TestChatKeepsWhatNobodyReads(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	s := chatWith("Hello")
	s.Away = true
	c := d.chat(u, s, true)
	win := d.shown(u)
	const a, b = 38, 56
	d.write(win, a)
	d.keys(keyReturn)
	d.write(win, b) // seen, so that Enter was, too
	s.Away = false
	d.see(win, func() { c.Set(s) })
	select {
	case text := <-c.Written():
		t.Errorf("%q was sent to nobody", text)
	default:
	}
	d.keys(keyReturn)
	if got := await(d, "the line", c.Written()); got != "ab" {
		t.Errorf("wrote %q, want ab", got)
	}
}

// The bar says what is unread, and does not move Stop for it.
func TestBarOpensTheChat(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	s := seen(0)
	b, win := d.bar(u, s)
	defer b.Close()
	place := d.place(win)
	const chatX = pauseX - 36 - 8 - 148 - 8 - 50
	s.Unread = 12
	d.see(win, func() { b.Set(s) })
	d.until("the chat in the accent colour", func() bool { return d.at(win, chatX, 14) == accent })
	if now := d.place(win); now != place {
		t.Errorf("the bar moved from %v to %v", place, now)
	}
	d.click(win, chatX, barMiddle)
	if got := await(d, "an act", b.Acts()); got != window.OpenChat {
		t.Errorf("act: got %q, want open chat", got)
	}
}
