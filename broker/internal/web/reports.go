package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/problem"
	"beside/broker/internal/report"
	"beside/broker/internal/store"
)

// MaxPeriod bounds a report.
const MaxPeriod = 400 * 24 * time.Hour

// ReportFigures are those of some tickets. Times are in milliseconds from when the
// ticket was opened, by nearest rank; 0 when there are none.
type ReportFigures struct {
	Calls      int   `json:"calls" doc:"Tickets that came in the period"`
	Resolved   int   `json:"resolved" doc:"Of these, by now"`
	WaitP50    int64 `json:"waitP50" doc:"To the first offer of help, of those helped by now"`
	WaitP95    int64 `json:"waitP95"`
	ResolveP50 int64 `json:"resolveP50" doc:"To the resolution"`
	ResolveP95 int64 `json:"resolveP95"`
	Kept       int   `json:"kept" doc:"Helped before help was due"`
	Broken     int   `json:"broken" doc:"Helped later, or due and waiting"`
	Spent      int64 `json:"spent" doc:"Live sessions that ended and minutes that technicians added, of all tickets together"`
	Again      int   `json:"again" doc:"Of somebody who had called in the 14 days before"`

	Rated       int `json:"rated" doc:"Sessions of which the requester said whether it helped"`
	RatedHelped int `json:"ratedHelped" doc:"Of these, that it did"`
}

// ReportGroup is the figures of tickets that have something in common.
type ReportGroup struct {
	Key string `json:"key" doc:"A priority, a category's path (with those below it), a technician's name (empty: none), or the Monday of a week"`
	ReportFigures
}

// ReportIssue is what people called about.
type ReportIssue struct {
	Name   string `json:"name" doc:"The category, or the subject where there is none"`
	Calls  int    `json:"calls"`
	Before int    `json:"before" doc:"In the period of the same length before"`
}

// Report is what the desk did in a period.
type Report struct {
	From         time.Time     `json:"from"`
	To           time.Time     `json:"to" doc:"Not in it"`
	All          ReportFigures `json:"all"`
	Waiting      int           `json:"waiting" doc:"Not resolved at the end of the period"`
	ByPriority   []ReportGroup `json:"byPriority" nullable:"false"`
	ByCategory   []ReportGroup `json:"byCategory" nullable:"false"`
	ByTechnician []ReportGroup `json:"byTechnician" nullable:"false"`
	ByWeek       []ReportGroup `json:"byWeek" nullable:"false"`
	Issues       []ReportIssue `json:"issues" nullable:"false" doc:"The most frequent first"`
}

type (
	reportInput struct {
		From time.Time `query:"from" required:"true" doc:"Its offset is that in which weeks begin"`
		To   time.Time `query:"to" required:"true"`
	}
	reportOutput struct{ Body Report }
)

func (s *Server) registerReports(api huma.API) {
	register(api, operation(http.MethodGet, "/reports", "getReport", "What the desk did in a period"), s.getReport)
}

func (s *Server) getReport(ctx context.Context, in *reportInput) (*reportOutput, error) {
	length := in.To.Sub(in.From)
	if length <= 0 || length > MaxPeriod {
		return nil, problem.New(http.StatusUnprocessableEntity, "invalid", "A period has an end after its beginning, and 400 days at most.")
	}
	out := &reportOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		made, err := v.Report(in.From, in.To, time.Now())
		out.Body = ReportOf(made)
		return err
	})
	return out, err
}

// ReportOf is a report as the interface answers it.
func ReportOf(r report.Report) Report {
	out := Report{
		From: r.From, To: r.To, All: ReportFigures(r.All), Waiting: r.Waiting,
		ByPriority: groupsOf(r.ByPriority), ByCategory: groupsOf(r.ByCategory),
		ByTechnician: groupsOf(r.ByTechnician), ByWeek: groupsOf(r.ByWeek),
		Issues: make([]ReportIssue, len(r.Issues)),
	}
	for i, issue := range r.Issues {
		out.Issues[i] = ReportIssue(issue)
	}
	return out
}

func groupsOf(groups []report.Group) []ReportGroup {
	out := make([]ReportGroup, len(groups))
	for i, g := range groups {
		out[i] = ReportGroup{g.Key, ReportFigures(g.Figures)}
	}
	return out
}
