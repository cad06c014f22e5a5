package control

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of the clipboard. Text alone travels, in pieces that each fit into a
// message; what is longer is a file.
const (
	MaxClipboardBytes = 192 << 10 // of one text in UTF-8
	MaxClipRunes      = 1500      // of one piece
	ClipBurst         = 20        // texts in either direction at once; then one each second
	maxClips          = MaxClipboardBytes/MaxClipRunes + 1
)

// Clip is a piece of a text that the technician puts on the requester's clipboard,
// under the right to clipboard:send. The pieces of one text come in order.
type Clip struct {
	ID    string `json:"id"`   // of the text
	Part  int    `json:"part"` // from 1
	Parts int    `json:"parts"`
	Text  string `json:"text"` // of control characters only \n and \t
}

// Clipped says that the text of this ID is on the clipboard, or why it is not.
type Clipped struct {
	ID     string     `json:"id"`
	Reason ClipReason `json:"reason"` // empty: it is
}

// Take asks for the text on the requester's clipboard, under the right to
// clipboard:fetch.
type Take struct {
	ID string `json:"id"`
	// Fresh asks for what is being copied at this moment only, and waits for it a
	// little: the technician pressed the keys that copy.
	Fresh bool `json:"fresh"`
}

// Copied is a piece of the text that was asked for, in order, or says in a single
// message without a piece why there is none.
type Copied struct {
	ID     string     `json:"id"`
	Part   int        `json:"part"`  // from 1; 0 with a reason
	Parts  int        `json:"parts"` // 0 with a reason
	Text   string     `json:"text"`
	Reason ClipReason `json:"reason"` // empty: there is one
}

// ClipReason says why a text did not come onto a clipboard.
type ClipReason string

// The reasons.
const (
	ClipNothing ClipReason = "nothing"  // nothing was copied since the requester allowed it, or it is no text
	ClipSecret  ClipReason = "secret"   // #nosec G101 -- a password manager marked it as secret
	ClipTooLong ClipReason = "too_long" // more than MaxClipboardBytes
	ClipRests   ClipReason = "rests"    // the requester paused
	ClipFailed  ClipReason = "failed"   // the clipboard cannot be reached
)

func (Clip) controlType() string    { return "clip" }
func (Clipped) controlType() string { return "clipped" }
func (Take) controlType() string    { return "take" }
func (Copied) controlType() string  { return "copied" }

func (r ClipReason) valid() bool {
	switch r {
	case "", ClipNothing, ClipSecret, ClipTooLong, ClipRests, ClipFailed:
		return true
	}
	return false
}

func (m Clip) validate() error {
	return errors.Join(validateID(m.ID), checkPiece(m.Part, m.Parts, m.Text))
}

func (m Clipped) validate() error {
	if !m.Reason.valid() {
		return errors.New("unknown reason")
	}
	return validateID(m.ID)
}

func (m Take) validate() error { return validateID(m.ID) }

func (m Copied) validate() error {
	switch {
	case !m.Reason.valid():
		return errors.New("unknown reason")
	case m.Reason != "" && (m.Part != 0 || m.Parts != 0 || m.Text != ""):
		return errors.New("both a reason and a piece")
	case m.Reason != "":
		return validateID(m.ID)
	}
	return errors.Join(validateID(m.ID), checkPiece(m.Part, m.Parts, m.Text))
}

func checkPiece(part, parts int, text string) error {
	if parts < 1 || parts > maxClips || part < 1 || part > parts {
		return fmt.Errorf("piece %d of %d, want at most %d", part, parts, maxClips)
	}
	if n := utf8.RuneCountInString(text); n == 0 || n > MaxClipRunes {
		return fmt.Errorf("piece of %d characters, want 1 to %d", n, MaxClipRunes)
	}
	if clean := CleanClip(text); clean != text {
		return errors.New("control character in a text")
	}
	return nil
}

// CleanClip leaves of a text what may travel: lines end with \n, and of the control
// characters there is only \t besides. Bytes that are no UTF-8 become U+FFFD.
func CleanClip(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if isControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// PiecesOf splits a clean text into what fits into messages. It is nil for the
// empty text.
func PiecesOf(text string) (pieces []string) {
	runes := []rune(text)
	for start := 0; start < len(runes); start += MaxClipRunes {
		pieces = append(pieces, string(runes[start:min(start+MaxClipRunes, len(runes))]))
	}
	return pieces
}

// A Gatherer puts the pieces of one text after the other together. Its zero value
// is ready.
type Gatherer struct {
	id    string
	parts int
	next  int
	text  strings.Builder
}

// ErrPiece reports a piece out of order, or of a text that is too long.
var ErrPiece = errors.New("not the next piece of a text")

// Take takes the next piece, and reports the text when it was the last.
func (g *Gatherer) Take(id string, part, parts int, piece string) (text string, whole bool, err error) {
	if part == 1 { // a new text; what is left of one before was given up
		*g = Gatherer{id: id, parts: parts, next: 1}
	}
	if id != g.id || part != g.next || parts != g.parts || g.text.Len()+len(piece) > MaxClipboardBytes {
		*g = Gatherer{}
		return "", false, ErrPiece
	}
	g.text.WriteString(piece)
	g.next++
	if part < parts {
		return "", false, nil
	}
	text = g.text.String()
	*g = Gatherer{}
	return text, true, nil
}
