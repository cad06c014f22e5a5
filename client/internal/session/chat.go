package session

import (
	"slices"
	"time"

	"beside/client/internal/window"
	"beside/signaling/control"
)

// maxChatBytes bounds what is kept of the chat, and so what each connection is
// told of it.
const maxChatBytes = 64 << 10

// chat is what the two people wrote to each other. It needs no grant: the person
// let nobody see or do anything by reading. Owned by run.
type chat struct {
	said   []control.Said // the last ones
	times  []time.Time    // of said
	last   int            // number of the last line
	tokens rate           // of the technician
	unread int            // lines of the technician that the person has not seen
	window window.Chat    // nil while it is closed
}

// rate is a bucket of tokens, one more each second up to a burst. Its zero value
// is full.
type rate struct{ full time.Time }

// take takes a token, if there is one.
func (r *rate) take(now time.Time, burst int) bool {
	if r.full.Before(now) {
		r.full = now
	}
	next := r.full.Add(time.Second)
	if next.Sub(now) > time.Duration(burst)*time.Second {
		return false
	}
	r.full = next
	return true
}

// has reports whether a line of the technician is there already.
func (c *chat) has(id string) bool {
	return slices.ContainsFunc(c.said, func(m control.Said) bool { return m.By == control.WroteTechnician && m.ID == id })
}

// add appends a line and forgets the oldest ones that are too many.
func (c *chat) add(m control.Said) control.Said {
	c.last++
	m.N = c.last
	c.said, c.times = append(c.said, m), append(c.times, time.Now())
	size := 0
	for i, kept := range slices.Backward(c.said) {
		size += len(kept.Text)
		if len(c.said)-i > control.MaxChatLines || size > maxChatBytes {
			c.said, c.times = slices.Clone(c.said[i+1:]), slices.Clone(c.times[i+1:])
			break
		}
	}
	return m
}

// lines are what the window shows.
func (c *chat) lines() []window.ChatLine {
	lines := make([]window.ChatLine, len(c.said))
	for i, m := range c.said {
		lines[i] = window.ChatLine{At: c.times[i], Own: m.By == control.WroteRequester, Text: m.Text}
	}
	return lines
}

// onSay takes a line of the technician. It came before when their page did not
// hear that it did. Nobody's page writes faster than the rate.
func (s *session) onSay(r *road, m control.Say) {
	if s.chat.has(m.ID) {
		return // and was said again to this connection
	}
	if !s.chat.tokens.take(time.Now(), control.ChatBurst) {
		s.violation("say")
		return
	}
	s.chat.unread++
	s.tellViewer(r, s.chat.add(control.Said{By: control.WroteTechnician, ID: m.ID, Text: m.Text}))
	if s.bar == nil && s.chat.window == nil {
		s.openChat(false) // there is nothing else that could show it
	}
	s.showChat()
}

// retell says the conversation to a connection that is new.
func (s *session) retell(r *road) {
	for _, m := range s.chat.said {
		s.tellViewer(r, m)
	}
	s.showChat()
}

// openChat puts the chat before the person. called says that they asked for it.
func (s *session) openChat(called bool) {
	if s.chat.window != nil {
		if called {
			s.chat.window.Front()
		}
		return
	}
	w, err := s.cfg.UI.OpenChat(s.chatState(), called)
	if err != nil {
		s.log.Warn("no window for the chat", "error", err)
		return
	}
	s.chat.window = w
	s.go_(func() { s.watchChat(w) })
}

// watchChat brings what the person does in the window of the chat.
func (s *session) watchChat(w window.Chat) {
	for {
		select {
		case text := <-w.Written():
			s.post(func() { s.onWritten(text) })
		case <-w.Seen():
			s.post(func() {
				s.chat.unread = 0
				s.showBar()
			})
		case <-w.Closed():
			s.post(func() { s.onChatClosed(w) })
			return
		case <-s.over:
			return
		}
	}
}

func (s *session) onChatClosed(w window.Chat) {
	w.Close()
	if s.chat.window == w {
		s.chat.window = nil
	}
}

// onWritten takes a line of the person.
func (s *session) onWritten(text string) {
	if control.CheckChat(text) != nil || s.isOver() {
		return
	}
	m := s.chat.add(control.Said{By: control.WroteRequester, Text: text})
	if r := s.verifiedRoad(); r != nil {
		s.tellViewer(r, m) // else it is told when somebody is there again
	}
	s.showChat()
}

func (s *session) chatState() window.ChatState {
	r := s.verifiedRoad()
	return window.ChatState{
		Party: s.party(), Technician: s.technician, Lines: s.chat.lines(), Away: r == nil || r.lost,
	}
}

// showChat brings window and bar up to date.
func (s *session) showChat() {
	if s.chat.window != nil && !s.isOver() {
		s.chat.window.Set(s.chatState())
	}
	s.showBar()
}
