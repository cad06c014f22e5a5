package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"beside/broker/internal/desk"
	"beside/broker/internal/mail"
)

// mailFlags say which mails become tickets, and how the desk's go.
type mailFlags struct {
	MailAddress  string `help:"The desk's own address. Mails to it become tickets. Default: none do." env:"BESIDE_MAIL_ADDRESS" placeholder:"EMAIL"`
	MailIn       string `help:"Its mailbox, of its own." env:"BESIDE_MAIL_IN" placeholder:"imaps://HOST"`
	MailOut      string `help:"Server that sends its answers, by TLS or STARTTLS." env:"BESIDE_MAIL_OUT" placeholder:"smtps://HOST"`
	MailUser     string `help:"Who signs in at both. Default: the address." env:"BESIDE_MAIL_USER" placeholder:"NAME"`
	MailPassword string `help:"File that holds the password." env:"BESIDE_MAIL_PASSWORD" placeholder:"FILE"`
	MailCA       string `name:"mail-ca" help:"Certificates (PEM) that vouch for both. Default: those of the system." env:"BESIDE_MAIL_CA" placeholder:"FILE"`
}

func (f mailFlags) validate() error {
	if f.MailAddress == "" {
		if f.MailIn != "" || f.MailOut != "" {
			return bad("mail-address", "", "say to which address people write")
		}
		return nil
	}
	if _, err := desk.Email(f.MailAddress); err != nil {
		return bad("mail-address", f.MailAddress, "write it as help@example.org")
	}
	if _, err := mail.CheckIn(f.MailIn); err != nil {
		return bad("mail-in", f.MailIn, err.Error())
	}
	if _, err := mail.CheckOut(f.MailOut); err != nil {
		return bad("mail-out", f.MailOut, err.Error())
	}
	if f.MailPassword == "" {
		return bad("mail-password", "", "name a file that holds the password")
	}
	return nil
}

// openMail reads what the flags say; without an address there is no mail.
func (b *broker) openMail() (err error) {
	f := b.config.Mail
	if f.MailAddress == "" {
		return nil
	}
	// #nosec G304 -- the file that the operator names
	password, err := os.ReadFile(f.MailPassword)
	if password = bytes.TrimSpace(password); err != nil || len(password) == 0 {
		return bad("mail-password", f.MailPassword, "name a file that can be read, with the password in it")
	}
	s := mail.Server{User: f.MailUser, Password: string(password)}
	if s.User == "" {
		s.User = f.MailAddress
	}
	if f.MailCA != "" {
		roots, err := rootsIn("mail-ca", f.MailCA)
		if err != nil {
			return err
		}
		s.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	b.mailIn, b.mailOut = s, s
	if b.mailIn.URL, err = mail.CheckIn(f.MailIn); err != nil {
		return bad("mail-in", f.MailIn, err.Error())
	}
	if b.mailOut.URL, err = mail.CheckOut(f.MailOut); err != nil {
		return bad("mail-out", f.MailOut, err.Error())
	}
	b.mail = &mail.Desk{
		Store: b.store, Journal: b.journal, Files: b.attachments, Address: strings.ToLower(f.MailAddress),
		Organisation: b.config.Organisation, Log: b.log,
	}
	return nil
}

// runMail fetches and sends until ctx ends.
func (b *broker) runMail(ctx context.Context, group *errgroup.Group) {
	if b.mail != nil {
		group.Go(func() error { return b.mail.Fetch(ctx, b.mailIn) })
		group.Go(func() error { return b.mail.Send(ctx, b.mailOut) })
	}
}
