package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beside/broker/internal/auth"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

const (
	// liveBeat keeps proxies from closing the stream, and is how often the
	// cookie is looked at again.
	liveBeat = 15 * time.Second
	// liveWrite is how long a reader may stay away before its stream is closed.
	liveWrite = 10 * time.Second
	liveBatch = 200
)

// Change tells that something is not as it was; the reader reads it anew.
type Change struct {
	Topic string    `json:"topic" enum:"ticket,invitation,session,presence" doc:"presence: somebody came to the desk or went; it has no id"`
	ID    string    `json:"id"`
	At    time.Time `json:"at"`
}

type liveInput struct {
	Last string `header:"Last-Event-ID" maxLength:"20" doc:"Sent by browsers that come back, so that nothing is missed"`
}

func (s *Server) registerLive(api huma.API) {
	op := operation(http.MethodGet, "/live", "live", "Stream of changes (server-sent events): each is a Change, sent after its commit")
	op.Responses = map[string]*huma.Response{"200": {Description: "Changes", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Change](), true, "Change")},
	}}}
	register(api, op, s.live)
}

func (s *Server) live(ctx context.Context, in *liveInput) (*huma.StreamResponse, error) {
	after, err := strconv.ParseInt(in.Last, 10, 64)
	if err != nil || after < 0 { // a new reader
		if after, err = s.deps.Journal.LastSeq(ctx); err != nil {
			return nil, err
		}
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) { s.stream(hc, after) }}, nil
}

// stream writes changes until the reader is gone or signed out, or the broker
// stops. It holds nothing back and keeps nothing: a slow reader is closed and
// comes back with the number of the last change that it saw.
func (s *Server) stream(hc huma.Context, after int64) {
	r, w := humago.Unwrap(hc)
	ctx := r.Context()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return // a stream without a body would never end
	}
	presence, leave := s.present.enter(auth.Caller(ctx).ID)
	defer leave()
	watch := s.deps.Journal.Watch()
	defer watch.Close()
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	if send(w, out, ": here\n\n", liveWrite) != nil {
		return
	}
	for {
		next, text, err := s.changes(ctx, after)
		if err != nil {
			if ctx.Err() == nil {
				s.logFor(r).Error("live stream", "error", err)
			}
			return
		}
		if text != "" && send(w, out, text, liveWrite) != nil {
			return
		}
		if next != after {
			after = next
			continue
		}
		select {
		case <-watch.C:
		case <-presence:
			if send(w, out, presenceChanged(time.Now()), liveWrite) != nil {
				return
			}
		case <-beat.C:
			if _, err := s.deps.Auth.Identify(ctx, auth.ReadCookie(r, s.secure(r))); errors.Is(err, store.ErrNotFound) {
				return
			}
			if send(w, out, ": beat\n\n", liveWrite) != nil {
				return
			}
		case <-ctx.Done():
			return
		case <-s.deps.Draining:
			return
		}
	}
}

// presenceChanged is no event, and so has no number: whoever missed it reads who is there when the stream is back.
func presenceChanged(at time.Time) string {
	return fmt.Sprintf("data: {\"topic\":\"presence\",\"id\":\"\",\"at\":%q}\n\n", at.UTC().Format(time.RFC3339Nano))
}

// send writes within a time. The deadline is taken away again, since over
// HTTP/2 it resets a stream that has nothing to say when it passes.
func send(w io.Writer, out *http.ResponseController, text string, within time.Duration) error {
	if err := out.SetWriteDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return out.SetWriteDeadline(time.Time{})
}

// changes reads what happened after a number, as the stream's next text. Of
// several changes of one thing it tells the last.
func (s *Server) changes(ctx context.Context, after int64) (next int64, text string, err error) {
	events, err := s.deps.Journal.Events(ctx, "", after, liveBatch)
	if err != nil || len(events) == 0 {
		return after, "", err
	}
	next = events[len(events)-1].Seq
	last := make(map[string]int) // by topic and id
	var changes []Change
	for _, e := range events {
		for _, c := range changesOf(e) {
			key := c.Topic + " " + c.ID
			if i, ok := last[key]; ok {
				changes[i].At = c.At
				continue
			}
			last[key] = len(changes)
			changes = append(changes, c)
		}
	}
	for _, c := range changes {
		body, err := json.Marshal(c)
		if err != nil {
			return after, "", fmt.Errorf("encode change: %w", err)
		}
		text += fmt.Sprintf("id: %d\ndata: %s\n\n", next, body)
	}
	return next, text, nil
}

// changesOf names what an event is about.
func changesOf(e record.Event) []Change {
	var changes []Change
	add := func(topic, id string) {
		if id != "" {
			changes = append(changes, Change{Topic: topic, ID: id, At: e.Time})
		}
	}
	switch d := e.Data.(type) {
	case record.InvitationCreated:
		add("invitation", d.Invitation)
	case record.InvitationOpened:
		add("invitation", d.Invitation)
	case record.InvitationUnable:
		add("invitation", d.Invitation)
	case record.InvitationRevoked:
		add("invitation", d.Invitation)
	case record.InvitationExpired:
		add("invitation", d.Invitation)
	case record.InvitationRefused:
		add("invitation", d.Invitation)
	case record.SessionJoined:
		add("invitation", d.Invitation)
	}
	add("session", e.Session)
	add("ticket", e.Ticket)
	return changes
}
