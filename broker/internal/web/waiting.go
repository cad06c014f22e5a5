package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/report"
	"beside/broker/internal/store"
	"beside/signaling"
)

// HelpStage is how far a call for help is, in one word for the person.
type HelpStage string

// The closed set of stages.
const (
	helpQueued    HelpStage = "queued"    // nobody has it yet
	helpTaken     HelpStage = "taken"     // a technician has it
	helpAside     HelpStage = "aside"     // it waits for something else
	helpStart     HelpStage = "start"     // a code waits for the person
	helpOver      HelpStage = "over"      // solved
	helpWithdrawn HelpStage = "withdrawn" // not needed any more
)

// Waiting is what the person who asked for help may know of it.
type Waiting struct {
	Organisation string     `json:"organisation"`
	Number       int64      `json:"number" doc:"Of the ticket"`
	Name         string     `json:"name"`
	Reach        string     `json:"reach"`
	Words        string     `json:"words"`
	AskedAt      time.Time  `json:"askedAt"`
	Stage        HelpStage  `json:"stage" enum:"queued,taken,aside,start,over,withdrawn"`
	Technician   string     `json:"technician,omitempty" doc:"Display name of who has it"`
	Before       int        `json:"before" doc:"People in the queue before this one"`
	Range        *WaitRange `json:"range,omitempty" doc:"How much longer it takes, by what others waited lately; absent: nobody can say"`
	Start        *HelpCode  `json:"start,omitempty" doc:"A code that a technician handed to this page"`
}

// WaitRange is in minutes: of five who waited as long, one was helped sooner and one later.
type WaitRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// HelpCode is what a person could have typed.
type HelpCode struct {
	Invitation string `json:"invitation"`
	Code       string `json:"code" doc:"Nine digits"`
}

type waitingOutput struct{ Body Waiting }

func (s *Server) waiting(ctx context.Context, in *withdrawInput) (*waitingOutput, error) {
	out := &waitingOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		a, err := askingOf(v, in.Help)
		if err != nil {
			return err
		}
		tk, err := v.Ticket(a.Ticket)
		if err != nil {
			return err
		}
		out.Body = Waiting{
			Organisation: s.deps.Organisation, Number: tk.Number, Name: tk.Requester, Reach: a.Reach, Words: tk.Words, AskedAt: tk.CreatedAt,
		}
		if out.Body.Start, err = startOf(v, a); err != nil {
			return err
		}
		out.Body.Stage = helpStageOf(tk, a, out.Body.Start != nil)
		if tk.Assignee != "" {
			who, err := v.Technician(tk.Assignee)
			if err != nil {
				return err
			}
			out.Body.Technician = who.Name
		}
		if out.Body.Stage != helpQueued {
			return nil
		}
		if out.Body.Before, err = v.Before(tk); err != nil {
			return err
		}
		out.Body.Range, err = s.waits.rangeOf(v, tk, time.Now())
		return err
	})
	return out, err
}

func helpStageOf(tk store.Ticket, a store.Asking, start bool) HelpStage {
	switch {
	case !a.WithdrawnAt.IsZero():
		return helpWithdrawn
	case start:
		return helpStart
	}
	switch tk.State {
	case desk.Open:
		return helpQueued
	case desk.Helping:
		return helpTaken
	case desk.Waiting:
		return helpAside
	default:
		return helpOver
	}
}

// startOf reads the code that waits for the person, until its session ended.
func startOf(v *store.View, a store.Asking) (*HelpCode, error) {
	if a.Invitation == "" {
		return nil, nil
	}
	i, err := v.Invitation(a.Invitation)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	se, err := v.Session(i.Session)
	if err != nil {
		return nil, err
	}
	switch invitation.StageOf(i, se, time.Now()) {
	case invitation.Expired, invitation.Revoked, invitation.Stage(signaling.Ended):
		return nil, nil
	}
	return &HelpCode{Invitation: i.ID, Code: a.Code}, nil
}

const (
	// recentWaits is from how far back waits still say something.
	recentWaits = 28 * 24 * time.Hour
	// waitsLast is for how long what was counted is good enough for all who wait.
	waitsLast = 20 * time.Second
)

// waits are those of who was helped lately, by priority. They are counted once for all pages that wait.
type waits struct {
	mu sync.Mutex
	at time.Time
	by map[desk.Priority][]time.Duration
}

// rangeOf is how much longer a ticket waits, as the waits of its priority were.
func (w *waits) rangeOf(v *store.View, tk store.Ticket, now time.Time) (*WaitRange, error) {
	recent, err := w.of(v, tk.Priority, now)
	if err != nil {
		return nil, err
	}
	from, to, known := desk.WaitRange(recent, now.Sub(tk.CreatedAt))
	if !known {
		return nil, nil
	}
	return &WaitRange{From: int(from / time.Minute), To: int((to + time.Minute - 1) / time.Minute)}, nil
}

func (w *waits) of(v *store.View, p desk.Priority, now time.Time) ([]time.Duration, error) {
	w.mu.Lock()
	at, recent := w.at, w.by[p]
	w.mu.Unlock()
	if now.Sub(at) < waitsLast {
		return recent, nil
	}
	calls, err := v.Calls(now.Add(-recentWaits), now)
	if err != nil {
		return nil, err
	}
	by := report.Waits(calls, now.Add(-recentWaits))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, w.by = now, by
	return by[p], nil
}
