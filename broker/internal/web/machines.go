package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/inventory"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/control"
	"beside/signaling/record"
)

// MachineFacts is what a machine said of itself in one session.
type MachineFacts struct {
	Session        string         `json:"session"`
	Machine        string         `json:"machine" doc:"The same whenever this machine is helped; of one that has no id, the session's"`
	Requester      string         `json:"requester"`
	TechnicianName string         `json:"technicianName"`
	Ticket         string         `json:"ticket"`
	TicketNumber   int64          `json:"ticketNumber"`
	Subject        string         `json:"subject"`
	ReadAt         time.Time      `json:"readAt"`
	Facts          control.Facts  `json:"facts" doc:"Unproven; sizes are in bytes, uptime is in seconds. What is in unread says nothing"`
	Changed        []control.Fact `json:"changed" nullable:"false" doc:"What is not as it was when this machine was helped before; without free space and uptime"`
	Before         *FactsBefore   `json:"before,omitempty" doc:"Absent: it was not helped before, or that is forgotten"`
}

// FactsBefore is what the same machine said in the session before.
type FactsBefore struct {
	Session string        `json:"session"`
	ReadAt  time.Time     `json:"readAt"`
	Facts   control.Facts `json:"facts"`
}

// Machine is a helped machine, by what it said last.
type Machine struct {
	Machine      string        `json:"machine"`
	Requester    string        `json:"requester" doc:"Who was helped last"`
	Ticket       string        `json:"ticket" doc:"The last one"`
	TicketNumber int64         `json:"ticketNumber"`
	Session      string        `json:"session" doc:"The last one"`
	ReadAt       time.Time     `json:"readAt"`
	Sessions     int           `json:"sessions" doc:"In which it said something"`
	Fullest      int           `json:"fullest" doc:"The free part of its fullest disk in percent; -1: unknown"`
	Facts        control.Facts `json:"facts"`
}

// MachineSearch is what machines are looked for by. It is a body and no query: names
// are not for logs of addresses.
type MachineSearch struct {
	Words   string `json:"words,omitempty" maxLength:"200" doc:"In the name, system, processor, or the last requester's name"`
	Full    int    `json:"full,omitempty" minimum:"0" maximum:"100" doc:"A disk has less than this free, in percent"`
	Updates bool   `json:"updates,omitempty" doc:"Updates wait to be installed"`
}

type (
	keepFactsInput struct {
		ID   string        `path:"id" maxLength:"64"`
		Body control.Facts // its lists must be there, and are bounded by its own rules
	}
	factsOutput        struct{ Body MachineFacts }
	machineSearchInput struct{ Body MachineSearch }
	machineListOutput  struct {
		Body struct {
			Machines []Machine `json:"machines" nullable:"false"`
			More     bool      `json:"more" doc:"There are more; look for them by something"`
		}
	}
	machineInput struct {
		ID string `path:"id" maxLength:"64"`
	}
	machineOutput struct {
		Body struct {
			History []MachineFacts `json:"history" nullable:"false" doc:"The newest first"`
		}
	}
)

func (s *Server) registerMachines(api huma.API) {
	register(api, operation(http.MethodPut, "/sessions/{id}/facts", "keepFacts",
		"Keep what the requester's machine told this session's technician, while the requester allows it"), s.keepFacts)
	register(api, operation(http.MethodGet, "/sessions/{id}/facts", "getFacts", "What the machine of a session said of itself"), s.getFacts)
	register(api, operation(http.MethodPost, "/machines/search", "searchMachines", "Helped machines, the one helped last first"), s.searchMachines)
	register(api, operation(http.MethodGet, "/machines/{id}", "getMachine", "What one machine said of itself, session by session"), s.getMachine)
}

func (s *Server) keepFacts(ctx context.Context, in *keepFactsInput) (*factsOutput, error) {
	out := &factsOutput{}
	err := s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		told, events, err := inventory.Keep(tx, in.ID, auth.Caller(ctx).Technician, in.Body)
		out.Body = factsOf(told)
		return events, err
	})
	switch {
	case errors.Is(err, inventory.ErrNotYours):
		return nil, problem.New(http.StatusForbidden, "not_yours", "This session belongs to another technician.")
	case errors.Is(err, inventory.ErrNotAllowed):
		return nil, problem.New(http.StatusConflict, "not_allowed", "The requester does not allow facts of this computer now. Ask for them first.")
	}
	return out, err
}

func (s *Server) getFacts(ctx context.Context, in *sessionInput) (*factsOutput, error) {
	out := &factsOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		told, err := inventory.Read(v, in.ID)
		out.Body = factsOf(told)
		return err
	})
	return out, err
}

func (s *Server) searchMachines(ctx context.Context, in *machineSearchInput) (*machineListOutput, error) {
	out := &machineListOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		found, err := v.Machines(store.MachineFilter{Words: in.Body.Words, Full: in.Body.Full, Updates: in.Body.Updates}, maxList+1)
		if len(found) > maxList {
			found, out.Body.More = found[:maxList], true
		}
		out.Body.Machines = make([]Machine, len(found))
		for i, p := range found {
			out.Body.Machines[i] = Machine{
				Machine: p.Machine, Requester: p.Requester, Ticket: p.Ticket, TicketNumber: p.TicketNumber, Session: p.Session,
				ReadAt: p.ReadAt, Sessions: p.Sessions, Fullest: p.Fullest, Facts: p.Facts.Whole(),
			}
		}
		return err
	})
	return out, err
}

// maxHistory bounds what is told of one machine.
const maxHistory = 100

func (s *Server) getMachine(ctx context.Context, in *machineInput) (*machineOutput, error) {
	out := &machineOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		all, err := inventory.History(v, in.ID, maxHistory)
		out.Body.History = make([]MachineFacts, len(all))
		for i, told := range all {
			out.Body.History[i] = factsOf(told)
		}
		return err
	})
	return out, err
}

func factsOf(told inventory.Told) MachineFacts {
	out := MachineFacts{
		Session: told.Session, Machine: told.Machine, Requester: told.Requester, TechnicianName: told.TechnicianName,
		Ticket: told.Ticket, TicketNumber: told.TicketNumber, Subject: told.Subject,
		ReadAt: told.ReadAt, Facts: told.Facts.Whole(), Changed: told.Changed,
	}
	if told.Before != nil {
		out.Before = &FactsBefore{Session: told.Before.Session, ReadAt: told.Before.ReadAt, Facts: told.Before.Facts.Whole()}
	}
	return out
}
