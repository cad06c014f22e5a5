package csvimport

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

const transferTime = 2 * time.Minute // on a slow link

// Module is the door for files of tickets. It is no part of the described interface, since its body is larger than any
// other: docs/desk.md.
type Module struct {
	Store   *store.Store
	Journal *journal.Journal
	Log     *slog.Logger
}

// Verdict is what is said of one row.
type Verdict struct {
	Line     int    `json:"line"`
	External string `json:"externalId"`
	Subject  string `json:"subject"`
	Is       string `json:"is"` // new, known or wrong; after an import: added, known or wrong
	Number   int64  `json:"number,omitempty"`
	Field    string `json:"field,omitempty"`
	Problem  string `json:"problem,omitempty"`
}

// Answer is what came of a file.
type Answer struct {
	Saved bool      `json:"saved"`
	New   int       `json:"new"`
	Known int       `json:"known"`
	Wrong int       `json:"wrong"`
	Rows  []Verdict `json:"rows"`
}

// How a file is taken, as the query says.
const (
	preview  = "preview" // nothing is saved
	whole    = "all"     // all of it, or nothing
	goodOnly = "good"    // what is right in it
)

// Register implements web.Module.
func (m *Module) Register(_ huma.API, mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v1/tickets/import", m.handle)
}

func (m *Module) handle(w http.ResponseWriter, r *http.Request) {
	c, deadline := http.NewResponseController(w), time.Now().Add(transferTime)
	if err := errors.Join(c.SetReadDeadline(deadline), c.SetWriteDeadline(deadline.Add(transferTime/4))); err != nil {
		m.Log.Error("import of tickets", "error", err)
		return
	}
	who, err := auth.Require(r.Context(), desk.Technician, desk.Administrator)
	var answer Answer
	if err == nil {
		answer, err = m.take(w, r, auth.Actor(who.Technician))
	}
	if err != nil {
		if cause := problem.Refuse(w, err); cause != nil {
			m.Log.Error("import of tickets", "error", cause)
		}
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer) //nolint:errcheck // the client went away
}

func (m *Module) take(w http.ResponseWriter, r *http.Request, by record.Actor) (Answer, error) {
	how := r.URL.Query().Get("take")
	if how != preview && how != whole && how != goodOnly {
		return Answer{}, &desk.Problem{Field: "take", Text: "must be preview, all or good"}
	}
	file, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBytes))
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case errors.As(err, &tooLarge):
		return Answer{}, problem.New(http.StatusRequestEntityTooLarge, "too_large", "A file of tickets may have 5 MiB. Make several of it.")
	case err != nil:
		return Answer{}, problem.New(http.StatusRequestTimeout, "body_lost", "The file did not arrive whole. Try again.")
	}
	rows, err := Read(file)
	if err != nil {
		return Answer{}, err
	}
	return m.run(r.Context(), rows, how, by)
}

// run judges the rows and makes tickets of them, all in one transaction.
func (m *Module) run(ctx context.Context, rows []Row, how string, by record.Actor) (answer Answer, err error) {
	if how == preview {
		return answer, m.Store.View(ctx, func(v *store.View) error {
			answer, err = judge(v, rows)
			return err
		})
	}
	return answer, m.Journal.Update(ctx, func(tx *store.Tx) (events []record.Event, err error) {
		if answer, err = judge(&tx.View, rows); err != nil || answer.Wrong > 0 && how == whole {
			return nil, err
		}
		answer.Saved = true
		for i, verdict := range answer.Rows {
			if verdict.Is != "new" {
				continue
			}
			tk, told, err := ticket.Add(tx, rows[i].Ticket, by)
			if err != nil {
				return nil, err
			}
			if err := tx.KeepExternal(rows[i].External, tk.ID); err != nil {
				return nil, err
			}
			answer.Rows[i].Is, answer.Rows[i].Number = "added", tk.Number
			events = append(events, told...)
		}
		return events, nil
	})
}

// judge says of each row whether it is new, known already, or wrong.
func judge(v *store.View, rows []Row) (Answer, error) {
	a := Answer{Rows: make([]Verdict, len(rows))}
	known, err := v.Externals()
	if err != nil {
		return a, err
	}
	check, err := ticket.Checker(v)
	if err != nil {
		return a, err
	}
	for i, row := range rows {
		said := Verdict{Line: row.Line, External: row.External, Subject: row.Ticket.Subject, Is: "new"}
		if number, is := known[row.External]; is {
			said.Is, said.Number = "known", number
		} else if wrong := row.Wrong; wrong != nil || errors.As(check(row.Ticket), &wrong) {
			said.Is, said.Field, said.Problem = "wrong", wrong.Field, wrong.Text
		}
		switch said.Is {
		case "new":
			a.New++
		case "known":
			a.Known++
		default:
			a.Wrong++
		}
		a.Rows[i] = said
	}
	return a, nil
}
