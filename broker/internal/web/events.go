package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Event is one audited fact. What is kept, byte for byte, is what
// `beside audit export` writes.
type Event struct {
	Seq      int64           `json:"seq" doc:"1, 2, 3 … without gaps"`
	ID       string          `json:"id"`
	Time     time.Time       `json:"time"`
	Kind     record.Kind     `json:"kind"`
	Outcome  record.Outcome  `json:"outcome" enum:"ok,denied"`
	Reporter record.Reporter `json:"reporter" enum:"broker,client"`
	Actor    Actor           `json:"actor"`
	Session  string          `json:"session,omitempty"`
	Ticket   string          `json:"ticket,omitempty"`
	Data     eventData       `json:"data" doc:"Depends on the kind"`
	Signed   bool            `json:"signed" doc:"Whether the client signed a statement of it"`
	SaidAt   *time.Time      `json:"saidAt,omitempty" doc:"When it happened by the client's clock; it may have been told later"`
}

// Actor is who did it.
type Actor struct {
	Kind record.ActorKind `json:"kind" enum:"requester,technician,operator,broker,stranger"`
	ID   string           `json:"id,omitempty"`
}

// eventData is the data of a kind as JSON.
type eventData json.RawMessage

// MarshalJSON implements json.Marshaler.
func (d eventData) MarshalJSON() ([]byte, error) { return d, nil }

// Schema implements huma.SchemaProvider: an object, whatever is in it.
func (eventData) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

type (
	eventListInput struct {
		After int64 `query:"after" minimum:"0" doc:"Only events after this sequence number"`
		Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}
	sessionEventsInput struct {
		ID    string `path:"id" maxLength:"64"`
		After int64  `query:"after" minimum:"0" doc:"Only events after this sequence number"`
	}
	eventListOutput struct {
		Body struct {
			Events []Event `json:"events" nullable:"false"`
		}
	}
)

func (s *Server) registerEvents(api huma.API) {
	register(api, operation(http.MethodGet, "/events", "listEvents", "The audit log, in order"), s.listEvents)
}

func (s *Server) listEvents(ctx context.Context, in *eventListInput) (*eventListOutput, error) {
	events, err := s.deps.Journal.Events(ctx, "", in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	return eventList(events)
}

func (s *Server) listSessionEvents(ctx context.Context, in *sessionEventsInput) (*eventListOutput, error) {
	var events []record.Event
	var se store.Session
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		if se, err = v.Session(in.ID); err != nil {
			return err
		}
		events, err = journal.EventsOf(v, se.ID, in.After, maxList)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.tellReading(ctx, se); err != nil {
		return nil, err
	}
	if !auth.Caller(ctx).Has(desk.Auditor, desk.Administrator) {
		events = slices.DeleteFunc(events, func(e record.Event) bool { return ofAlarm(e.Kind) })
	}
	return eventList(events)
}

// ofAlarm reports whether an event is for those alone who look at alarms: whom an
// alarm may be about is not warned.
func ofAlarm(k record.Kind) bool {
	switch k {
	case record.KindAlarmRaised, record.KindSessionHeld, record.KindAlarmTold, record.KindAlarmSeen:
		return true
	}
	return false
}

func eventList(events []record.Event) (*eventListOutput, error) {
	out := &eventListOutput{}
	out.Body.Events = make([]Event, len(events))
	for i, e := range events {
		data, err := json.Marshal(e.Data)
		if err != nil {
			return nil, fmt.Errorf("encode event %d: %w", e.Seq, err)
		}
		out.Body.Events[i] = Event{
			Seq: e.Seq, ID: e.ID, Time: e.Time, Kind: e.Kind, Outcome: e.Outcome, Reporter: e.Reporter,
			Actor: Actor{Kind: e.Actor.Kind, ID: e.Actor.ID}, Session: e.Session, Ticket: e.Ticket,
			Data: data, Signed: e.Signed != nil, SaidAt: saidAt(e),
		}
	}
	return out, nil
}

// saidAt is when a client says that an event happened; nil for what others saw.
func saidAt(e record.Event) *time.Time {
	if e.Signed == nil {
		return nil
	}
	at, err := e.Signed.Time()
	if err != nil {
		return nil
	}
	return &at
}
