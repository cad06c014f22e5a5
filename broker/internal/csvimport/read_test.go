package csvimport_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"beside/broker/internal/csvimport"
	"beside/broker/internal/desk"
)

const head = "external id,subject,requester,words,category,impact,urgency\n"

func TestRead(t *testing.T) {
	for name, file := range map[string]string{
		"comma":       head + "A-1,Blank pages,Sam,\"white, all\nof it\",Printing,high,low\n",
		"semicolon":   strings.ReplaceAll(head, ",", ";") + "A-1;Blank pages;Sam;\"white, all\nof it\";Printing;high;low\n",
		"byte order":  "\ufeff" + head + "A-1,Blank pages,Sam,\"white, all\nof it\",Printing,high,low\n",
		"CRLF":        strings.ReplaceAll(head+"A-1,Blank pages,Sam,\"white, all\nof it\",Printing,HIGH,low\n\n,,,,,,\n", "\n", "\r\n"),
		"other order": "Subject,External_ID,Words,Requester,Urgency,Impact,Category\nBlank pages,A-1,\"white, all\nof it\",Sam,low,high,Printing\n",
	} {
		rows, err := csvimport.Read([]byte(file))
		if err != nil || len(rows) != 1 || rows[0].Wrong != nil {
			t.Errorf("%s: %+v, %v", name, rows, err)
			continue
		}
		want := desk.Ticket{Subject: "Blank pages", Requester: "Sam", Words: "white, all\nof it", Category: "Printing", Impact: desk.High, Urgency: desk.Low, State: desk.Open}
		if got := rows[0]; got.Ticket != want || got.External != "A-1" || got.Line != 2 {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestWrongRowsSayWhere(t *testing.T) {
	file := head +
		"A-1,Good,Sam,,,,\n" +
		"A-2,,Sam,,,,\n" +
		"A-3,Grade,Sam,,,huge,\n" +
		",No id,Sam,,,,\n" +
		"A-1,Again,Sam,,,,\n" +
		"A-6,Short,Sam\n" +
		"\"A-7\",\"two\nlines\",Sam,,,,\n" +
		"A-8," + strings.Repeat("x", desk.MaxSubject+1) + ",Sam,,,,\n" +
		"A-9,Hidden\u202e,Sam,,,,\n"
	rows, err := csvimport.Read([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		line  int
		field string
	}{{2, ""}, {3, "subject"}, {4, "impact"}, {5, "external id"}, {6, "external id"}, {7, "row"}, {8, "subject"}, {10, "subject"}, {11, "subject"}}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(rows), len(want))
	}
	for i, w := range want {
		field := ""
		if rows[i].Wrong != nil {
			field = rows[i].Wrong.Field
		}
		if rows[i].Line != w.line || field != w.field {
			t.Errorf("row %d: line %d, wrong %q; want line %d, %q", i, rows[i].Line, field, w.line, w.field)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	for name, file := range map[string]string{
		"empty":         "",
		"Latin-1":       head + "A-1,Dr\xfccker,Sam,,,,\n",
		"quotes":        head + "A-1,\"Blank,Sam,,,,\n",
		"no names":      "A-1,Blank pages,Sam\n",
		"unknown":       "external id,subject,requester,priority\n",
		"twice":         "external id,subject,requester,subject\n",
		"no id":         "subject,requester\n",
		"too many rows": head + strings.Repeat("A,B,C,,,,\n", csvimport.MaxRows+1),
	} {
		var p *desk.Problem
		if _, err := csvimport.Read([]byte(file)); !errors.As(err, &p) || p.Field != "file" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The example of the documents is a good file.
func TestExample(t *testing.T) {
	file, err := os.ReadFile("../../../docs/tickets.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csvimport.Read(file)
	if err != nil || len(rows) < 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		if row.Wrong != nil {
			t.Errorf("line %d: %v", row.Line, row.Wrong)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + "A-1,Blank pages,Sam,\"white, all\nof it\",Printing,high,low\n"))
	f.Add([]byte("\ufeffexternal id;subject;requester\r\nA;B;C\r\n"))
	f.Add([]byte("external id,subject,requester\nA,\"B"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := csvimport.Read(file)
		if err != nil && rows != nil {
			t.Error("rows of a file that cannot be read")
		}
		seen := make(map[string]bool)
		for _, row := range rows {
			if row.Wrong != nil {
				continue
			}
			if _, err := desk.New(row.Ticket); err != nil {
				t.Errorf("line %d passes for good: %v", row.Line, err)
			}
			if row.Line < 2 || row.External == "" || seen[row.External] || !utf8.ValidString(row.External) {
				t.Errorf("row %+v", row)
			}
			seen[row.External] = true
		}
	})
}
