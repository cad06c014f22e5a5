// Package csvimport makes tickets of the rows of a file: Read is pure and judges each row by the rules of tickets
// that are typed; Module is its door.
package csvimport

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"beside/broker/internal/desk"
)

const (
	// MaxBytes bounds a file, MaxRows what is in it.
	MaxBytes = 5 << 20
	MaxRows  = 5000

	maxExternal = 100
)

// The columns. Those of a file may come in any order; what is not among them is refused, so that a slip in a name
// does not pass for an empty field.
const (
	external  = "external id"
	subject   = "subject"
	requester = "requester"
	words     = "words"
	category  = "category"
	impact    = "impact"
	urgency   = "urgency"
)

var (
	columns = []string{external, subject, requester, words, category, impact, urgency}
	needed  = []string{external, subject, requester}
)

// Row is one line of a file, without those that are empty.
type Row struct {
	Line     int // on which it begins, from 1
	External string
	Ticket   desk.Ticket
	Wrong    *desk.Problem // nil: nothing, as far as the file can tell
}

// Read reads a file: UTF-8, with a first line of names, commas or semicolons between. An error is about the whole
// file, for people.
func Read(file []byte) ([]Row, error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) {
		return nil, &desk.Problem{Field: "file", Text: "must be UTF-8; choose that when the spreadsheet asks"}
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.FieldsPerRecord, r.ReuseRecord, r.Comma = -1, true, separator(file)
	names, err := r.Read()
	if err != nil {
		return nil, unreadable(err)
	}
	places, err := placesOf(names)
	if err != nil {
		return nil, err
	}
	rows, seen := []Row(nil), make(map[string]int)
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			continue
		}
		if len(rows) == MaxRows {
			return nil, &desk.Problem{Field: "file", Text: fmt.Sprintf("has more than %d tickets; make several files of it", MaxRows)}
		}
		line, _ := r.FieldPos(0)
		row := rowOf(line, cells, places)
		if before := seen[row.External]; before > 0 && row.Wrong == nil {
			row.Wrong = &desk.Problem{Field: external, Text: fmt.Sprintf("is that of line %d too", before)}
		}
		seen[row.External] = line
		rows = append(rows, row)
	}
}

// separator is what the first line has more of.
func separator(file []byte) rune {
	first, _, _ := bytes.Cut(file, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		return ';'
	}
	return ','
}

func placesOf(names []string) (map[string]int, error) {
	places := make(map[string]int)
	for i, name := range names {
		name = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(name, "_", " ")), " "))
		_, twice := places[name]
		switch {
		case !slices.Contains(columns, name):
			return nil, &desk.Problem{Field: "file", Text: fmt.Sprintf("has a column %.40q; the columns are %s", name, strings.Join(columns, ", "))}
		case twice:
			return nil, &desk.Problem{Field: "file", Text: fmt.Sprintf("has the column %q twice", name)}
		}
		places[name] = i
	}
	for _, name := range needed {
		if _, there := places[name]; !there {
			return nil, &desk.Problem{Field: "file", Text: fmt.Sprintf("has no column %q; its first line must name the columns", name)}
		}
	}
	return places, nil
}

func rowOf(line int, cells []string, places map[string]int) Row {
	cell := func(name string) string {
		if i, there := places[name]; there && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	row := Row{Line: line}
	if len(cells) != len(places) {
		row.Wrong = &desk.Problem{Field: "row", Text: fmt.Sprintf("has %d cells, the first line %d", len(cells), len(places))}
		return row
	}
	var wrong error
	if row.External, wrong = desk.Line(external, cell(external), 1, maxExternal); wrong == nil {
		row.Ticket, wrong = desk.New(desk.Ticket{
			Subject: cell(subject), Requester: cell(requester), Words: cell(words), Category: cell(category),
			Impact: level(cell(impact), desk.Low), Urgency: level(cell(urgency), desk.Medium),
		})
	}
	errors.As(wrong, &row.Wrong)
	return row
}

// level reads a grade; a cell that is empty is that of a ticket that is typed and left alone.
func level(cell string, usual desk.Level) desk.Level {
	if cell == "" {
		return usual
	}
	return desk.Level(strings.ToLower(cell))
}

// unreadable says where a file is no CSV.
func unreadable(err error) error {
	var at *csv.ParseError
	switch {
	case errors.As(err, &at):
		return &desk.Problem{Field: "file", Text: fmt.Sprintf("cannot be read at line %d: %v", at.Line, at.Err)}
	case errors.Is(err, io.EOF):
		return &desk.Problem{Field: "file", Text: "is empty"}
	}
	return err
}
