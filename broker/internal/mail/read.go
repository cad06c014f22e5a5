package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // people write in more than UTF-8
	mailmessage "github.com/emersion/go-message/mail"
)

// Bounds of what is read of one message.
const (
	MaxMessage = 25 << 20
	maxParts   = 100
	maxText    = 20_000  // characters
	maxRawText = 1 << 20 // bytes, before quotes are cut
	maxFile    = 10 << 20
	maxFiles   = 20
	maxRefs    = 50
	maxID      = 500
)

// Message is what a mail says, as far as a desk needs it.
type Message struct {
	ID         string   // of the mail, without its brackets
	References []string // what it answers, the nearest last
	Name       string   // of who wrote it; empty: they gave none
	Address    string   // theirs, in lower case
	Subject    string   // one line
	Text       string   // plain, without what it quotes
	Files      []File
	Dropped    int    // files that were too many or too large
	Ignore     string // why nobody should act on it; empty: somebody should
}

// File is what was attached.
type File struct {
	Name string
	Body []byte
}

// Read reads a mail as it came, from anybody. An error: it cannot be read at all.
func Read(raw []byte) (Message, error) {
	if len(raw) > MaxMessage {
		return Message{}, errors.New("message is too large")
	}
	r, err := mailmessage.CreateReader(bytes.NewReader(raw))
	if r == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return Message{}, fmt.Errorf("read message: %w", err)
	}
	defer r.Close() //nolint:errcheck // of memory
	m := Message{Subject: line(headerText(r.Header.Subject))}
	if m.ID, err = r.Header.MessageID(); err != nil || len(m.ID) > maxID {
		m.ID = ""
	}
	for _, key := range []string{"References", "In-Reply-To"} {
		ids, err := r.Header.MsgIDList(key)
		if err != nil {
			continue // a list that is none answers nothing
		}
		for _, id := range ids {
			if len(m.References) < maxRefs && len(id) <= maxID {
				m.References = append(m.References, id)
			}
		}
	}
	if from, err := r.Header.AddressList("From"); err == nil && len(from) == 1 {
		m.Name, m.Address = line(from[0].Name), address(from[0].Address)
	}
	m.Ignore = ignore(&r.Header, m)
	if m.Ignore == "" {
		m.parts(r)
	}
	return m, nil
}

func headerText(read func() (string, error)) string {
	text, _ := read() // what cannot be decoded stands as it came
	return text
}

// address is one that mail can be sent to, or nothing.
func address(text string) string {
	if parsed, err := mail.ParseAddress("<" + text + ">"); err != nil || parsed.Address != text || len(text) > 254 {
		return ""
	}
	if strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>"(),:;\`, r)
	}) {
		return ""
	}
	return strings.ToLower(text)
}

// ignore says why a mail is a machine's (RFC 3834), or nobody's.
func ignore(h *mailmessage.Header, m Message) string {
	has := func(key string, words ...string) bool {
		value := strings.ToLower(strings.TrimSpace(h.Get(key)))
		for _, w := range words {
			if strings.HasPrefix(value, w) {
				return true
			}
		}
		return false
	}
	local, _, _ := strings.Cut(m.Address, "@")
	kind, _, err := h.ContentType()
	switch {
	case m.Address == "":
		return "no sender"
	case m.ID == "":
		return "no message id" // it could not be known again
	case strings.TrimSpace(h.Get("Return-Path")) == "<>":
		return "null sender"
	case h.Has("Auto-Submitted") && !has("Auto-Submitted", "no"):
		return "automatic"
	case has("Precedence", "bulk", "junk", "list", "auto_reply"), h.Has("List-Id"), h.Has("X-Autoreply"), h.Has("X-Autorespond"):
		return "bulk"
	case local == "mailer-daemon", local == "postmaster", strings.HasPrefix(local, "no-reply"), strings.HasPrefix(local, "noreply"):
		return "a machine's address"
	case err == nil && kind == "multipart/report":
		return "report"
	}
	return ""
}

// parts reads the text, plain before HTML, and the files.
func (m *Message) parts(r *mailmessage.Reader) {
	var plain, html string
	for range maxParts {
		part, err := r.NextPart()
		if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			break // the end, or as far as it can be read
		}
		switch h := part.Header.(type) {
		case *mailmessage.InlineHeader:
			kind, params, err := h.ContentType()
			switch {
			case plain == "" && (err != nil || kind == "text/plain"):
				plain = read(part.Body)
			case html == "" && kind == "text/html":
				html = read(part.Body)
			case !strings.HasPrefix(kind, "text/") && !strings.HasPrefix(kind, "multipart/"):
				m.file(params["name"], part.Body)
			}
		case *mailmessage.AttachmentHeader:
			m.file(headerText(h.Filename), part.Body)
		}
	}
	if strings.TrimSpace(plain) == "" {
		plain = plainOf(html)
	}
	m.Text = cut(strings.TrimSpace(clean(withoutQuotes(plain))), maxText)
}

func (m *Message) file(name string, body io.Reader) {
	content, err := io.ReadAll(io.LimitReader(body, maxFile+1))
	if len(content) == 0 && err == nil {
		return
	}
	if err != nil || len(content) > maxFile || len(m.Files) == maxFiles {
		m.Dropped++
		return
	}
	if name == "" {
		name = "attachment"
	}
	m.Files = append(m.Files, File{Name: name, Body: content})
}

func read(body io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(body, maxRawText)) // what came before an error is what was said
	return strings.ToValidUTF8(string(text), "\uFFFD")
}

// clean takes out what can hide or reorder what a person reads, as package desk refuses it.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// line is a text in one line.
func line(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

// cut keeps the first characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
