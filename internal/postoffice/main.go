// Command postoffice is a mailbox and a server that takes mail, for browser tests: IMAP and SMTP on this machine, kept
// in memory. Over HTTP a test puts mails into the mailbox (POST /) and reads those that were sent (GET /), as JSON.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Arguments: the addresses of IMAP, SMTP and HTTP, a user and a password.
func main() {
	if len(os.Args) != 6 {
		log.Fatal("usage: postoffice IMAP SMTP HTTP USER PASSWORD")
	}
	o := &office{user: os.Args[4], password: os.Args[5], box: imapmemserver.NewUser(os.Args[4], os.Args[5])}
	if err := o.box.Create("INBOX", nil); err != nil {
		log.Fatal(err)
	}
	users := imapmemserver.New()
	users.AddUser(o.box)
	box := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return users.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true,
	})
	out := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{office: o}, nil }))
	out.AllowInsecureAuth = true
	failed := make(chan error)
	go func() { failed <- serve(os.Args[1], box.Serve) }()
	go func() { failed <- serve(os.Args[2], out.Serve) }()
	pages := &http.Server{Handler: o, ReadHeaderTimeout: time.Minute}
	go func() { failed <- serve(os.Args[3], pages.Serve) }()
	log.Fatal(<-failed)
}

func serve(address string, on func(net.Listener) error) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return on(l)
}

type office struct {
	user, password string
	box            *imapmemserver.User

	mu   sync.Mutex
	sent []string
}

// ServeHTTP is the test's side.
func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			_, err = o.box.Append("INBOX", letter{bytes.NewReader(body)}, &imap.AppendOptions{})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = json.NewEncoder(w).Encode(append([]string{}, o.sent...)) // the test went away
}

type letter struct{ *bytes.Reader }

type session struct {
	*office
	signed bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.signed = user == s.user && password == s.password; !s.signed {
			return errors.New("wrong password")
		}
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == "gone@example.org" {
		return &smtp.SMTPError{Code: 550, Message: "nobody here"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err == nil && !s.signed {
		err = &smtp.SMTPError{Code: 530, Message: "sign in first"}
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, string(body))
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
