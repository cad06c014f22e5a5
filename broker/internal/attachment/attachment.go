// Package attachment keeps files with tickets: it takes, hands out and deletes them. Their bytes lie beside the
// recordings', rows beside the tickets. It never trusts a name or a type that somebody says.
package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/problem"
	"beside/broker/internal/recording"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

const (
	// MaxBytes bounds one file, MaxFiles those of a ticket.
	MaxBytes = 10 << 20
	MaxFiles = 20

	transferTime = 2 * time.Minute // on a slow link
	nameHeader   = "Beside-Name"
	atOnce       = 100 // files that one round of Sweep deletes
)

// Full reports whether a file was refused because its ticket has as many as it may.
func Full(err error) bool {
	var p *problem.Problem
	return errors.As(err, &p) && p.Code == tooMany
}

const tooMany = "too_many_files"

// Module is the door for files. They are no part of the described interface, since they are larger than any other
// body: docs/desk.md.
type Module struct {
	Store   *store.Store
	Journal *journal.Journal
	Objects recording.Objects
	Log     *slog.Logger
}

// Register implements web.Module.
func (m *Module) Register(_ huma.API, mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v1/tickets/{id}/attachments", m.handled(m.add))
	mux.HandleFunc("GET /api/v1/tickets/{id}/attachments/{attachment}", m.handled(m.get))
	mux.HandleFunc("DELETE /api/v1/tickets/{id}/attachments/{attachment}", m.handled(m.remove))
}

// handled lets in who works at the desk.
func (m *Module) handled(handle func(http.ResponseWriter, *http.Request, store.Technician) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, deadline := http.NewResponseController(w), time.Now().Add(transferTime)
		if err := errors.Join(c.SetReadDeadline(deadline), c.SetWriteDeadline(deadline.Add(transferTime/4))); err != nil {
			m.Log.Error("file of a ticket", "error", err)
			return
		}
		who, err := auth.Require(r.Context(), desk.Technician, desk.Administrator)
		if err == nil {
			err = handle(w, r, who.Technician)
		}
		if err == nil {
			return
		}
		if cause := problem.Refuse(w, err); cause != nil {
			m.Log.Error("file of a ticket", "path", r.URL.Path, "error", cause)
		}
	}
}

func (m *Module) add(w http.ResponseWriter, r *http.Request, who store.Technician) error {
	name, err := url.PathUnescape(r.Header.Get(nameHeader))
	if err != nil {
		name = ""
	}
	a := store.Attachment{ID: store.NewID(), Ticket: r.PathValue("id"), Name: desk.FileName(name), Author: who.ID}
	// Before its bytes are read: a ticket that takes no more costs nobody ten megabytes.
	if err := m.Store.View(r.Context(), func(v *store.View) error { return room(v, a.Ticket) }); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBytes))
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case errors.As(err, &tooLarge):
		return problem.New(http.StatusRequestEntityTooLarge, "too_large", "A file may have 10 MiB. Send a smaller one.")
	case err != nil:
		return problem.New(http.StatusRequestTimeout, "body_lost", "The file did not arrive whole. Try again.")
	case len(body) == 0:
		return problem.New(http.StatusUnprocessableEntity, "invalid", "The file is empty.")
	}
	if err := m.keep(r.Context(), a, body, auth.Actor(who)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// Keep keeps a file that came by mail.
func (m *Module) Keep(ctx context.Context, ticket, name string, body []byte) error {
	a := store.Attachment{ID: store.NewID(), Ticket: ticket, Name: desk.FileName(name)}
	return m.keep(ctx, a, body, record.Actor{Kind: record.Requester})
}

func (m *Module) keep(ctx context.Context, a store.Attachment, body []byte, by record.Actor) error {
	a.Size, a.Type = int64(len(body)), http.DetectContentType(body)
	if err := m.Objects.Put(ctx, a.Object(), body); err != nil {
		return err
	}
	err := m.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		if err := room(&tx.View, a.Ticket); err != nil {
			return nil, err
		}
		return []record.Event{event(a.Ticket, record.AttachmentAdded{Attachment: a.ID, Bytes: a.Size}, by)}, tx.InsertAttachment(a)
	})
	if err != nil {
		return errors.Join(err, m.Objects.Delete(context.WithoutCancel(ctx), a.Object()))
	}
	return nil
}

// room refuses a ticket that is not there, or that has as many files as it may.
func room(v *store.View, ticket string) error {
	if _, err := v.Ticket(ticket); err != nil {
		return err
	}
	all, err := v.Attachments(ticket)
	if err == nil && len(all) >= MaxFiles {
		err = problem.New(http.StatusConflict, tooMany, "This ticket has 20 files. Remove one first.")
	}
	return err
}

func (m *Module) get(w http.ResponseWriter, r *http.Request, _ store.Technician) error {
	var a store.Attachment
	err := m.Store.View(r.Context(), func(v *store.View) error {
		all, err := v.Attachments(r.PathValue("id"))
		i := slices.IndexFunc(all, func(one store.Attachment) bool { return one.ID == r.PathValue("attachment") })
		if err == nil && i < 0 {
			return fmt.Errorf("attachment: %w", store.ErrNotFound)
		}
		if err == nil {
			a = all[i]
		}
		return err
	})
	if err != nil {
		return err
	}
	body, err := m.Objects.Get(r.Context(), a.Object())
	if errors.Is(err, recording.ErrGone) {
		return problem.New(http.StatusGone, "gone", "The bytes of this file are not there any more.")
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	// Whatever it is: should a browser show it all the same, it is nobody's page and runs nothing.
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	_, err = w.Write(body)
	if err != nil {
		panic(http.ErrAbortHandler) // who asked is gone
	}
	return nil
}

func (m *Module) remove(w http.ResponseWriter, r *http.Request, who store.Technician) error {
	ticket, id := r.PathValue("id"), r.PathValue("attachment")
	err := m.Journal.Update(r.Context(), func(tx *store.Tx) ([]record.Event, error) {
		return removed(tx, ticket, id, "technician", auth.Actor(who))
	})
	if err == nil {
		err = m.clean(context.WithoutCancel(r.Context()))
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func removed(tx *store.Tx, ticket, id, reason string, by record.Actor) ([]record.Event, error) {
	found, err := tx.DeleteAttachment(ticket, id)
	if err == nil && !found {
		err = fmt.Errorf("attachment: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return []record.Event{event(ticket, record.AttachmentRemoved{Attachment: id, Reason: reason}, by)}, nil
}

// Sweep deletes the files of tickets that took no session when personal data of their time is deleted, and the
// bytes of all that were deleted. Those of tickets with sessions go with the sessions' personal data.
func (m *Module) Sweep(ctx context.Context, now time.Time) error {
	err := m.Journal.Update(ctx, func(tx *store.Tx) (events []record.Event, err error) {
		rules, err := tx.Retention()
		if err != nil || rules.Personal == 0 {
			return nil, err
		}
		old, err := tx.OldAttachments(now.AddDate(0, 0, -rules.Personal), atOnce)
		if err != nil {
			return nil, err
		}
		for _, a := range old {
			told, err := removed(tx, a.Ticket, a.ID, "retention", record.Actor{Kind: record.Broker})
			if err != nil {
				return nil, err
			}
			events = append(events, told...)
		}
		return events, nil
	})
	return errors.Join(err, m.clean(ctx))
}

// clean deletes the bytes of files that were deleted. What fails is tried again with the next round.
func (m *Module) clean(ctx context.Context) error {
	var gone []string
	if err := m.Store.View(ctx, func(v *store.View) (err error) {
		gone, err = v.GoneObjects(atOnce)
		return err
	}); err != nil {
		return err
	}
	for _, object := range gone {
		if err := m.Objects.Delete(ctx, object); err != nil {
			return err
		}
		if err := m.Store.Update(ctx, func(tx *store.Tx) error { return tx.ForgetObject(object) }); err != nil {
			return err
		}
	}
	return nil
}

func event(ticket string, data record.Data, by record.Actor) record.Event {
	e := record.New(data, record.ByBroker, by)
	e.Ticket = ticket
	return e
}
