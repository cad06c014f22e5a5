package web_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/attachment"
	"beside/broker/internal/desk"
	"beside/broker/internal/recording"
	"beside/broker/internal/retention"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/record"
)

// upload sends a file as the page does.
func (b *browser) upload(ticket, name string, body []byte, want int) {
	b.h.t.Helper()
	req := b.request(b.h.t.Context(), "POST", "/api/v1/tickets/"+ticket+"/attachments", nil, map[string]string{"Beside-Name": name})
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	res, err := b.client.Do(req)
	b.h.must(err)
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); res.StatusCode != want {
		b.h.t.Errorf("upload of %q = %d %s, want %d", name, res.StatusCode, text, want)
	}
}

func TestAttachments(t *testing.T) {
	h := newHarness(t)
	who, auditor := h.signIn("ada@example.org", desk.Technician), h.signIn("a@example.org", desk.Auditor)
	tk := who.ticket()
	path := "/api/v1/tickets/" + tk.ID
	page := []byte("<!doctype html><script>alert(1)</script>")
	h.stranger().upload(tk.ID, "a.txt", page, http.StatusUnauthorized)
	auditor.upload(tk.ID, "a.txt", page, http.StatusForbidden)
	who.upload("none", "a.txt", page, http.StatusNotFound)
	who.upload(tk.ID, "a.txt", nil, http.StatusUnprocessableEntity)
	who.upload(tk.ID, "a.txt", make([]byte, attachment.MaxBytes+1), http.StatusRequestEntityTooLarge)
	who.upload(tk.ID, "..%2Fb%C3%BChne%22.png", page, http.StatusNoContent)
	who.upload(tk.ID, "big", make([]byte, attachment.MaxBytes), http.StatusNoContent)
	who.want(http.StatusOK, "GET", path, nil, &tk)
	if len(tk.Attachments) != 2 {
		t.Fatalf("attachments = %+v, want two", tk.Attachments)
	}
	a := tk.Attachments[0]
	if a.Name != "bühne-.png" || a.Size != int64(len(page)) || !strings.HasPrefix(a.Type, "text/html") {
		t.Errorf("attachment = %+v", a)
	}
	file := path + "/attachments/" + a.ID
	for _, other := range []*browser{h.stranger(), auditor} {
		if res := other.do("GET", file, nil, nil); res.status != http.StatusUnauthorized && res.status != http.StatusForbidden {
			t.Errorf("somebody else reads it: %d", res.status)
		}
	}
	res := who.do("GET", file, nil, nil)
	kind, params, err := mime.ParseMediaType(res.header.Get("Content-Disposition"))
	if err != nil || kind != "attachment" || params["filename"] != a.Name || !bytes.Equal(res.body, page) {
		t.Errorf("file = %d, %q %v, %v", res.status, res.header.Get("Content-Disposition"), err, params)
	}
	if res.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(res.header.Get("Content-Security-Policy"), "sandbox;") {
		t.Errorf("headers = %v", res.header)
	}
	other := who.ticket()
	who.want(http.StatusNotFound, "GET", "/api/v1/tickets/"+other.ID+"/attachments/"+a.ID, nil, nil) // of another ticket
	who.want(http.StatusNoContent, "DELETE", file, nil, nil)
	who.want(http.StatusNotFound, "DELETE", file, nil, nil)
	who.want(http.StatusNotFound, "GET", file, nil, nil)
	if _, err := h.objects.Get(t.Context(), "attachments/"+tk.ID+"/"+a.ID); !errors.Is(err, recording.ErrGone) {
		t.Errorf("its bytes: %v, want ErrGone", err)
	}
	for range attachment.MaxFiles - 1 {
		who.upload(tk.ID, "x", page, http.StatusNoContent)
	}
	who.upload(tk.ID, "x", page, http.StatusConflict)
}

// Files of a ticket go with the personal data of its sessions, and stay while one of them is held.
func TestAttachmentsAreErased(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	var me web.Me
	who.want(http.StatusOK, "GET", "/api/v1/me", nil, &me)
	tk, alone := who.ticket(), who.ticket()
	who.upload(tk.ID, "a.txt", []byte("a"), http.StatusNoContent)
	who.upload(alone.ID, "b.txt", []byte("b"), http.StatusNoContent)
	for _, id := range []string{"one", "two"} {
		h.sql(`INSERT INTO session (id, ticket, technician, phase, invited_at, ended_at) VALUES (?, ?, ?, 'ended', 1, 2)`, id, tk.ID, me.ID)
	}
	h.sql(`UPDATE ticket SET resolved_at = 2 WHERE id = ?`, alone.ID)
	operator := record.Actor{Kind: record.Operator}
	erase := func(session string) {
		t.Helper()
		h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
			_, events, err := retention.Erase(tx, session, operator)
			return events, err
		}))
	}
	files := func(tk web.Ticket) int {
		t.Helper()
		who.want(http.StatusOK, "GET", "/api/v1/tickets/"+tk.ID, nil, &tk)
		return len(tk.Attachments)
	}
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return retention.Hold(tx, "two", "dispute", operator) }))
	erase("one")
	if n := files(tk); n != 1 {
		t.Errorf("%d files while a session is held, want 1", n)
	}
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return retention.Release(tx, "two", operator) }))
	erase("two")
	if n := files(tk); n != 0 {
		t.Errorf("%d files after the data was erased, want 0", n)
	}
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return retention.Set(tx, 30, 0, operator) }))
	m := attachment.Module{Store: h.store, Journal: h.journal, Objects: h.objects, Log: slog.New(slog.DiscardHandler)}
	h.must(m.Sweep(t.Context(), time.Now()))
	if n := files(alone); n != 0 {
		t.Errorf("%d files of an old ticket, want 0", n)
	}
	if dump := h.dump(); strings.Count(dump, "ticket.attachment_removed") == 0 || strings.Contains(dump, "attachment_gone.object") {
		t.Error("no event says that it was removed, or bytes wait still")
	}
}
