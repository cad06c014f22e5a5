package siem_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/siem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// leaves are events of which some hold what a format must not take for its own signs.
func leaves(t *testing.T) []store.Leaf {
	t.Helper()
	hostile := "=cmd|' /C calc'!A0,\"a\\b\"\r\n]|=\u202e<script>"
	var all []store.Leaf
	for i, d := range []record.Data{
		record.BrokerStarted{}, record.SignedIn{From: "192.0.2.0/24", Method: "passkey"}, record.SignInRefused{Reason: hostile}, record.TechnicianAdded{},
		record.ConsentGranted{Generation: 1, Asked: "view", Scopes: "view", Viewer: "fp", Grant: []byte("g")},
		record.AlarmRaised{}, record.ScopeViolation{Message: hostile, Needs: "control"}, record.AuditExported{First: 1, Last: 7},
	} {
		e := record.New(d, record.ByBroker, record.Actor{Kind: record.Technician, ID: "t-1"})
		e.Seq, e.ID, e.Time = int64(i+1), "e-"+strconv.Itoa(i), time.Date(2026, 3, 4, 5, 6, 7+i, 123e6, time.UTC)
		if i == 2 {
			e.Actor, e.Outcome = record.Actor{Kind: record.Stranger}, record.Denied
		}
		if i > 3 {
			e.Session, e.Ticket = "s-1", "=1+1"
		}
		part, personal, err := e.Part()
		if err != nil {
			t.Fatal(err)
		}
		l := store.Leaf{Seq: e.Seq, Personal: personal, Salt: bytes.Repeat([]byte{1}, record.SaltBytes)}
		if personal != nil {
			part.Personal = record.Commit(l.Salt, personal)
		}
		if l.Bytes, err = part.Leaf(); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

func write(t *testing.T, f siem.Format) []byte {
	t.Helper()
	w := siem.Writer{Format: f, Version: `1|2"]`, Host: "help.example"}
	out := w.Header()
	for _, l := range leaves(t) {
		line, err := w.Line(l)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, line...)
	}
	return out
}

func TestGolden(t *testing.T) {
	pid := regexp.MustCompile(` beside \d+ `)
	for _, f := range siem.Formats() {
		got := pid.ReplaceAll(write(t, f), []byte(" beside 1 "))
		file := filepath.Join("testdata", string(f)+"."+f.Extension())
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", f, got, want)
		}
	}
}

// No cell is a formula to a spreadsheet, and none is torn.
func TestCSVIsInert(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(write(t, siem.CSV))).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
	if got := rows[5][9]; got != "'=1+1" {
		t.Errorf("ticket %q", got)
	}
}

// Each event is one line with all of its header's fields, whatever its texts hold.
func TestCEFIsNotTorn(t *testing.T) {
	bar := regexp.MustCompile(`(^|[^\\])\|`)
	for line := range strings.Lines(string(write(t, siem.CEF))) {
		head, ext, _ := strings.Cut(line, "rt=")
		if n := len(bar.FindAllString(head, -1)); n != 7 {
			t.Errorf("%d bars in %q", n, head)
		}
		if strings.Count(strings.ReplaceAll(ext, `\=`, ""), "=") != 14 {
			t.Errorf("a field too many: %q", ext)
		}
	}
}

// RFC 5424: header, structured data with its signs escaped, then the text.
func TestSyslogIsWellFormed(t *testing.T) {
	form := regexp.MustCompile(`^<1\d\d>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z help\.example beside \d+ [a-z._]{1,32} (\[[a-z]+( [a-zA-Z]+="(\\.|[^"\\\]])*")+\]){2} ` + "\xef\xbb\xbf" + `\{.*\}\n$`)
	for line := range strings.Lines(string(write(t, siem.Syslog))) {
		if !form.MatchString(line) {
			t.Errorf("malformed: %q", line)
		}
		_, text, _ := strings.Cut(line, "\xef\xbb\xbf")
		if !json.Valid([]byte(text)) {
			t.Errorf("no JSON: %s", text)
		}
	}
}

// What OCSF 1.3 requires of each class that we write.
func TestOCSFHasWhatItsClassesRequire(t *testing.T) {
	for line := range strings.Lines(string(write(t, siem.OCSF))) {
		var e map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		required := []string{"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}
		switch string(e["class_uid"]) {
		case "3001":
			required = append(required, "user")
		case "3002":
			required = append(required, "user", "service")
		case "6002":
			required = append(required, "app")
		case "6003":
			required = append(required, "actor", "api", "src_endpoint")
		default:
			t.Errorf("class %s", e["class_uid"])
		}
		for _, name := range required {
			if len(e[name]) == 0 {
				t.Errorf("no %s in %s", name, line)
			}
		}
		if want := string(e["class_uid"]) + strings.Repeat("0", 2-len(e["activity_id"])) + string(e["activity_id"]); string(e["type_uid"]) != want {
			t.Errorf("type %s, want %s", e["type_uid"], want)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := (siem.Writer{Format: "xml"}).Line(leaves(t)[0]); err == nil {
		t.Error("written as xml")
	}
}
