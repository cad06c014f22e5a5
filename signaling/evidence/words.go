package evidence

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"beside/signaling/record"
	"beside/signaling/texts"
)

// Words is a finding in one sentence.
func (f Finding) Words() string {
	var pairs []string
	for name, value := range f.Values {
		pairs = append(pairs, name, printable(value))
	}
	return texts.Named("verify", string(f.Code), pairs...)
}

// verdict is the last sentence, by exit code.
func verdict(exit int) string {
	switch exit {
	case ExitProven:
		return texts.T("verify.verdict.proven")
	case ExitFalse:
		return texts.T("verify.verdict.false")
	}
	return texts.T("verify.verdict.missing")
}

// Print writes a report for people: what happened, what is proven and by whom,
// what is not, what is false, and the verdict.
func (r *Report) Print(w io.Writer) error {
	var b strings.Builder
	if len(r.Story) > 0 {
		fmt.Fprintf(&b, "%s\n", texts.T("verify.part.story"))
		for _, e := range r.Story {
			fmt.Fprintf(&b, "  %s  %s\n", e.Time.UTC().Format(time.DateTime), printable(sentence(e)))
		}
	}
	for _, part := range []Kind{Proven, Missing, False, Note} {
		title := texts.Named("verify.part", string(part))
		for _, f := range r.Findings {
			if f.Kind != part {
				continue
			}
			if title != "" {
				fmt.Fprintf(&b, "\n%s\n", title)
				title = ""
			}
			fmt.Fprintf(&b, "  - %s\n", f.Words())
		}
	}
	fmt.Fprintf(&b, "\n%s\n", verdict(r.Exit()))
	_, err := io.WriteString(w, b.String())
	return err
}

// sentence is what happened, and who says so.
func sentence(e record.Event) string {
	by := texts.T("verify.by.broker")
	if e.Reporter == record.ByClient {
		by = texts.T("verify.by.client")
	}
	return Told(e) + " [" + by + "]"
}

// Told is what happened, in one sentence.
func Told(e record.Event) string {
	var values map[string]any
	raw, err := json.Marshal(e.Data)
	if err == nil {
		err = json.Unmarshal(raw, &values)
	}
	if err != nil {
		return string(e.Kind)
	}
	var pairs []string
	for name, value := range values {
		if text, ok := value.(string); ok && name == "reason" {
			value = texts.Named("end", text)
		}
		pairs = append(pairs, name, fmt.Sprint(value))
	}
	text := texts.Named("event", string(e.Kind), pairs...)
	if e.Outcome == record.Denied {
		text += " (" + string(e.Outcome) + ")"
	}
	return text
}
