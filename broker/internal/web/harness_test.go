package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"beside/broker/internal/attachment"
	"beside/broker/internal/auth"
	"beside/broker/internal/csvimport"
	"beside/broker/internal/desk"
	"beside/broker/internal/download"
	"beside/broker/internal/journal"
	"beside/broker/internal/recording"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/invite"
	"beside/signaling/record"
	"beside/signaling/slot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testDeadline bounds everything that a test waits for.
const testDeadline = 20 * time.Second

// harness is the real handler over a real database.
type harness struct {
	t        testing.TB
	dir      string
	store    *store.Store
	journal  *journal.Journal
	shelf    *recording.Shelf
	objects  *recording.Folder
	auth     *auth.Desk
	server   *httptest.Server
	deps     web.Deps
	web      *web.Server
	draining chan struct{}
	log      *syncBuffer
}

func newHarness(t testing.TB) *harness {
	t.Helper()
	return newHarnessWith(t, func(*auth.Config) {})
}

func newHarnessWith(t testing.TB, change func(*auth.Config)) *harness {
	t.Helper()
	h := &harness{t: t, dir: t.TempDir(), draining: make(chan struct{}), log: &syncBuffer{}}
	var err error
	h.store, err = store.Open(t.Context(), h.dir)
	h.must(err)
	t.Cleanup(func() { h.must(h.store.Close()) })
	h.journal = journal.New(h.store)
	h.server = httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(h.server.Listener.Addr().String())
	h.must(err)
	public := &url.URL{Scheme: "http", Host: "localhost:" + port}
	config := auth.Config{Store: h.store, Journal: h.journal, Organisation: "Test Desk", URL: public, Origins: []string{public.String()}}
	change(&config)
	h.auth, err = auth.New(config)
	h.must(err)
	objects, err := recording.OpenFolder(filepath.Join(t.TempDir(), "recordings"))
	h.must(err)
	h.objects = objects
	t.Cleanup(func() { h.must(objects.Close()) })
	h.shelf = recording.New(recording.Config{Store: h.store, Journal: h.journal, Objects: objects, Quota: 20 << 20, Log: slog.New(slog.DiscardHandler)})
	h.deps = web.Deps{
		Recordings: h.shelf, Modules: []web.Module{recording.NewModule(h.shelf), &attachment.Module{Store: h.store, Journal: h.journal, Objects: objects, Log: slog.New(slog.DiscardHandler)},
			&csvimport.Module{Store: h.store, Journal: h.journal, Log: slog.New(slog.DiscardHandler)}},
		Organisation: "Test Desk", Version: "test", URL: public, Store: h.store, Journal: h.journal, Auth: h.auth,
		Clients: download.NewShelf(h.dir, slot.Config{Broker: public.String(), Organisation: "Test Desk"}),
		Pages: fstest.MapFS{
			"index.html":     {Data: []byte("<title>app</title>")},
			"requester.html": {Data: []byte("<title>requester</title>")},
			"assets/x-1.js":  {Data: []byte("export {}")},
			"icon.svg":       {Data: []byte("<svg/>")},
		},
		Log: slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Draining: h.draining,
	}
	h.web, err = web.New(h.deps)
	h.must(err)
	h.server.Config.Handler = h.web
	h.server.Start()
	t.Cleanup(h.server.Close)
	return h
}

func (h *harness) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) decode(body []byte, into any) {
	h.t.Helper()
	if err := json.Unmarshal(body, into); err != nil {
		h.t.Fatalf("%v in %s", err, body)
	}
}

// browser is a signed-in (or not) caller.
type browser struct {
	h      *harness
	client *http.Client
	cookie string
}

// stranger is not signed in.
func (h *harness) stranger() *browser {
	transport := &http.Transport{}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &browser{h: h, client: &http.Client{Transport: transport, Timeout: testDeadline}}
}

// account makes an account.
func (h *harness) account(email string, roles ...desk.Role) store.Technician {
	h.t.Helper()
	var tn store.Technician
	h.must(h.journal.Update(h.t.Context(), func(tx *store.Tx) (events []record.Event, err error) {
		tn, events, err = auth.AddTechnician(tx, email, "Name of "+email, roles, record.Actor{Kind: record.Operator})
		return events, err
	}))
	return tn
}

// link makes a sign-in secret.
func (h *harness) link(tn store.Technician) string {
	h.t.Helper()
	link, _, err := auth.MakeLink(h.t.Context(), h.journal, tn.ID, record.Actor{Kind: record.Operator})
	h.must(err)
	return link.Reveal()
}

// signIn makes an account and signs a browser in with it.
func (h *harness) signIn(email string, roles ...desk.Role) *browser {
	h.t.Helper()
	return h.enter(h.account(email, roles...))
}

func (h *harness) enter(tn store.Technician) *browser {
	h.t.Helper()
	b := h.stranger()
	res := b.do("POST", "/api/v1/sign-in", map[string]string{"secret": h.link(tn)}, nil)
	if res.status != http.StatusOK || len(res.cookies) != 1 {
		h.t.Fatalf("sign in: %d %s", res.status, res.body)
	}
	b.cookie = res.cookies[0].Name + "=" + res.cookies[0].Value
	return b
}

// reply is an answer, read whole.
type reply struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    []byte
}

func (r reply) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(r.body, &p) // no problem has no code
	return p.Code
}

// do sends one request and reads the answer.
func (b *browser) do(method, path string, body any, header map[string]string) reply {
	b.h.t.Helper()
	res, err := b.client.Do(b.request(b.h.t.Context(), method, path, body, header))
	b.h.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	b.h.must(err)
	return reply{res.StatusCode, res.Header, res.Cookies(), text}
}

func (b *browser) request(ctx context.Context, method, path string, body any, header map[string]string) *http.Request {
	b.h.t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		b.h.must(err)
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, b.h.server.URL+path, content)
	b.h.must(err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.cookie != "" {
		req.Header.Set("Cookie", b.cookie)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	return req
}

// want sends a request that must be answered with a status, and decodes into.
func (b *browser) want(status int, method, path string, body, into any) {
	b.h.t.Helper()
	res := b.do(method, path, body, nil)
	if res.status != status {
		b.h.t.Fatalf("%s %s = %d %s, want %d", method, path, res.status, res.body, status)
	}
	if into != nil {
		b.h.must(json.Unmarshal(res.body, into))
	}
}

// ticket opens a ticket.
func (b *browser) ticket() web.Ticket {
	b.h.t.Helper()
	var tk web.Ticket
	b.want(http.StatusCreated, "POST", "/api/v1/tickets",
		map[string]string{"subject": "Printer", "requester": "Grace", "impact": "low", "urgency": "high"}, &tk)
	return tk
}

// invited is a link and what the broker answered to it.
type invited struct {
	secret     invite.Secret
	Invitation web.Invitation
	Session    web.Session
}

func (i invited) page() map[string]string {
	page := i.secret.Page()
	return map[string]string{"Beside-Page": b64(page[:])}
}

// invite makes a link as a technician's page does.
func (b *browser) invite(ticket string) invited {
	return b.inviteBy(ticket, invite.NewSecret(), false)
}

// tell makes a spoken code of nine digits.
func (b *browser) tell(ticket, digits string) invited {
	b.h.t.Helper()
	secret, err := invite.ParseSpoken(digits)
	b.h.must(err)
	return b.inviteBy(ticket, secret, true)
}

func (b *browser) inviteBy(ticket string, secret invite.Secret, spoken bool) invited {
	b.h.t.Helper()
	out := invited{secret: secret}
	join, page := out.secret.Join(), out.secret.Page()
	joinHash, pageHash := sha256.Sum256(join[:]), sha256.Sum256(page[:])
	b.want(http.StatusCreated, "POST", "/api/v1/tickets/"+ticket+"/invitations",
		map[string]any{"joinHash": b64(joinHash[:]), "pageHash": b64(pageHash[:]), "spoken": spoken}, &out)
	return out
}

func mustURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// sql runs a statement behind the broker's back: time travel, mostly.
func (h *harness) sql(query string, args ...any) {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, "beside.db")+"?_pragma=busy_timeout(5000)")
	h.must(err)
	defer db.Close()
	_, err = db.Exec(query, args...)
	h.must(err)
}

// dump is the whole content of the database as one text.
func (h *harness) dump() string {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, "beside.db")+"?_pragma=busy_timeout(5000)")
	h.must(err)
	defer db.Close()
	var out strings.Builder
	for _, table := range []string{"technician", "signin_link", "cookie_session", "ticket", "note", "session", "invitation", "used_token", "signing_key", "passkey", "recovery_code", "ceremony", "provider_identity", "policy", "audit_event"} {
		rows, err := db.Query("SELECT * FROM " + table)
		h.must(err)
		columns, err := rows.Columns()
		h.must(err)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			h.must(rows.Scan(values...))
			for i, v := range values {
				fmt.Fprintf(&out, "%s.%s=%v ", table, columns[i], *v.(*any))
			}
			out.WriteByte('\n')
		}
		h.must(rows.Close())
	}
	return out.String()
}

// syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
