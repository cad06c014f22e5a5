package siem

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"beside/broker/internal/store"
	"beside/signaling/record"
)

// facility is "log audit" (RFC 5424 §6.2.1).
const facility = 13

// maxSequence is the highest sequenceId (RFC 5424 §7.3.1), after which comes 1.
const maxSequence = 1<<31 - 1

// Message writes an event as one message of RFC 5424, without framing.
func (w Writer) Message(l store.Leaf) ([]byte, error) {
	e, data, err := read(l)
	if err != nil {
		return nil, err
	}
	return w.message(e, data), nil
}

// message has the event's data as JSON as its text, in UTF-8 and marked so.
func (w Writer) message(e record.Event, data []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "<%d>1 %s %s beside %d %s ", 8*facility+syslogSeverity(severity(e)), e.Time.UTC().Format("2006-01-02T15:04:05.000000Z"),
		printASCII(w.Host, 255), os.Getpid(), printASCII(string(e.Kind), 32))
	fmt.Fprintf(&out, `[meta sequenceId="%d"][origin software="Beside" swVersion="%s"] `, 1+(e.Seq-1)%maxSequence, paramValue(w.Version))
	out.WriteString("\xef\xbb\xbf{\"seq\":" + strconv.FormatInt(e.Seq, 10))
	for _, member := range [][2]string{
		{"outcome", string(e.Outcome)}, {"reporter", string(e.Reporter)}, {"actor", string(e.Actor.Kind)}, {"actorId", e.Actor.ID},
		{"session", e.Session}, {"ticket", e.Ticket},
	} {
		if text, err := json.Marshal(member[1]); err == nil && member[1] != "" {
			out.WriteString(`,"` + member[0] + `":` + string(text))
		}
	}
	out.WriteString(`,"data":` + string(data) + "}")
	return out.Bytes()
}

// syslogSeverity is that of RFC 5424 §6.2.1 for 0 to 10.
func syslogSeverity(n int) int {
	switch {
	case n >= 9:
		return 1 // alert
	case n >= 7:
		return 3 // error
	case n >= 6:
		return 4 // warning
	case n >= 4:
		return 5 // notice
	}
	return 6 // informational
}

// printASCII is what the header's fields may hold; "-" when that is nothing.
func printASCII(s string, most int) string {
	kept := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r
		}
		return -1
	}, s)
	if kept == "" {
		return "-"
	}
	return kept[:min(len(kept), most)]
}

func paramValue(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(s)
}
