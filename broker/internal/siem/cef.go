package siem

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"beside/signaling/evidence"
	"beside/signaling/record"
)

var (
	cefHeader    = strings.NewReplacer(`\`, `\\`, `|`, `\|`, "\n", " ", "\r", " ")
	cefExtension = strings.NewReplacer(`\`, `\\`, `=`, `\=`, "\n", `\n`, "\r", `\r`)
)

// cef writes "CEF:0|vendor|product|version|kind|name|severity|extensions" (ArcSight
// Common Event Format, version 25).
func (w Writer) cef(e record.Event, data []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "CEF:0|Beside|Beside|%s|%s|%s|%d|", cefHeader.Replace(w.Version), e.Kind, e.Kind, severity(e))
	outcome := "success"
	if e.Outcome == record.Denied {
		outcome = "failure"
	}
	for i, field := range [][2]string{
		{"rt", strconv.FormatInt(e.Time.UnixMilli(), 10)}, {"externalId", strconv.FormatInt(e.Seq, 10)}, {"dvchost", w.Host},
		{"outcome", outcome}, {"suid", e.Actor.ID}, {"spriv", string(e.Actor.Kind)},
		{"cs1Label", "session"}, {"cs1", e.Session}, {"cs2Label", "ticket"}, {"cs2", e.Ticket},
		{"cs3Label", "reporter"}, {"cs3", string(e.Reporter)}, {"cs4Label", "data"}, {"cs4", string(data)},
		{"msg", evidence.Told(e)},
	} {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(field[0] + "=" + cefExtension.Replace(field[1]))
	}
	return out.Bytes()
}
