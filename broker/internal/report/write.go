package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// parts are the tables of a report, by their names in files.
func (r Report) parts() []struct {
	name   string
	groups []Group
} {
	return []struct {
		name   string
		groups []Group
	}{
		{"all", []Group{{Key: "", Figures: r.All}}}, {"priority", r.ByPriority}, {"category", r.ByCategory},
		{"technician", r.ByTechnician}, {"week", r.ByWeek},
	}
}

// WriteCSV writes every table of a report into one, a row a group; times are in milliseconds.
func (r Report) WriteCSV(to io.Writer) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true
	rows := [][]string{{"part", "key", "calls", "resolved", "wait p50", "wait p95", "resolve p50", "resolve p95", "in time", "late",
		"spent", "again", "rated", "rated helped"}}
	for _, p := range r.parts() {
		for _, g := range p.groups {
			row := []string{p.name, inert(g.Key)}
			for _, n := range []int64{int64(g.Calls), int64(g.Resolved), g.WaitP50, g.WaitP95, g.ResolveP50, g.ResolveP95,
				int64(g.Kept), int64(g.Broken), g.Spent, int64(g.Again), int64(g.Rated), int64(g.RatedHelped)} {
				row = append(row, strconv.FormatInt(n, 10))
			}
			rows = append(rows, row)
		}
	}
	return w.WriteAll(rows)
}

var formula = regexp.MustCompile(`^\s*[=+\-@]|^[\t\r\n]`)

// inert is a cell that no spreadsheet takes for a formula (OWASP, CSV Injection).
func inert(cell string) string {
	if formula.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

// Text is a report in plain text, for mails and terminals. It names no requester, no subject and no technician.
func (r Report) Text() string {
	var out strings.Builder
	last := r.To.Add(-time.Second)
	fmt.Fprintf(&out, "%s to %s\n\n", r.From.Format(time.DateOnly), last.Format(time.DateOnly))
	fmt.Fprintf(&out, "Calls: %d, %d of them resolved. %d wait.\n", r.All.Calls, r.All.Resolved, r.Waiting)
	fmt.Fprintf(&out, "Called again within 14 days: %d.\n", r.All.Again)
	if r.All.Rated > 0 {
		fmt.Fprintf(&out, "Rated: %d, helped: %d.\n", r.All.Rated, r.All.RatedHelped)
	}
	for _, p := range r.parts()[:3] {
		if len(p.groups) == 0 {
			continue
		}
		out.WriteString("\n")
		w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "%s\tcalls\twait, half\t19 of 20\tresolved, half\t19 of 20\tin time\n", p.name)
		for _, g := range p.groups {
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", label(p.name, g.Key), g.Calls, span(g.WaitP50), span(g.WaitP95),
				span(g.ResolveP50), span(g.ResolveP95), share(g.Kept, g.Kept+g.Broken))
		}
		_ = w.Flush() // into memory
	}
	return out.String()
}

func label(part, key string) string {
	switch {
	case part == "all":
		return "-"
	case key == "":
		return "(none)"
	}
	return strings.Join(strings.Fields(key), " ")
}

func span(ms int64) string {
	if ms == 0 {
		return "-"
	}
	d := (time.Duration(ms) * time.Millisecond).Round(time.Minute)
	return fmt.Sprintf("%d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

func share(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d %%", (100*n+of/2)/of)
}
