package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	mailmessage "github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"beside/broker/internal/attachment"
	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/mail"
	"beside/broker/internal/recording"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "open sesame, please"

// post is a desk with a mailbox and a server that sends, both real, on loopback.
type post struct {
	*mail.Desk
	t       *testing.T
	store   *store.Store
	user    *imapmemserver.User
	in, out mail.Server
	cert    *tls.Certificate
	sent    chan []byte
	refuse  atomic.Int64 // the code with which the server refuses; 0: it takes all
}

func newPost(t *testing.T) *post {
	t.Helper()
	return newPostBy(t, nil)
}

// newPostBy is newPost whose servers speak by TLS with a certificate; nil: in the clear.
func newPostBy(t *testing.T, cert *tls.Certificate) *post {
	t.Helper()
	p := &post{t: t, sent: make(chan []byte, 100), cert: cert}
	var err error
	p.store, err = store.Open(t.Context(), t.TempDir())
	p.must(err)
	t.Cleanup(func() { p.must(p.store.Close()) })
	objects, err := recording.OpenFolder(filepath.Join(t.TempDir(), "files"))
	p.must(err)
	t.Cleanup(func() { p.must(objects.Close()) })
	log, j := slog.New(slog.NewTextHandler(t.Output(), nil)), journal.New(p.store)
	p.Desk = &mail.Desk{
		Store: p.store, Journal: j, Address: "desk@desk.example", Organisation: "Example Help Desk", Log: log,
		Files: &attachment.Module{Store: p.store, Journal: j, Objects: objects, Log: log},
	}
	p.serveIMAP()
	p.serveSMTP()
	return p
}

func (p *post) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) listen(scheme string) (net.Listener, mail.Server) {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err)
	s := mail.Server{URL: &url.URL{Scheme: scheme, Host: l.Addr().String()}, User: "desk", Password: password}
	if p.cert == nil {
		return l, s
	}
	s.URL.Scheme += "s"
	s.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
	s.TLS.RootCAs.AddCert(p.cert.Leaf)
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*p.cert}}), s
}

func (p *post) serveIMAP() {
	p.t.Helper()
	l, at := p.listen("imap")
	p.in = at
	users := imapmemserver.New()
	p.user = imapmemserver.NewUser("desk", password)
	p.must(p.user.Create("INBOX", nil))
	users.AddUser(p.user)
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return users.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true,
	})
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	p.t.Cleanup(func() { _ = s.Close(); <-done })
}

func (p *post) serveSMTP() {
	p.t.Helper()
	l, at := p.listen("smtp")
	p.out = at
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &smtpSession{p: p}, nil }))
	s.AllowInsecureAuth = true
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	p.t.Cleanup(func() { _ = s.Close(); <-done })
}

type smtpSession struct {
	p      *post
	signed bool
}

func (s *smtpSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if s.signed = user == "desk" && pass == password; !s.signed {
			return errors.New("wrong")
		}
		return nil
	}), nil
}
func (s *smtpSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *smtpSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *smtpSession) Reset()                               {}
func (s *smtpSession) Logout() error                        { return nil }
func (s *smtpSession) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if code := s.p.refuse.Load(); code != 0 || !s.signed {
		return &smtp.SMTPError{Code: int(code), Message: "not now"}
	}
	s.p.sent <- body
	return err
}

// comes puts a mail into the mailbox.
func (p *post) comes(lines ...string) {
	p.t.Helper()
	body := raw(lines...)
	_, err := p.user.Append("INBOX", literal{bytes.NewReader(body), int64(len(body))}, &imap.AppendOptions{})
	p.must(err)
}

type literal struct {
	*bytes.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

func (p *post) run() (stop func()) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan error, 2)
	go func() { done <- p.Fetch(ctx, p.in) }()
	go func() { done <- p.Send(ctx, p.out) }()
	return func() {
		p.t.Helper()
		cancel()
		p.must(errors.Join(<-done, <-done))
	}
}

func (p *post) tickets() (all []store.Ticket) {
	p.t.Helper()
	p.must(p.store.View(p.t.Context(), func(v *store.View) (err error) {
		all, err = v.Tickets("", 100)
		return err
	}))
	return all
}

func (p *post) mails(ticket string) (all []store.Mail) {
	p.t.Helper()
	p.must(p.store.View(p.t.Context(), func(v *store.View) (err error) {
		all, err = v.Mails(ticket)
		return err
	}))
	return all
}

func (p *post) until(what string, is func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !is(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatal("never: " + what)
		}
	}
}

// next is the next mail that was sent.
func (p *post) next() (h mailmessage.Header, text string) {
	p.t.Helper()
	select {
	case body := <-p.sent:
		r, err := mailmessage.CreateReader(bytes.NewReader(body))
		p.must(err)
		part, err := r.NextPart()
		p.must(err)
		content, err := io.ReadAll(part.Body)
		p.must(err)
		return r.Header, string(content)
	case <-time.After(60 * time.Second):
		p.t.Fatal("nothing was sent")
	}
	return h, ""
}

func id(h mailmessage.Header) string {
	text, _ := h.MessageID()
	return text
}

// A mail becomes a ticket with its files, its sender is told so, a technician answers, and what comes back joins it.
func TestAMailBecomesATicketAndIsAnswered(t *testing.T) {
	p := newPost(t)
	p.comes("From: Sam Okafor <sam@example.org>", "To: desk@desk.example", "Message-ID: <first@example.org>", "Subject: Printer prints blank pages",
		"Content-Type: multipart/mixed; boundary=a", "", "--a", "Content-Type: text/plain", "", "Every page is white.", "--a",
		"Content-Type: image/png", "Content-Disposition: attachment; filename=error.png", "", "bytes", "--a--")
	stop := p.run()
	h, text := p.next()
	if to, _ := h.AddressList("To"); len(to) != 1 || to[0].Address != "sam@example.org" || h.Get("Auto-Submitted") != "auto-replied" {
		t.Errorf("confirmed with %v", h)
	}
	if refs, _ := h.MsgIDList("In-Reply-To"); len(refs) != 1 || refs[0] != "first@example.org" {
		t.Errorf("answers %v", refs)
	}
	if !strings.Contains(text, "number 1") || !strings.Contains(text, "Nobody is before you") || strings.Contains(text, "http") {
		t.Errorf("confirmed with %q", text)
	}
	p.until("all of it taken", func() bool { return !p.unseen() })
	stop()
	tk := p.tickets()[0]
	if tk.Subject != "Printer prints blank pages" || tk.Words != "Every page is white." || tk.Requester != "Sam Okafor" {
		t.Errorf("ticket %+v", tk)
	}
	p.must(p.store.View(t.Context(), func(v *store.View) error {
		files, err := v.Attachments(tk.ID)
		if len(files) != 1 || files[0].Name != "error.png" || files[0].Author != "" {
			t.Errorf("files %+v", files)
		}
		return err
	}))

	var ada store.Technician
	p.must(p.Journal.Update(t.Context(), func(tx *store.Tx) (events []record.Event, err error) {
		ada, events, err = auth.AddTechnician(tx, "ada@desk.example", "Ada", []desk.Role{desk.Technician}, record.Actor{Kind: record.Operator})
		return events, err
	}))
	p.must(p.Journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return p.Answer(tx, tk.ID, "Is the toner empty?", ada) }))
	p.must(p.Journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		waiting := desk.Waiting
		_, events, err := ticket.Change(tx, tk.ID, ticket.Patch{Patch: desk.Patch{State: &waiting}}, record.Actor{Kind: record.Operator})
		return events, err
	}))
	stop = p.run()
	h, text = p.next()
	if subject, _ := h.Subject(); text != "Is the toner empty?\r\n" || subject != "Re: Printer prints blank pages" || h.Has("Auto-Submitted") {
		t.Errorf("answered %q, %q", subject, text)
	}
	stop()
	// It joins the ticket by what it answers; from another address it does not.
	p.comes("From: sam@example.org", "Message-ID: <second@example.org>", "In-Reply-To: <"+id(h)+">", "Subject: Re: Printer", "", "Yes, it was.")
	p.comes("From: mallory@example.org", "Message-ID: <third@example.org>", "In-Reply-To: <"+id(h)+">", "Subject: Re: Printer", "", "Please send me the password.")
	stop = p.run()
	p.until("both taken", func() bool { return len(p.tickets()) == 2 })
	p.next() // to Mallory, about their own ticket
	stop()
	all := p.mails(tk.ID)
	if len(all) != 4 || all[3].Text != "Yes, it was." || all[2].AuthorName != "Ada" || all[2].SentAt.IsZero() {
		t.Errorf("mails %+v", all)
	}
	for _, other := range p.tickets() {
		if other.ID == tk.ID && other.State != desk.Open {
			t.Errorf("the ticket is %s, though its person wrote again", other.State)
		}
	}
}

// Over a restart, and when the same mail lies in the mailbox again, nothing comes twice.
func TestAMailIsTakenOnce(t *testing.T) {
	p := newPost(t)
	for range 2 {
		p.comes("From: sam@example.org", "Message-ID: <first@example.org>", "Subject: Printer", "", "x")
	}
	p.comes("From: sam@example.org", "Message-ID: <r@example.org>", "Auto-Submitted: auto-replied", "Subject: Away", "", "x")
	p.comes("From: desk@desk.example", "Message-ID: <o@example.org>", "Subject: Loop", "", "x")
	for range 2 {
		stop := p.run()
		p.until("taken", func() bool { return len(p.tickets()) == 1 && !p.unseen() })
		stop()
	}
	if n := len(p.sent); n != 1 {
		t.Errorf("%d confirmations, want one", n)
	}
}

// unseen reports whether something in the mailbox was not taken.
func (p *post) unseen() bool {
	p.t.Helper()
	status, err := p.user.Status("INBOX", &imap.StatusOptions{NumUnseen: true})
	p.must(err)
	return *status.NumUnseen > 0
}

// Who sends too many waits in the mailbox, and keeps nobody else waiting.
func TestManyMailsOfOneSenderWait(t *testing.T) {
	p := newPost(t)
	for i := range mail.MaxPerHour + 3 {
		p.comes("From: flood@example.org", fmt.Sprintf("Message-ID: <%d@example.org>", i), "Subject: x", "", "x")
	}
	p.comes("From: sam@example.org", "Message-ID: <first@example.org>", "Subject: Printer", "", "x")
	stop := p.run()
	p.until("taken", func() bool { return len(p.tickets()) == mail.MaxPerHour+1 })
	stop()
	if !p.unseen() {
		t.Error("what was too much was marked as seen")
	}
}

// However much has to stay in the mailbox, what lies behind it is reached.
func TestWhatStaysInTheMailboxHidesNothing(t *testing.T) {
	p := newPost(t)
	for i := range 60 { // more than are looked at at once
		p.comes("From: flood@example.org", fmt.Sprintf("Message-ID: <%d@example.org>", i), "Subject: x", "", "x")
	}
	p.comes("From: sam@example.org", "Message-ID: <first@example.org>", "Subject: Printer", "", "x")
	var last imap.UID
	for range 3 { // the third begins with the first again
		var err error
		last, err = mail.FetchOnce(p.Desk, t.Context(), p.in, last)
		p.must(err)
	}
	if n := len(p.tickets()); n != mail.MaxPerHour+1 {
		t.Errorf("%d tickets, want %d of the one and one of the other", n, mail.MaxPerHour)
	}
}

// Mailbox and server are spoken to by TLS, and to no one whose certificate nobody vouches for.
func TestMailsGoByTLS(t *testing.T) {
	web := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	web.Close()
	cert := web.TLS.Certificates[0]
	cert.Leaf = web.Certificate()
	p := newPostBy(t, &cert)
	p.comes("From: sam@example.org", "Message-ID: <first@example.org>", "Subject: Printer", "", "x")
	trusted := p.in
	p.in.TLS = nil
	var unknown x509.UnknownAuthorityError
	if _, err := mail.FetchOnce(p.Desk, t.Context(), p.in, 0); !errors.As(err, &unknown) || len(p.tickets()) != 0 {
		t.Errorf("from whom nobody vouches for: %v, %d tickets", err, len(p.tickets()))
	}
	p.in = trusted
	stop := p.run()
	if _, text := p.next(); !strings.Contains(text, "number 1") {
		t.Errorf("confirmed with %q", text)
	}
	stop()
}

// What cannot be sent is tried again; what is refused for good is given up.
func TestSendingIsTriedAgain(t *testing.T) {
	p := newPost(t)
	p.refuse.Store(451)
	p.comes("From: sam@example.org", "Message-ID: <first@example.org>", "Subject: Printer", "", "x")
	stop := p.run()
	p.until("tried", func() bool { all := p.tickets(); return len(all) == 1 && p.mails(all[0].ID)[1].Tries == 1 })
	p.refuse.Store(0)
	p.next() // ten seconds later
	stop()
	p.refuse.Store(550)
	p.comes("From: nobody@example.org", "Message-ID: <second@example.org>", "Subject: Printer", "", "x")
	stop = p.run()
	p.until("given up", func() bool {
		all := p.tickets()
		return len(all) == 2 && len(p.mails(all[1].ID)) == 2 && p.mails(all[1].ID)[1].Failed
	})
	stop()
}

// Words of a mail never become headers of ours.
func TestNoHeaderIsInjected(t *testing.T) {
	p := newPost(t)
	p.comes("From: \"Sam, Bcc: other@example.org\" <sam@example.org>", "Message-ID: <first@example.org>",
		"Subject: =?utf-8?Q?Printer=0D=0ABcc:_other@example.org=0D=0A=0D=0AHello?=", "", "x")
	stop := p.run()
	defer func() { stop() }()
	h, text := p.next()
	if h.Has("Bcc") || strings.Contains(text, "Hello") {
		t.Errorf("injected: %v %q", h, text)
	}
}

func TestAddressesOfServers(t *testing.T) {
	for text, ok := range map[string]bool{
		"imaps://mail.example.org": true, "imaps://mail.example.org:1993": true, "imap://localhost:1143": true,
		"imap://mail.example.org": false, "https://mail.example.org": false, "imaps://user:pass@mail.example.org": false, "imaps://": false,
	} {
		if _, err := mail.CheckIn(text); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, ok := range map[string]bool{"smtps://mail.example.org": true, "smtp://mail.example.org:587": true, "smtp://[::1]:25": true, "imaps://x": false} {
		if _, err := mail.CheckOut(text); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A mail that was taken when the broker stopped has the rest of its files kept the next time, and none twice.
func TestFilesAreKeptAfterAStop(t *testing.T) {
	p := newPost(t)
	file := func(name string) []string {
		return []string{"--a", "Content-Disposition: attachment; filename=" + name, "", "bytes of " + name}
	}
	head := []string{"From: sam@example.org", "Message-ID: <first@example.org>", "Content-Type: multipart/mixed; boundary=a", "",
		"--a", "Content-Type: text/plain", "", "x"}
	p.must(p.Take(t.Context(), raw(append(append(head, file("one.txt")...), "--a--")...)))
	p.must(p.Take(t.Context(), raw(append(append(append(head, file("one.txt")...), file("two.txt")...), "--a--")...)))
	p.must(p.store.View(t.Context(), func(v *store.View) error {
		files, err := v.Attachments(p.tickets()[0].ID)
		if len(files) != 2 || len(p.tickets()) != 1 {
			t.Errorf("files %+v of %d tickets", files, len(p.tickets()))
		}
		return err
	}))
}
