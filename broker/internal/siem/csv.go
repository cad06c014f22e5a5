package siem

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"beside/signaling/record"
)

var csvColumns = []string{"seq", "id", "time", "kind", "outcome", "reporter", "actor", "actor_id", "session", "ticket", "signed", "data"}

func csvEvent(e record.Event, data []byte) []byte {
	return csvLine([]string{
		strconv.FormatInt(e.Seq, 10), e.ID, e.Time.UTC().Format(time.RFC3339Nano), string(e.Kind), string(e.Outcome), string(e.Reporter),
		string(e.Actor.Kind), e.Actor.ID, e.Session, e.Ticket, strconv.FormatBool(e.Signed != nil), string(data),
	})
}

func csvLine(cells []string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = inert(c)
	}
	_ = w.Write(safe) // a buffer takes everything
	w.Flush()
	return out.Bytes()
}

// inert keeps a spreadsheet from taking a cell for a formula (OWASP, CSV Injection).
// What begins with a blank counts too: some trim it.
func inert(cell string) string {
	if trimmed := strings.TrimLeft(cell, " "); trimmed != "" && strings.ContainsRune("=+-@\t\r\n", rune(trimmed[0])) {
		return "'" + cell
	}
	return cell
}
