package control

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits of the chat.
const (
	MaxChatRunes = 1000 // one line of the chat
	ChatBurst    = 20   // lines of the technician at once; then one each second
	MaxChatLines = 200  // that a client keeps, and says again to each connection
)

// Say is a line that the technician writes to the requester. It needs no right
// but that of being this session's technician.
type Say struct {
	ID   string `json:"id"` // the same when it is sent again; the client takes it once
	Text string `json:"text"`
}

// Writer is one of the two people who write.
type Writer string

// The writers.
const (
	WroteTechnician Writer = "technician"
	WroteRequester  Writer = "requester"
)

// Said is a line of the conversation, which the client keeps. It says every line
// once it has it, and all of them again to each connection.
type Said struct {
	N    int    `json:"n"` // its place in the conversation, from 1
	By   Writer `json:"by"`
	ID   string `json:"id"` // of the technician's Say; empty for the requester's
	Text string `json:"text"`
}

func (Say) controlType() string  { return "say" }
func (Said) controlType() string { return "said" }

func (m Say) validate() error {
	return errors.Join(validateID(m.ID), CheckChat(m.Text))
}

func (m Said) validate() error {
	switch {
	case m.N < 1:
		return errors.New("n is not positive")
	case m.By == WroteTechnician:
		return errors.Join(validateID(m.ID), CheckChat(m.Text))
	case m.By == WroteRequester && m.ID == "":
		return CheckChat(m.Text)
	}
	return errors.New("by or id is malformed")
}

// CheckChat says what is wrong with a line of the chat.
func CheckChat(text string) error {
	if n := utf8.RuneCountInString(text); n == 0 || n > MaxChatRunes {
		return fmt.Errorf("text of %d characters, want 1 to %d", n, MaxChatRunes)
	}
	for _, r := range text {
		if isControl(r) && r != '\n' {
			return fmt.Errorf("control character %U in a text", r)
		}
	}
	return nil
}

// isControl reports the characters of C0 and C1.
func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }
