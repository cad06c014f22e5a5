package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	"beside/broker/internal/retention"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Hold is whether what is kept of a session may not be deleted.
type Hold struct {
	Held   bool       `json:"held"`
	Reason string     `json:"reason,omitempty" doc:"alarm: the requester said that it felt wrong; that hold is for good"`
	At     *time.Time `json:"at,omitempty"`
}

// Retention is for how long what is beside the log is kept.
type Retention struct {
	PersonalDays  int        `json:"personalDays" minimum:"0" maximum:"3660" doc:"After a session's end; 0: for good"`
	RecordingDays int        `json:"recordingDays" minimum:"0" maximum:"3660" doc:"After a session's end; 0: for good"`
	ChangedAt     *time.Time `json:"changedAt,omitempty" readOnly:"true" doc:"Absent: never"`
}

type (
	holdOutput struct{ Body Hold }
	holdInput  struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Reason string `json:"reason" enum:"dispute,investigation,request,other"`
		}
	}
	retentionOutput struct{ Body Retention }
	retentionInput  struct{ Body Retention }
)

func (s *Server) registerRetention(api huma.API) {
	register(api, operation(http.MethodGet, "/sessions/{id}/hold", "getHold", "Whether what is kept of a session may be deleted"), s.getHold)
	register(api, operation(http.MethodPut, "/sessions/{id}/hold", "holdSession", "Keep everything of a session, whatever its age"), s.holdSession)
	register(api, operation(http.MethodDelete, "/sessions/{id}/hold", "releaseSession", "Let the retention delete again"), s.releaseSession)
	register(api, operation(http.MethodGet, "/retention", "getRetention", "For how long personal data and recordings are kept"), s.getRetention)
	register(api, operation(http.MethodPut, "/retention", "setRetention", "Say for how long personal data and recordings are kept"), s.setRetention)
}

func (s *Server) getHold(ctx context.Context, in *sessionInput) (*holdOutput, error) {
	out := &holdOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		out.Body, err = holdOf(v, in.ID)
		return err
	})
	return out, err
}

func holdOf(v *store.View, session string) (Hold, error) {
	if _, err := v.Session(session); err != nil {
		return Hold{}, err
	}
	h, err := v.Hold(session)
	if errors.Is(err, store.ErrNotFound) {
		return Hold{}, nil
	}
	return Hold{Held: err == nil, Reason: h.Reason, At: when(h.At)}, err
}

func (s *Server) holdSession(ctx context.Context, in *holdInput) (*holdOutput, error) {
	return s.changeHold(ctx, in.ID, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return retention.Hold(tx, in.ID, in.Body.Reason, by)
	})
}

func (s *Server) releaseSession(ctx context.Context, in *sessionInput) (*holdOutput, error) {
	return s.changeHold(ctx, in.ID, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return retention.Release(tx, in.ID, by)
	})
}

func (s *Server) changeHold(ctx context.Context, session string, change func(*store.Tx, record.Actor) ([]record.Event, error)) (*holdOutput, error) {
	out := &holdOutput{}
	err := s.change(ctx, change, func(v *store.View) (err error) {
		out.Body, err = holdOf(v, session)
		return err
	})
	if errors.Is(err, retention.ErrAlarm) {
		return nil, problem.New(http.StatusConflict, "held_by_alarm", "The requester said that this felt wrong. That hold is for good.")
	}
	return out, err
}

func (s *Server) getRetention(ctx context.Context, _ *struct{}) (*retentionOutput, error) {
	out := &retentionOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		out.Body, err = retentionOf(v)
		return err
	})
	return out, err
}

func retentionOf(v *store.View) (Retention, error) {
	r, err := v.Retention()
	return Retention{PersonalDays: r.Personal, RecordingDays: r.Recordings, ChangedAt: when(r.ChangedAt)}, err
}

func (s *Server) setRetention(ctx context.Context, in *retentionInput) (*retentionOutput, error) {
	out := &retentionOutput{}
	err := s.deps.Journal.Update(ctx, func(tx *store.Tx) (events []record.Event, err error) {
		if events, err = retention.Set(tx, in.Body.PersonalDays, in.Body.RecordingDays, auth.Actor(auth.Caller(ctx).Technician)); err != nil {
			return nil, err
		}
		out.Body, err = retentionOf(&tx.View)
		return events, err
	})
	return out, err
}
