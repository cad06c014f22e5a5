package web

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling"
	"beside/signaling/record"
)

// Colleague is a technician, as colleagues see them.
type Colleague struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Presence string `json:"presence" enum:"here,session,away" doc:"here: a page of theirs is open; session: they help somebody now"`
}

type (
	peopleOutput struct {
		Body struct {
			People []Colleague `json:"people" nullable:"false" doc:"By their names"`
		}
	}
	handOverInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			To   string `json:"to,omitempty" doc:"A technician's id; empty: whoever takes it next"`
			Note string `json:"note" doc:"What the next one has to know"`
		}
	}
)

func (s *Server) registerPeople(api huma.API) {
	register(api, operation(http.MethodGet, "/desk/people", "listColleagues", "Who works at the desk, and who is there"), s.listColleagues)
	register(api, operation(http.MethodPost, "/tickets/{id}/handover", "handOver", "Give a ticket on, with a note"), s.handOver)
}

// presence knows which technicians have a page open: the live streams that run. It is kept in memory: a stream ends with
// the broker, and comes back by itself.
type presence struct {
	mu      sync.Mutex
	streams map[string]int             // by technician
	watches map[chan struct{}]struct{} // each holds at most one: somebody came or went
}

// enter counts a stream in, and returns what tells of changes and how to count it out.
func (p *presence) enter(technician string) (changed <-chan struct{}, leave func()) {
	watch := make(chan struct{}, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.streams == nil {
		p.streams, p.watches = make(map[string]int), make(map[chan struct{}]struct{})
	}
	p.count(technician, 1)
	p.watches[watch] = struct{}{}
	return watch, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watches, watch)
		p.count(technician, -1)
	}
}

// count changes how many streams somebody has, and tells all when that makes a difference. The caller holds mu.
func (p *presence) count(technician string, by int) {
	before := p.streams[technician]
	p.streams[technician] = before + by
	if before+by == 0 {
		delete(p.streams, technician)
	}
	if before != 0 && before+by != 0 {
		return
	}
	for watch := range p.watches {
		select {
		case watch <- struct{}{}:
		default: // told already
		}
	}
}

func (p *presence) here(technician string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.streams[technician] > 0
}

func (s *Server) listColleagues(ctx context.Context, _ *struct{}) (*peopleOutput, error) {
	out := &peopleOutput{}
	out.Body.People = []Colleague{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		all, err := v.Technicians()
		if err != nil {
			return err
		}
		sessions, err := v.Sessions(store.SessionFilter{Unended: true}, maxList)
		if err != nil {
			return err
		}
		for _, tn := range all {
			if !tn.DisabledAt.IsZero() || !slices.Contains(tn.Roles, desk.Technician) {
				continue
			}
			out.Body.People = append(out.Body.People, Colleague{ID: tn.ID, Name: tn.Name, Presence: s.presenceOf(tn.ID, sessions)})
		}
		return nil
	})
	return out, err
}

// presenceOf is what colleagues see of a technician. Whoever helps is in a session also while no page of theirs is open:
// it may be about to come back.
func (s *Server) presenceOf(technician string, sessions []store.Session) string {
	helps := slices.ContainsFunc(sessions, func(se store.Session) bool {
		return se.Technician == technician && (se.Phase == signaling.Live || se.Phase == signaling.Paused || se.Phase == signaling.Asking)
	})
	switch {
	case helps:
		return "session"
	case s.present.here(technician):
		return "here"
	default:
		return "away"
	}
}

func (s *Server) handOver(ctx context.Context, in *handOverInput) (*ticketOutput, error) {
	who := auth.Caller(ctx).Technician
	return s.changeOf(ctx, in.ID, func(tx *store.Tx, _ record.Actor) ([]record.Event, error) {
		return ticket.HandOver(tx, in.ID, in.Body.To, in.Body.Note, who)
	})
}
