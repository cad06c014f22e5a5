package session_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"go.uber.org/goleak"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/entry"
	"beside/broker/internal/journal"
	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait for something that must happen; a beat comes sooner.
const patience = 2 * signaling.BeatInterval

// broker is a Registry behind its door, on real HTTP and a real database.
type broker struct {
	*session.Registry
	t       testing.TB
	store   *store.Store
	journal *journal.Journal
	host    string
	dial    func(context.Context, string, string) (net.Conn, error) // nil: the network
	client  *http.Client
	ada     store.Technician // owner of every session
	bob     store.Technician
	ticket  store.Ticket
	stop    func() // also at the end of the test
}

// options change how a broker is started.
type options struct {
	session.Config
	dir    string       // of the database; empty: a new one
	listen net.Listener // nil: loopback
	dial   func(context.Context, string, string) (net.Conn, error)
}

const technicianHeader = "Test-Technician"

func start(t testing.TB, o options) *broker {
	t.Helper()
	if o.dir == "" {
		o.dir = t.TempDir()
	}
	if o.listen == nil {
		var err error
		if o.listen, err = new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	b := &broker{t: t, host: o.listen.Addr().String(), dial: o.dial}
	b.client = &http.Client{Transport: &http.Transport{DialContext: o.dial}}
	var err error
	if b.store, err = store.Open(t.Context(), o.dir); err != nil {
		t.Fatal(err)
	}
	b.journal = journal.New(b.store)
	b.seed()
	o.Issuer, o.Hosts, o.Organisation = "http://"+b.host, []string{b.host}, "Example GmbH"
	o.Store, o.Journal, o.Log = b.store, b.journal, slog.New(slog.DiscardHandler)
	if b.Registry, err = session.New(t.Context(), o.Config); err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: b.handler(), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	running.Go(func() {
		if err := server.Serve(o.listen); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		running.Wait()
		b.client.CloseIdleConnections()
		if err := errors.Join(b.Close(), b.store.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(b.stop)
	return b
}

// handler is the door behind a stand-in for the cookie.
func (b *broker) handler() http.Handler {
	mux := http.NewServeMux()
	api := huma.NewGroup(humago.New(mux, huma.DefaultConfig("test", "1")), "/api/v1")
	entry.New(entry.Config{Registry: b.Registry, Organisation: "Example GmbH", Origins: []string{"http://" + b.host}}).Register(api, mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, tn := range []store.Technician{b.ada, b.bob} {
			if r.Header.Get(technicianHeader) == tn.ID {
				r = r.WithContext(auth.With(r.Context(), auth.Identity{Technician: tn}))
			}
		}
		mux.ServeHTTP(w, r)
	})
}

func (b *broker) seed() {
	b.t.Helper()
	b.update(func(tx *store.Tx) ([]record.Event, error) {
		if all, err := tx.Tickets("", 1); err != nil || len(all) == 1 { // a database of before
			b.ticket = all[0]
			b.ada, err = tx.TechnicianByEmail("ada@example.org")
			return nil, err
		}
		var err error
		roles := []desk.Role{desk.Technician}
		if b.ada, err = tx.InsertTechnician(store.Technician{Email: "ada@example.org", Name: "Ada", Roles: roles}); err != nil {
			return nil, err
		}
		if b.bob, err = tx.InsertTechnician(store.Technician{Email: "bob@example.org", Name: "Bob", Roles: roles}); err != nil {
			return nil, err
		}
		b.ticket, err = tx.InsertTicket(store.Ticket{Ticket: desk.Ticket{Subject: "slow", Requester: "Grace", Impact: desk.Low, Urgency: desk.Low, State: desk.Open}})
		return []record.Event{record.New(record.BrokerStarted{}, record.ByBroker, record.Actor{Kind: record.Broker})}, err
	})
}

func (b *broker) update(change func(*store.Tx) ([]record.Event, error)) {
	b.t.Helper()
	if err := b.journal.Update(b.t.Context(), change); err != nil {
		b.t.Fatal(err)
	}
}

// link is an invitation with both ends' keys.
type link struct {
	secret         invite.Secret
	client, viewer ed25519.PrivateKey
	session, id    string
}

func newKey() ed25519.PrivateKey {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	return key
}

func public(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

func (b *broker) invite() link {
	b.t.Helper()
	return b.inviteFor(15 * time.Minute)
}

func (b *broker) inviteFor(life time.Duration) link {
	b.t.Helper()
	return b.inviteBy(invite.NewSecret(), false, life)
}

func (b *broker) inviteBy(secret invite.Secret, spoken bool, life time.Duration) link {
	b.t.Helper()
	l := link{secret: secret, client: newKey(), viewer: newKey()}
	join, page := l.secret.Join(), l.secret.Page()
	joinHash, pageHash := sha256.Sum256(join[:]), sha256.Sum256(page[:])
	l.session, l.id = store.NewID(), store.NewID()
	b.update(func(tx *store.Tx) ([]record.Event, error) {
		if err := tx.InsertSession(l.session, b.ticket.ID, b.ada.ID); err != nil {
			return nil, err
		}
		i, err := tx.InsertInvitation(store.Invitation{
			ID: l.id, Ticket: b.ticket.ID, Session: l.session, Technician: b.ada.ID,
			JoinHash: joinHash[:], PageHash: pageHash[:], ExpiresAt: tx.Now().Add(life), Spoken: spoken,
		})
		e := record.New(record.InvitationCreated{Invitation: i.ID, Expires: i.ExpiresAt}, record.ByBroker, auth.Actor(b.ada))
		e.Session = l.session
		return []record.Event{e}, err
	})
	return l
}

// answer is what the REST interface said.
type answer struct {
	Status         int    `json:"-"`
	Code           string `json:"code"`
	entry.Redeemed        // its token and signaling are those of a JoinToken too
}

func (b *broker) post(technician, path string, body any) answer {
	b.t.Helper()
	a, err := b.tryPost(technician, path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func (b *broker) tryPost(technician, path string, body any) (answer, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, "http://"+b.host+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(technicianHeader, technician)
	resp, err := b.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	a := answer{Status: resp.StatusCode}
	if raw, err = io.ReadAll(resp.Body); err != nil || len(raw) == 0 {
		return a, err
	}
	return a, json.Unmarshal(raw, &a)
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

type object = map[string]any

func redeemBody(secret invite.Secret, key ed25519.PrivateKey) object {
	join := secret.Join()
	return object{
		"join": b64(join[:]), "key": b64(public(key)), "proof": b64(ed25519.Sign(key, grant.RedeemStatement(join, public(key)))),
		"system": object{"os": "linux", "arch": "amd64", "version": "Debian 12"}, "version": "1.0",
	}
}

func (b *broker) redeem(l link) answer {
	b.t.Helper()
	return b.post("", "/redeem", redeemBody(l.secret, l.client))
}

func tokenBody(role grant.Role, session string, key ed25519.PrivateKey, at time.Time) object {
	return object{
		"role": role, "key": b64(public(key)), "time": at.UTC().Format(time.RFC3339),
		"proof": b64(ed25519.Sign(key, grant.TokenStatement(role, session, at))),
	}
}

// token asks for a join token as the owner of the session.
func (b *broker) token(l link, role grant.Role) answer {
	b.t.Helper()
	return b.post(b.ada.ID, "/sessions/"+l.session+"/token", tokenBody(role, l.session, l.key(role), time.Now()))
}

func (l link) key(role grant.Role) ed25519.PrivateKey {
	if role == grant.Client {
		return l.client
	}
	return l.viewer
}

// kinds lists the kinds of a session's events ("" for all sessions).
func (b *broker) events(session string) []record.Event {
	b.t.Helper()
	events, err := b.journal.Events(b.t.Context(), session, 0, 10_000)
	if err != nil {
		b.t.Fatal(err)
	}
	return events
}

func (b *broker) kinds(session string) []record.Kind {
	b.t.Helper()
	var kinds []record.Kind
	for _, e := range b.events(session) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// waitEvent waits for an event like the one given.
func (b *broker) waitEvent(session string, data record.Data) {
	b.t.Helper()
	w := b.journal.Watch()
	defer w.Close()
	for late := time.After(patience); ; {
		if slices.ContainsFunc(b.events(session), func(e record.Event) bool { return e.Data == data }) {
			return
		}
		select {
		case <-w.C:
		case <-late:
			b.t.Fatalf("no event %#v among %v", data, b.kinds(session))
		}
	}
}

func (b *broker) row(session string) (se store.Session) {
	b.t.Helper()
	err := b.store.View(b.t.Context(), func(v *store.View) (err error) {
		se, err = v.Session(session)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return se
}

// both is a session whose two sides are there.
func (b *broker) both() (link, *end, *end) {
	b.t.Helper()
	l := b.invite()
	if a := b.redeem(l); a.Status != http.StatusOK {
		b.t.Fatalf("redeem: %d %s", a.Status, a.Code)
	}
	return l, b.open(l, grant.Client), b.open(l, grant.Viewer)
}

// accept lets the requester be asked.
func (b *broker) accept(l link) {
	b.t.Helper()
	if a := b.post(b.ada.ID, "/sessions/"+l.session+"/accept", nil); a.Status != http.StatusNoContent {
		b.t.Fatalf("accept: %d %s", a.Status, a.Code)
	}
}

// with changes one member of a body; nil leaves it out.
func with(body object, name string, value any) object {
	body[name] = value
	if value == nil {
		delete(body, name)
	}
	return body
}

// asRedeem is a redeem without HTTP.
func asRedeem(secret invite.Secret, key ed25519.PrivateKey) session.Redeem {
	join := secret.Join()
	return session.Redeem{
		Join: join, Key: public(key), Proof: ed25519.Sign(key, grant.RedeemStatement(join, public(key))),
		System: store.System{OS: "linux", Arch: "amd64", Client: "1"}, From: "192.0.2.0/24",
	}
}

func codeOf(err error) string {
	var no *session.Refusal
	if errors.As(err, &no) {
		return no.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// request is a side's request for a join token, without HTTP.
func (b *broker) request(l link, role grant.Role) session.TokenRequest {
	now := time.Now()
	return session.TokenRequest{
		Session: l.session, Role: role, Key: public(l.key(role)), Time: now, Technician: b.ada.ID, From: "192.0.2.0/24",
		Proof: ed25519.Sign(l.key(role), grant.TokenStatement(role, l.session, now)),
	}
}
