package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

// DeskRules are whose call is how grave, and what is promised.
type DeskRules struct {
	Matrix   [][]int       `json:"matrix" nullable:"false" doc:"Three rows by impact, three priorities by urgency, the gravest first; 1 is due first"`
	Promises []DeskPromise `json:"promises" nullable:"false" doc:"Of the priorities 1 to 5"`
}

// DeskPromise is of one priority.
type DeskPromise struct {
	First   int `json:"first" doc:"Minutes from the call until somebody helps; this is the order of the queue"`
	Resolve int `json:"resolve" doc:"Minutes until it is solved"`
}

type (
	deskRulesOutput struct{ Body DeskRules }
	deskRulesInput  struct{ Body DeskRules }
)

func (s *Server) registerDeskRules(api huma.API) {
	register(api, operation(http.MethodGet, "/desk/rules", "getDeskRules", "Which priority a call gets, and what is promised"), s.getDeskRules)
	register(api, operation(http.MethodPut, "/desk/rules", "setDeskRules", "Change it; tickets keep their priority"), s.setDeskRules)
}

func (out *deskRulesOutput) read(v *store.View) error {
	r, err := v.DeskRules()
	out.Body = DeskRules{}
	for _, row := range r.Matrix {
		out.Body.Matrix = append(out.Body.Matrix, []int{int(row[0]), int(row[1]), int(row[2])})
	}
	for _, p := range r.Promises {
		out.Body.Promises = append(out.Body.Promises, DeskPromise{First: int(p.First.Minutes()), Resolve: int(p.Resolve.Minutes())})
	}
	return err
}

func (s *Server) getDeskRules(ctx context.Context, _ *struct{}) (*deskRulesOutput, error) {
	out := &deskRulesOutput{}
	return out, s.deps.Store.View(ctx, out.read)
}

func (s *Server) setDeskRules(ctx context.Context, in *deskRulesInput) (*deskRulesOutput, error) {
	rules, err := in.Body.rules()
	if err != nil {
		return nil, err
	}
	out := &deskRulesOutput{}
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return ticket.SetRules(tx, rules, by)
	}, out.read)
}

// rules reads what was sent; whether it is just, they say themselves.
func (d DeskRules) rules() (r desk.Rules, err error) {
	if len(d.Matrix) != len(r.Matrix) || len(d.Promises) != len(r.Promises) {
		return r, &desk.Problem{Field: "matrix", Text: "has three rows of three priorities, and there are five promises"}
	}
	for i, row := range d.Matrix {
		if len(row) != len(r.Matrix[i]) {
			return r, &desk.Problem{Field: "matrix", Text: "has three priorities in each row"}
		}
		for u, p := range row {
			r.Matrix[i][u] = desk.Priority(p)
		}
	}
	const most = int(desk.MaxPromise / time.Minute)
	for i, p := range d.Promises {
		// More than is allowed could come round to less than nothing.
		r.Promises[i] = desk.Promise{
			First: time.Duration(min(p.First, most+1)) * time.Minute, Resolve: time.Duration(min(p.Resolve, most+1)) * time.Minute,
		}
	}
	return r, nil
}
