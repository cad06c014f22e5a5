// Package session is one attended help from the client's side: it redeems the
// invitation, keeps the connection to the broker, connects to each instance of
// the viewer in turn, proves and checks who is there, has the requester asked,
// and shows and obeys as far as the consent Gate lets it, until the end.
//
// One goroutine, run, owns all state; other goroutines post tasks to it or use
// what is marked as safe for them. The way of a message from the viewer is: road
// (which connection) → Gate.Judge (which right) → its handler. Nothing here
// grants a right but the answer of a consent window, and every end is local
// first: rights, keys and connection are gone before anybody is told.
package session

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"beside/client/internal/clipboard"
	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/journal"
	"beside/client/internal/peer"
	"beside/client/internal/pointing"
	"beside/client/internal/recording"
	"beside/client/internal/screen"
	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
)

// Config is what a session needs. Times left zero have their defaults.
type Config struct {
	Broker       *url.URL    // scheme and host
	TLS          *tls.Config // whom to trust there; nil for the system's authorities
	Secret       invite.Secret
	Key          invite.KeyHash
	Spoken       bool   // the secret is of a spoken code, which has no Key: words are compared
	Organisation string // from the configuration slot, else empty
	AuditorsKey  string // of who can open recordings, from the configuration slot, else empty: the person confirms it
	Version      string
	System       System
	UI           window.UI // may be nil when Devices.Unable is set
	Devices      Devices
	Log          *slog.Logger
	RelayOnly    bool // for tests of the relay
	Times        Times
}

// System is what the technician is told of the machine before accepting it.
type System struct {
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Name    string `json:"name,omitempty"` // of the machine; told only when the person agreed
	Version string `json:"version"`        // of the operating system, as it calls itself
}

// Devices opens what the session shows and moves.
type Devices struct {
	// Unable says why this machine cannot be shown, or is nil.
	Unable *screen.NotShowableError
	Screen func() (screen.Source, error)
	Hands  func() (input.Injector, error)
	// PanicKey calls pressed on the key combination that stops, until release.
	PanicKey func(pressed func()) (name string, release func(), err error)
	// OwnHands calls on with true while the person uses their own mouse or
	// keyboard, until release. May be nil; an error means that nobody can tell.
	OwnHands func(on func(using bool)) (release func(), err error)
	// Facts reads what the machine says of itself, under the right to it. May be
	// nil: then nothing of it can be read.
	Facts func(ctx context.Context, l *consent.Lease) (control.Facts, error)
	// Pen draws where the technician points. May be nil: then nobody points.
	Pen func() (pointing.Pen, error)
	// Clipboard opens the clipboard. May be nil: then nobody reaches it.
	Clipboard func() (clipboard.Board, error)
	// Locked reports whether the screen is known to be locked. May be nil.
	Locked func() bool
	// FilesFolder is where files of the technician are put. May be nil: then none is taken.
	FilesFolder func() (string, error)
	// Browse opens an address in the person's browser, or a folder. May be nil: then they are
	// shown the address.
	Browse func(address string) error
}

// Times are the waits that people and tests meet.
type Times struct {
	Hello     time.Duration // for message 0; default 10 s
	Words     time.Duration // for comparing words; default 3 min
	ViewAfter time.Duration // view goes on this long after the token's end; default 5 min
	Farewell  time.Duration // for telling the others of the end; default 3 s
	Idle      time.Duration // control ends when the technician did nothing for so long; default 10 min
	Away      time.Duration // or had the page out of sight for so long; default 3 min
	Look      time.Duration // between two looks at these and at the lock; default 5 s
	Upload    time.Duration // for what is left of a recording, once the summary is closed; default 30 s
}

func (t Times) orDefaults() Times {
	if t.Hello == 0 {
		t.Hello = 10 * time.Second
	}
	if t.Words == 0 {
		t.Words = 3 * time.Minute
	}
	if t.ViewAfter == 0 {
		t.ViewAfter = 5 * time.Minute
	}
	if t.Farewell == 0 {
		t.Farewell = 3 * time.Second
	}
	if t.Idle == 0 {
		t.Idle = 10 * time.Minute
	}
	if t.Away == 0 {
		t.Away = 3 * time.Minute
	}
	if t.Look == 0 {
		t.Look = 5 * time.Second
	}
	if t.Upload == 0 {
		t.Upload = 30 * time.Second
	}
	return t
}

// session is the state of Run.
type session struct {
	cfg  Config
	log  *slog.Logger
	api  *api
	id   string
	key  ed25519.PrivateKey // of this session; never leaves this process
	cert webrtc.Certificate

	// Safe for every goroutine.
	gate    *consent.Gate
	onlook  *consent.Gate // of a colleague who looks on: rights of their own
	tasks   chan func()   // to run; senders wait, or give up when run is done
	over    chan struct{} // closed by finish: nothing is shown or accepted any more
	done    chan struct{} // closed by run at its end: nobody takes tasks any more
	once    sync.Once
	reason  signaling.Reason // why it is over; read it after over
	told    bool             // the broker knows already; read it after over
	current atomic.Pointer[road]
	beside  atomic.Pointer[road] // to a colleague
	hands   atomic.Pointer[input.Hands]
	used    atomic.Bool                        // input came since control was granted
	marks   atomic.Pointer[pointing.Marks]     // where the technician points
	pointed atomic.Bool                        // they did since that was granted
	alarmed atomic.Bool                        // the person said that this feels wrong
	tape    atomic.Pointer[recording.Recorder] // of the recording that runs
	acted   atomic.Int64                       // when it came last, or control was granted; Unix time in ns
	wg      sync.WaitGroup                     // all goroutines of the session

	// Owned by run.
	ctx        context.Context // ends when the session is over
	refused    bool            // the broker takes nothing more of this session
	epoch      string
	keys       grant.JWKSet
	refreshed  time.Time // when keys were last read anew
	wire       *wire     // nil while there is none
	ice        []signaling.ICEServer
	state      signaling.State
	technician string
	link       *link // to the viewer instance that is present, or was last
	holder     *consent.Holder
	onlooker   *consent.Holder
	colleague  *colleague // nil: nobody was called in
	introduced int        // colleagues so far
	questions  consent.Questions
	question   func() // cancels the one that is open
	words      comparison
	journal    *journal.Journal
	holds      holds
	raised     bool           // the alarm is in the journal
	locks      *control.Locks // as they were read last under the right to control
	leased     uint64         // generation of control that the hands have
	taken      control.Taker
	term       *time.Timer // nil while nothing is granted
	vigil      *vigil
	ownGone    func() // ends the watch for the person's own hands
	noInput    bool   // the machine takes no input, and the viewer was told
	noMarks    bool   // nothing can be pointed at, and the viewer was told
	page       page
	bar        window.Bar
	panicName  string
	panicGone  func()
	chat       chat
	story      story
	receipt    string // address of its page; empty when there is none
	recordings recordings
	telling    telling
	files      transfers
	clips      clips
	pictures   rate // of the screen, that were kept
}

// Run holds one session from redeem to the end of its summary. It returns nil
// when the person ended it or saw how it ended; ctx's end is a Stop.
func Run(ctx context.Context, cfg Config) error {
	cfg.Times = cfg.Times.orDefaults()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	s := &session{
		cfg: cfg, log: cfg.Log, key: key, api: newAPI(cfg.Broker, cfg.TLS, key, pub),
		gate: consent.NewGate(), onlook: consent.NewGate(), tasks: make(chan func(), 64), over: make(chan struct{}), done: make(chan struct{}),
		epoch: newEpoch(),
	}
	defer s.api.close()
	if s.cert, err = peer.NewCertificate(); err != nil {
		return err
	}
	if why := cfg.Devices.Unable; why != nil {
		return s.unable(ctx, why)
	}
	joined, err := s.redeem(ctx)
	if err != nil || joined == nil {
		return err
	}
	s.id, s.keys, s.technician = joined.Session, joined.Keys, joined.Technician
	s.log = s.log.With("session", s.id)
	s.holder = consent.NewHolder(s.gate, s.id, key)
	s.onlooker = consent.NewHolder(s.onlook, s.id, key)
	s.journal = journal.New(s.id, key)
	s.recordings = s.learnRecording(joined)
	s.receipt = s.receiptOf(joined.Invitation)
	return s.run(ctx, joined)
}

// run owns the session's state until it is over, the person has read what was
// done, and the broker was told.
func (s *session) run(ctx context.Context, joined *joined) error {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.ctx = own
	line, hangUp := context.WithCancel(context.WithoutCancel(ctx)) // outlives own, to tell the broker
	s.go_(func() { s.signal(line, joined) })
	s.go_(func() {
		select {
		case <-ctx.Done():
			s.finish(signaling.ByRequester, false)
		case <-s.over:
		}
	})
	s.vigil = newVigil(s.after, s.onUnheard, func() { s.finish(signaling.LostToken, false) })
	s.grabPanicKey()
	s.wait(window.Connecting)
	for !s.isOver() {
		select {
		case f := <-s.tasks:
			f()
		case <-s.over:
		}
	}
	s.note()
	s.release()
	cancel()
	err := s.farewell(ctx)
	close(s.done)
	s.closeRecordings()
	hangUp()
	s.wg.Wait()
	return err
}

// post hands a task to run. It is dropped when run is done.
func (s *session) post(f func()) {
	select {
	case s.tasks <- f:
	case <-s.done:
	}
}

func (s *session) isOver() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// after posts f when d has passed, unless stopped.
func (s *session) after(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() { s.post(f) })
}

// go_ starts a goroutine that run waits for.
func (s *session) go_(f func()) { s.wg.Go(f) }

// record signs a fact and sends it. A fact that cannot be kept ends the session.
func (s *session) record(data record.Data) bool {
	e, err := s.journal.Add(time.Now(), data)
	if err != nil {
		s.log.Error("event not recorded", "error", err)
		s.finish(signaling.ClientFailure, false)
		return false
	}
	s.send(e)
	return true
}

// party is who is at the other end, as this machine knows it.
func (s *session) party() window.Party {
	return window.Party{Organisation: s.cfg.Organisation, Host: s.cfg.Broker.Host}
}

func newEpoch() string {
	var raw [16]byte
	rand.Read(raw[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
