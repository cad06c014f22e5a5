package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/schedule"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

const (
	maxSchedules = 20
	maxReaders   = 10 // of one report
)

// Schedule is a report that is made by the clock.
type Schedule struct {
	ID string `json:"id"`
	ScheduleFields
	NextAt time.Time `json:"nextAt" doc:"When the next one is made"`
}

// ScheduleFields are what an administrator sets.
type ScheduleFields struct {
	Every     string   `json:"every" enum:"week,month"`
	Zone      string   `json:"zone" doc:"In which days begin, such as Europe/Berlin"`
	Addresses []string `json:"addresses" nullable:"false" maxItems:"10" doc:"Who is sent it by mail; webhooks are told of report.ready"`
}

type (
	schedulesOutput struct {
		Body struct {
			Schedules []Schedule `json:"schedules" nullable:"false" doc:"The next one first"`
			Mail      bool       `json:"mail" doc:"This broker sends mail"`
		}
	}
	newScheduleInput struct{ Body ScheduleFields }
	scheduleIDInput  struct {
		ID string `path:"id" maxLength:"64"`
	}
)

func (s *Server) registerSchedules(api huma.API) {
	register(api, operation(http.MethodGet, "/schedules", "listSchedules", "Reports that are made by the clock"), s.listSchedules)
	register(api, operation(http.MethodPost, "/schedules", "addSchedule", "Have a report made each week or month"), s.addSchedule)
	register(api, operation(http.MethodDelete, "/schedules/{id}", "removeSchedule", "Have it made no longer"), s.removeSchedule)
}

func (s *Server) listSchedules(ctx context.Context, _ *struct{}) (*schedulesOutput, error) {
	out := s.schedules()
	return out, s.deps.Store.View(ctx, out.read)
}

func (s *Server) schedules() *schedulesOutput {
	out := &schedulesOutput{}
	out.Body.Mail = s.deps.Mail != nil
	return out
}

func (out *schedulesOutput) read(v *store.View) error {
	all, err := v.Schedules()
	out.Body.Schedules = make([]Schedule, len(all))
	for i, sc := range all {
		out.Body.Schedules[i] = Schedule{sc.ID, ScheduleFields{sc.Every, sc.Zone, append([]string{}, sc.Addresses...)}, sc.NextAt}
	}
	return err
}

func (s *Server) addSchedule(ctx context.Context, in *newScheduleInput) (*schedulesOutput, error) {
	zone, err := schedule.Zone(in.Body.Zone)
	if err != nil {
		return nil, err
	}
	if len(in.Body.Addresses) > 0 && s.deps.Mail == nil {
		return nil, problem.New(http.StatusConflict, "mail_off", "This broker sends no mail. Whoever runs it can set --mail-address.")
	}
	addresses := make([]string, len(in.Body.Addresses))
	for i, a := range in.Body.Addresses {
		if addresses[i], err = desk.Email(a); err != nil {
			return nil, err
		}
	}
	out := s.schedules()
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		all, err := tx.Schedules()
		if err != nil {
			return nil, err
		}
		if len(all) >= maxSchedules || len(addresses) > maxReaders {
			return nil, &desk.Problem{Field: "addresses", Text: fmt.Sprintf("at most %d reports, each for %d addresses", maxSchedules, maxReaders)}
		}
		next := schedule.Next(in.Body.Every, zone, tx.Now())
		sc, err := tx.InsertSchedule(store.Schedule{Every: in.Body.Every, Zone: in.Body.Zone, Addresses: addresses, NextAt: next})
		return []record.Event{record.New(record.ScheduleChanged{Schedule: sc.ID, Change: "added"}, record.ByBroker, by)}, err
	}, out.read)
}

func (s *Server) removeSchedule(ctx context.Context, in *scheduleIDInput) (*schedulesOutput, error) {
	out := s.schedules()
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		found, err := tx.DeleteSchedule(in.ID)
		if err == nil && !found {
			err = store.ErrNotFound
		}
		return []record.Event{record.New(record.ScheduleChanged{Schedule: in.ID, Change: "removed"}, record.ByBroker, by)}, err
	}, out.read)
}
