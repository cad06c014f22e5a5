// Package evil is the other ends for tests: a small broker in the test's own
// process that routes, and lies where a test tells it to, and a viewer that is
// honest until a test tells it otherwise. Nothing outside of tests imports it.
package evil

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
)

// Technician is the name that the broker gives.
const Technician = "Robin Hale"

// Broker holds one session. Its methods may be called from any goroutine.
type Broker struct {
	t       testing.TB
	server  *httptest.Server
	issuer  *grant.Issuer
	key     ed25519.PrivateKey
	Session string
	// ToClient, when set before the client connects, may replace what a viewer
	// sends, or drop it (nil).
	ToClient func(signaling.PeerMessage) signaling.PeerMessage

	// Ahead, when set before the client connects, is how far the broker's clock
	// is before everybody else's.
	Ahead time.Duration

	// Invitation, when set before the client connects, is how the broker calls it.
	Invitation string

	// Recording and Auditors, when set before the client connects, are what it is told
	// of recordings: off, allowed or required, and the list of who can open them.
	Recording string
	Auditors  []byte

	mu       sync.Mutex
	state    signaling.State
	client   *signaling.Conn
	epoch    string // the client's
	session  ed25519.PublicKey
	viewer   *Viewer
	second   *Viewer // as the colleague
	claims   []record.Claim
	uploads  map[string][]byte // parts of recordings by their path, with the query
	unable   string            // what the client said instead of redeeming
	refusing bool              // no new sockets
	deaf     bool              // events are not recorded
	sockets  int
}

// NewBroker starts a broker at which a session waits for its client.
func NewBroker(t testing.TB) *Broker {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &Broker{t: t, key: key, Session: ID(), state: signaling.State{Phase: signaling.Joined}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/redeem", b.redeem)
	mux.HandleFunc("POST /api/v1/invitations/unable", b.cannot)
	mux.HandleFunc("POST /api/v1/sessions/{id}/token", b.token)
	mux.HandleFunc("GET /.well-known/jwks.json", func(w http.ResponseWriter, _ *http.Request) { b.reply(w, b.keys()) })
	mux.HandleFunc("PUT /api/v1/sessions/{id}/recordings/", b.upload)
	mux.HandleFunc("/ws", b.socket)
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", b.now().UTC().Format(http.TimeFormat))
		mux.ServeHTTP(w, r)
	}))
	b.issuer = grant.NewIssuer(b.server.URL, key)
	t.Cleanup(b.Close)
	return b
}

func (b *Broker) now() time.Time { return time.Now().Add(b.Ahead) }

// Close cuts everything.
func (b *Broker) Close() {
	b.Cut(true)
	b.server.Close()
}

// ID makes an id or epoch.
func ID() string {
	var raw [16]byte
	rand.Read(raw[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// URL is where the broker is.
func (b *Broker) URL() *url.URL {
	u, err := url.Parse(b.server.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

func (b *Broker) keys() grant.JWKSet {
	b.mu.Lock()
	defer b.mu.Unlock()
	return grant.NewJWKSet(b.key.Public().(ed25519.PublicKey))
}

func (b *Broker) reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		b.t.Logf("reply: %v", err)
	}
}

type pass struct {
	Session      string       `json:"session"`
	Invitation   string       `json:"invitation,omitempty"`
	Token        string       `json:"token"`
	Keys         grant.JWKSet `json:"keys"`
	Organisation string       `json:"organisation"`
	Technician   string       `json:"technician"`
	Signaling    string       `json:"signaling"`

	Recording string          `json:"recording,omitempty"`
	Auditors  json.RawMessage `json:"auditors,omitempty"`
}

func (b *Broker) pass(w http.ResponseWriter) {
	b.mu.Lock()
	key, issuer := b.session, b.issuer
	b.mu.Unlock()
	now := b.now()
	token, _, err := issuer.Sign(grant.Token{
		Type: grant.JoinToken, Subject: "client:" + b.Session, Session: b.Session, Role: grant.Client,
		Holder: grant.Thumbprint(key), Issued: now, Expires: now.Add(grant.JoinLife),
	})
	if err != nil {
		b.t.Error(err)
	}
	b.reply(w, pass{
		b.Session, b.Invitation, token, b.keys(), "Example", Technician, "ws" + strings.TrimPrefix(b.server.URL, "http") + "/ws",
		b.Recording, b.Auditors,
	})
}

func (b *Broker) redeem(w http.ResponseWriter, r *http.Request) {
	var in struct{ Join, Key, Proof string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		b.t.Error(err)
	}
	join, key, proof := b.raw(in.Join), b.raw(in.Key), b.raw(in.Proof)
	if len(join) != 32 || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, grant.RedeemStatement([32]byte(join), key), proof) {
		b.t.Error("redeem without a good proof")
		http.Error(w, "{}", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.session = key
	b.mu.Unlock()
	b.pass(w)
}

// upload keeps a part of a recording.
func (b *Broker) upload(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(b.raw(r.Header.Get("Beside-Proof"))) != ed25519.SignatureSize {
		b.t.Errorf("a part of a recording without a proof: %v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.uploads == nil {
		b.uploads = map[string][]byte{}
	}
	b.uploads[r.URL.RequestURI()] = body
	w.WriteHeader(http.StatusNoContent)
}

// Uploads are the parts of recordings that came, by their path.
func (b *Broker) Uploads() map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.uploads)
}

func (b *Broker) cannot(w http.ResponseWriter, r *http.Request) {
	var in struct{ Page, Code string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(b.raw(in.Page)) != 32 {
		b.t.Errorf("unable without a page value: %v", err)
	}
	b.mu.Lock()
	b.unable = in.Code
	b.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// Unable is why the client said that its machine cannot be shown; empty: it did not.
func (b *Broker) Unable() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.unable
}

// Redeemed reports whether the client spent the invitation.
func (b *Broker) Redeemed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.session != nil
}

func (b *Broker) token(w http.ResponseWriter, r *http.Request) {
	var in struct{ Role, Key, Time, Proof string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		b.t.Error(err)
	}
	at, err := time.Parse(time.RFC3339, in.Time)
	b.mu.Lock()
	key := b.session
	b.mu.Unlock()
	if err == nil && b.now().Sub(at).Abs() > 2*time.Minute {
		w.WriteHeader(http.StatusUnauthorized)
		b.reply(w, map[string]string{"code": "proof_refused"})
		return
	}
	if err != nil || !ed25519.Verify(key, grant.TokenStatement(grant.Client, r.PathValue("id"), at), b.raw(in.Proof)) {
		b.t.Error("token without a good proof")
		http.Error(w, "{}", http.StatusForbidden)
		return
	}
	b.pass(w)
}

func (b *Broker) raw(text string) []byte {
	out, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		b.t.Error(err)
	}
	return out
}

// socket serves one websocket of the client.
func (b *Broker) socket(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	refusing := b.refusing
	b.mu.Unlock()
	if refusing {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	up := websocket.Upgrader{Subprotocols: []string{signaling.Subprotocol}}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := signaling.NewConn(ws)
	defer c.Close()
	nonce := make([]byte, 32)
	rand.Read(nonce) // never fails (crypto/rand)
	if c.Write(signaling.Challenge{Nonce: nonce}) != nil {
		return
	}
	m, err := c.Read(signaling.AuthTimeout)
	auth, ok := m.(signaling.Auth)
	if err != nil || !ok {
		return
	}
	b.mu.Lock()
	if !ed25519.Verify(b.session, grant.PopStatement(nonce, auth.Token, r.Host), auth.Proof) {
		b.t.Error("socket without a good proof")
	}
	b.client, b.epoch = c, auth.Epoch
	b.sockets++
	welcome := signaling.Welcome{
		Session: b.Session, Role: grant.Client, Organisation: "Example", Technician: Technician,
		State: b.state, ICE: []signaling.ICEServer{}, Recorded: uint64(len(b.claims)),
	}
	viewers := []*Viewer{b.viewer, b.second}
	b.mu.Unlock()
	if c.Write(welcome) != nil {
		return
	}
	for _, v := range viewers {
		if v != nil {
			v.present(auth.Epoch)
		}
	}
	b.serve(c)
}

func (b *Broker) serve(c *signaling.Conn) {
	for {
		m, err := c.Read(time.Minute)
		if err != nil {
			return
		}
		switch m := m.(type) {
		case signaling.Event:
			b.event(c, m)
		case signaling.PeerMessage:
			b.mu.Lock()
			viewers := []*Viewer{b.viewer, b.second}
			b.mu.Unlock()
			for _, v := range viewers {
				if v != nil && v.epoch == m.Head().To {
					v.receive(m)
				}
			}
		}
	}
}

// event commits a statement, once, and follows what it says.
func (b *Broker) event(c *signaling.Conn, e signaling.Event) {
	b.mu.Lock()
	if b.deaf {
		b.mu.Unlock()
		return
	}
	signed := append([]byte(record.StatementLabel), e.Statement.Body...)
	if !ed25519.Verify(b.session, signed, e.Statement.Signature) {
		b.t.Error("statement is not signed")
	}
	if e.Seq == uint64(len(b.claims))+1 {
		var claim record.Claim
		if err := json.Unmarshal(e.Statement.Body, &claim); err != nil || claim.Seq != e.Seq {
			b.t.Errorf("statement %d is malformed", e.Seq)
		}
		b.claims = append(b.claims, claim)
		switch claim.Kind {
		case record.KindConsentGranted, record.KindSharingResumed:
			b.state.Phase = signaling.Live
		case record.KindSharingPaused:
			b.state.Phase = signaling.Paused
		}
	}
	recorded, state := uint64(len(b.claims)), b.state
	b.mu.Unlock()
	_ = c.Write(signaling.Recorded{Seq: recorded}) // a socket that is gone repeats it
	_ = c.Write(signaling.StateChange{State: state})
}

// change changes the session's state and tells the client.
func (b *Broker) change(f func(*signaling.State)) {
	b.mu.Lock()
	f(&b.state)
	c, state := b.client, b.state
	b.mu.Unlock()
	if c != nil {
		_ = c.Write(signaling.StateChange{State: state}) // else its next welcome says so
	}
}

// Say tells the client anything, as only a broker can.
func (b *Broker) Say(m signaling.Message) {
	b.mu.Lock()
	c := b.client
	b.mu.Unlock()
	if c != nil {
		_ = c.Write(m) // the client may have gone
	}
}

// Accept accepts who joined.
func (b *Broker) Accept() {
	b.change(func(s *signaling.State) { s.Phase = signaling.Asking })
}

// End ends the session.
func (b *Broker) End(reason signaling.Reason) {
	b.change(func(s *signaling.State) { s.Phase, s.Reason = signaling.Ended, reason })
}

// Attach makes v the viewer that is present.
func (b *Broker) Attach(v *Viewer) {
	b.mu.Lock()
	b.viewer = v
	client := b.epoch
	b.mu.Unlock()
	v.send = b.fromViewer
	if client != "" {
		v.present(client)
	}
	b.change(func(s *signaling.State) { s.Peer = v.epoch })
}

func (b *Broker) fromViewer(m signaling.PeerMessage) {
	if b.ToClient != nil {
		if m = b.ToClient(m); m == nil {
			return
		}
	}
	b.mu.Lock()
	c := b.client
	b.mu.Unlock()
	if c != nil {
		_ = c.Write(m) // not acknowledged, it comes again
	}
}

// Cut closes the client's socket, and refuses new ones while refusing.
func (b *Broker) Cut(refusing bool) {
	b.mu.Lock()
	b.refusing = refusing
	c := b.client
	b.client = nil
	b.mu.Unlock()
	if c != nil {
		c.Close()
	}
}

// Deafen makes the broker record nothing any more.
func (b *Broker) Deafen() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deaf = true
}

// Rotate makes the broker sign with a new key from now on.
func (b *Broker) Rotate() {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.key, b.issuer = key, grant.NewIssuer(b.server.URL, key)
}

// Sockets counts the sockets that the client opened.
func (b *Broker) Sockets() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sockets
}

// Claims returns what the client has told so far.
func (b *Broker) Claims() []record.Claim {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]record.Claim(nil), b.claims...)
}

// AccessToken makes a token for the holder of a key.
func (b *Broker) AccessToken(holder ed25519.PublicKey, scopes grant.Set, life time.Duration) string {
	return b.TokenFor(grant.Viewer, holder, scopes, life)
}

// Invitation is a link's secrets, and the key that only its maker has.
type Invitation struct {
	Secret invite.Secret
	Key    ed25519.PrivateKey
}

// NewInvitation makes one.
func NewInvitation(t testing.TB) Invitation {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return Invitation{Secret: invite.NewSecret(), Key: key}
}

// Public is the public half of the invite key.
func (i Invitation) Public() ed25519.PublicKey { return i.Key.Public().(ed25519.PublicKey) }

// Hash is the link's k.
func (i Invitation) Hash() invite.KeyHash { return invite.HashKey(i.Public()) }
