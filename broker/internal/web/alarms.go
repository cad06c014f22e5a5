package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Alarm is a requester's word that a session feels wrong. Technicians do not read
// alarms: they are told to somebody else.
type Alarm struct {
	Session        string     `json:"session"`
	TicketNumber   int64      `json:"ticketNumber"`
	Subject        string     `json:"subject"`
	Requester      string     `json:"requester"`
	TechnicianName string     `json:"technicianName"`
	RaisedAt       time.Time  `json:"raisedAt"`
	SeenAt         *time.Time `json:"seenAt,omitempty" doc:"When an administrator took it up"`
}

type alarmListOutput struct {
	Body struct {
		Alarms []Alarm `json:"alarms" nullable:"false"`
	}
}

func (s *Server) registerAlarms(api huma.API) {
	register(api, operation(http.MethodGet, "/alarms", "listAlarms", "What requesters said feels wrong, the open ones first"), s.listAlarms)
	register(api, operation(http.MethodPost, "/alarms/{id}/seen", "seeAlarm", "Take an alarm up; id is its session's"), s.seeAlarm)
}

func (s *Server) listAlarms(ctx context.Context, _ *struct{}) (*alarmListOutput, error) {
	out := &alarmListOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		all, err := v.Alarms(maxList)
		out.Body.Alarms = make([]Alarm, len(all))
		for i, a := range all {
			out.Body.Alarms[i] = Alarm{
				Session: a.Session, TicketNumber: a.TicketNumber, Subject: a.Subject, Requester: a.Requester,
				TechnicianName: a.TechnicianName, RaisedAt: a.RaisedAt, SeenAt: when(a.SeenAt),
			}
		}
		return err
	})
	return out, err
}

func (s *Server) seeAlarm(ctx context.Context, in *sessionInput) (*struct{}, error) {
	who := auth.Caller(ctx)
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		se, err := tx.Session(in.ID)
		if err != nil {
			return nil, err
		}
		if se.Technician == who.ID {
			return nil, problem.New(http.StatusForbidden, "own_session", "You helped in this session. Somebody else must look at it.")
		}
		seen, err := tx.SeeAlarm(se.ID, who.ID)
		if err != nil || !seen {
			return nil, err // somebody was faster
		}
		return []record.Event{se.Event(record.AlarmSeen{}, record.Actor{Kind: record.Technician, ID: who.ID})}, nil
	})
}
