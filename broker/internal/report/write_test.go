package report_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/report"
)

// two calls by hand: one helped after 30 minutes and solved after 90, one that waits.
func two() report.Report {
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	came := from.Add(9 * time.Hour)
	calls := []report.Call{
		{Number: 1, Subject: "secret words", Category: "=1+1", Requester: "Grace", Technician: "Ada", Priority: 2, Created: came,
			Helped: came.Add(30 * time.Minute), Resolved: came.Add(90 * time.Minute), Rated: 1, RatedHelped: 1},
		{Number: 2, Subject: "other words", Requester: "grace", Priority: 5, Created: came.Add(time.Hour)},
	}
	for i, c := range calls {
		calls[i].Due = desk.DefaultRules().DueAt(c.Created, c.Priority)
	}
	return report.Of(calls, from, from.AddDate(0, 0, 7), came.Add(2*time.Hour))
}

func TestCSV(t *testing.T) {
	var out strings.Builder
	if err := two().WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(rows[1], " "), "all  2 1 1800000 1800000 5400000 5400000 1 0 0 1 1 1"; got != want {
		t.Errorf("all = %q, want %q", got, want)
	}
	if !strings.Contains(out.String(), "category,'=1+1,1,") || !strings.Contains(out.String(), "technician,Ada,1,") {
		t.Errorf("got %s", out.String())
	}
}

func TestTextNamesNobody(t *testing.T) {
	text := two().Text()
	for _, want := range []string{"2026-03-02 to 2026-03-08", "Calls: 2, 1 of them resolved. 1 wait.", "0:30", "1:30", "100 %", "(none)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, private := range []string{"Grace", "Ada", "words"} {
		if strings.Contains(text, private) {
			t.Errorf("%q is in\n%s", private, text)
		}
	}
}
