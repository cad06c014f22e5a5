package session_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/record"
)

// chat is the person's window of the chat.
type chat struct {
	called  bool
	written chan string
	seen    chan struct{}
	closed  chan struct{}
	once    sync.Once

	mu     sync.Mutex
	state  window.ChatState
	fronts int
}

func (c *chat) Set(s window.ChatState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = s
}

func (c *chat) now() window.ChatState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

func (c *chat) Front() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fronts++
}

func (c *chat) Written() <-chan string  { return c.written }
func (c *chat) Seen() <-chan struct{}   { return c.seen }
func (c *chat) Closed() <-chan struct{} { return c.closed }
func (c *chat) Close()                  { c.once.Do(func() { close(c.closed) }) }

// texts are what the window shows, each with who wrote it.
func (c *chat) texts() (out []string) {
	for _, l := range c.now().Lines {
		who := "technician"
		if l.Own {
			who = "you"
		}
		out = append(out, who+": "+l.Text)
	}
	return out
}

// The two write to each other before anything is allowed; a page that is loaded
// anew hears the conversation again, and a line that comes twice is one line.
func TestChatNeedsNoGrant(t *testing.T) {
	st := play(t, declining())
	v := st.viewer()
	heard(st, v, func(control.Rights) bool { return true })
	v.Say(control.Say{ID: "1", Text: "Hello"})
	heard(st, v, func(m control.Said) bool {
		return m.N == 1 && m.ID == "1" && m.By == control.WroteTechnician && m.Text == "Hello"
	})
	st.eventually("the chat is open", func() bool { return st.person.theChat() != nil })
	c := st.person.theChat()
	if c.called {
		t.Error("the window that came by itself takes the keyboard")
	}
	c.written <- "Good morning"
	heard(st, v, func(m control.Said) bool {
		return m.N == 2 && m.By == control.WroteRequester && m.Text == "Good morning"
	})
	v.Say(control.Say{ID: "1", Text: "Hello"})
	v.Say(control.Say{ID: "2", Text: "Can you see me?"})
	heard(st, v, func(m control.Said) bool { return m.N == 3 && m.ID == "2" })
	want := "technician: Hello|you: Good morning|technician: Can you see me?"
	st.eventually("the window shows all of it", func() bool { return strings.Join(c.texts(), "|") == want })

	again := st.viewer()
	for n := range 3 {
		heard(st, again, func(m control.Said) bool { return m.N == n+1 })
	}
	st.never(record.KindScopeViolation)
}

// With the bar on the screen nothing opens by itself: it counts what is unread.
func TestBarCountsUnread(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	for i := range 3 {
		v.Say(control.Say{ID: fmt.Sprint(i), Text: "Look at the bar"})
	}
	st.eventually("the bar counts", func() bool { return st.person.theBar().now().Unread == 3 })
	if st.person.theChat() != nil {
		t.Error("the chat opened by itself")
	}
	st.person.theBar().acts <- window.OpenChat
	st.eventually("the chat is open", func() bool { return st.person.theChat() != nil })
	c := st.person.theChat()
	if !c.called || len(c.now().Lines) != 3 {
		t.Errorf("the chat: called %v with %d lines, want 3", c.called, len(c.now().Lines))
	}
	c.seen <- struct{}{}
	st.eventually("nothing is unread", func() bool { return st.person.theBar().now().Unread == 0 })
	c.Close()
	v.Say(control.Say{ID: "later", Text: "One more"})
	st.eventually("the bar counts again", func() bool { return st.person.theBar().now().Unread == 1 })
	v.Close()
	st.eventually("the bar says that nobody is there", func() bool { return st.person.theBar().now().Lost })
}

// A page that writes faster than any person is none of ours.
func TestChatHasARate(t *testing.T) {
	st := play(t, declining())
	v := st.viewer()
	heard(st, v, func(control.Rights) bool { return true })
	for i := range control.ChatBurst + 10 {
		v.Say(control.Say{ID: fmt.Sprint(i), Text: "spam"})
	}
	st.ended("violation")
	if n := len(st.person.theChat().now().Lines); n > control.ChatBurst+2 {
		t.Errorf("%d lines came through", n)
	}
}
