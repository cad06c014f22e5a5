// Package siem writes audited events as other programs read them: spreadsheets, log
// collectors, security monitoring. What proves something is the log itself and
// evidence files (docs/audit.md): these formats leave the signatures out.
package siem

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Format is one way to write events.
type Format string

// The formats.
const (
	JSONL  Format = "jsonl"  // one JSON object a line, byte for byte as it is kept
	CSV    Format = "csv"    // RFC 4180, safe to open in a spreadsheet
	CEF    Format = "cef"    // ArcSight Common Event Format
	OCSF   Format = "ocsf"   // Open Cybersecurity Schema Framework, one JSON object a line
	Syslog Format = "syslog" // RFC 5424, one message a line
)

// Formats lists all.
func Formats() []Format { return []Format{JSONL, CSV, CEF, OCSF, Syslog} }

// MediaType is what HTTP calls it.
func (f Format) MediaType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case CEF, Syslog:
		return "text/plain; charset=utf-8"
	}
	return "application/jsonl"
}

// Extension is that of a file's name.
func (f Format) Extension() string {
	switch f {
	case CSV:
		return "csv"
	case CEF, Syslog:
		return "log"
	}
	return "jsonl"
}

// Writer writes events in one format. It keeps nothing between them.
type Writer struct {
	Format Format
	// Version is the broker's, Host the name of its machine.
	Version, Host string
}

// Header is what comes before all events.
func (w Writer) Header() []byte {
	if w.Format == CSV {
		return csvLine(csvColumns)
	}
	return nil
}

// Line writes one event, its line feed included.
func (w Writer) Line(l store.Leaf) ([]byte, error) {
	if w.Format == JSONL {
		line, ok := bytes.CutPrefix(l.Bytes, []byte(record.LeafPrefix))
		if !ok {
			return nil, fmt.Errorf("event %d is damaged: it does not begin as an event does", l.Seq)
		}
		return line, nil
	}
	e, data, err := read(l)
	if err != nil {
		return nil, err
	}
	switch w.Format {
	case CSV:
		return csvEvent(e, data), nil
	case CEF:
		return append(w.cef(e, data), '\n'), nil
	case OCSF:
		return w.ocsf(e, data)
	case Syslog:
		return append(w.message(e, data), '\n'), nil
	}
	return nil, fmt.Errorf("unknown format %q: use one of %v", string(w.Format), Formats())
}

// read reads an event, and its data as JSON.
func read(l store.Leaf) (record.Event, []byte, error) {
	e, err := l.Event()
	if err != nil {
		return e, nil, err
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return e, nil, fmt.Errorf("encode event %d: %w", e.Seq, err)
	}
	return e, data, nil
}

// severity is how much an event matters, from 0 (nothing) to 10.
func severity(e record.Event) int {
	switch e.Kind {
	case record.KindAlarmRaised, record.KindScopeViolation:
		return 9
	case record.KindVerifyFailed:
		return 7
	case record.KindPolicyChanged, record.KindRolesChanged, record.KindKeyRotated, record.KindAuditExported,
		record.KindRecordingExported, record.KindPersonErased, record.KindAuditorsPublished, record.KindAskingPolicyChanged:
		return 5
	}
	switch {
	case e.Outcome == record.Denied, strings.HasSuffix(string(e.Kind), "refused"), strings.HasSuffix(string(e.Kind), "denied"):
		return 6
	case slices.Contains([]record.Kind{record.KindConsentGranted, record.KindControlStarted, record.KindCaptureStarted, record.KindFileReceived, record.KindFileSent}, e.Kind):
		return 4
	}
	return 2
}
