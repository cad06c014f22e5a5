package desk

import "strings"

// Limits of what a person says at the help page, in characters. All that they add goes to the same words, up to MaxText.
const (
	MaxReach    = 100
	MaxAsked    = 2000
	subjectLong = 80
)

// Asked tidies what a person wrote at the help page: the ticket that it makes, and how the person is reached.
func Asked(name, reach, words string, impact, urgency Level) (Ticket, string, error) {
	name, err := Line("name", name, 1, MaxName)
	if err != nil {
		return Ticket{}, "", err
	}
	if reach, err = Line("reach", reach, 3, MaxReach); err != nil {
		return Ticket{}, "", err
	}
	if words, err = Text("words", words, 1, MaxAsked); err != nil {
		return Ticket{}, "", err
	}
	t, err := New(Ticket{Subject: subjectOf(words), Words: words, Requester: name, Impact: impact, Urgency: urgency})
	return t, reach, err
}

// subjectOf is the first line of somebody's words, cut at a space where it is long.
func subjectOf(words string) string {
	line, _, _ := strings.Cut(words, "\n")
	line = strings.Join(strings.Fields(line), " ")
	letters := []rune(line)
	if len(letters) <= subjectLong {
		return line
	}
	cut := string(letters[:subjectLong-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

// Say adds to the words of a ticket what the person says later.
func Say(t Ticket, more string) (Ticket, error) {
	more, err := Text("words", more, 1, MaxAsked)
	if err != nil {
		return t, err
	}
	words := t.Words + "\n\n" + more
	return Apply(t, Patch{Words: &words})
}

// Withdraw closes a ticket whose person does not need help any more, without a resolution. It reports false for one that
// is solved or closed already.
func Withdraw(t Ticket) (Ticket, bool) {
	if t.State == Resolved || t.State == Closed {
		return t, false
	}
	t.State = Closed
	return t, true
}
