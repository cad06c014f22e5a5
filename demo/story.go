//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"beside/signaling/texts"
)

// The people of the demonstration.
const (
	technicianEmail = "robin@demo.example"
	technicianName  = "Robin Hale"
	requesterName   = "Sam Okafor"
	ticketSubject   = "My editor does not open my letter"
)

// clientPrefix begins the name under which the page offers the client.
const clientPrefix = "Beside-"

// story is one person being helped: a ticket, an invitation, and the client that the person started.
type story struct {
	broker     *broker
	desktop    *desktop
	program    string // this one, for the person's hand
	invitation invitation
	client     *process
}

// invitation is what `beside invite` answers. Secret goes into the client's file name, Open to the technician.
type invitation struct {
	ID      string `json:"id"`
	Link    string `json:"link"`
	Session string `json:"session"`
	Secret  string `json:"secret"`
	Open    string `json:"open"`
}

// begin makes sure of the technician, puts the person's hand on the mouse, and has them ask for help.
func (s *story) begin(ctx context.Context) error {
	if err := s.addTechnician(ctx); err != nil {
		return err
	}
	// The checkout may lie where the person may not enter.
	hand := filepath.Join(s.desktop.state, "hand")
	if err := copyProgram(s.program, hand, s.desktop.who); err != nil {
		return err
	}
	title := texts.T("window.title.consent") // what a person reads on the window
	if _, err := s.desktop.run(hand, []string{"click", "--title", title}); err != nil {
		return err
	}
	return s.invite(ctx)
}

// addTechnician makes the technician, unless an earlier run did.
func (s *story) addTechnician(ctx context.Context) error {
	var known struct {
		Technicians []struct {
			Email string `json:"email"`
		} `json:"technicians"`
	}
	if err := s.broker.call(ctx, &known, "technician", "list", "--json"); err != nil {
		return err
	}
	for _, one := range known.Technicians {
		if one.Email == technicianEmail {
			return nil
		}
	}
	return s.broker.call(ctx, nil, "account", "add",
		"--email", technicianEmail, "--name", technicianName, "--role", "technician", "--json")
}

// invite opens a ticket and an invitation, and plays the person: the client is downloaded and started.
func (s *story) invite(ctx context.Context) error {
	var ticket struct {
		ID string `json:"id"`
	}
	if err := s.broker.call(ctx, &ticket, "ticket", "add",
		"--subject", ticketSubject, "--requester", requesterName, "--json"); err != nil {
		return err
	}
	var made invitation
	if err := s.broker.call(ctx, &made, "invite",
		"--technician", technicianEmail, "--ticket", ticket.ID, "--json"); err != nil {
		return err
	}
	if made.Secret == "" || made.Open == "" {
		return errors.New("beside invite gave no secret or no page to open")
	}
	s.invitation = made
	program, err := s.download(ctx)
	if err != nil {
		return err
	}
	if s.client, err = s.desktop.run(program, nil); err != nil {
		return err
	}
	return s.accept(ctx)
}

// download puts the client where a browser would have put it, under the name that the page gives it.
func (s *story) download(ctx context.Context) (string, error) {
	filled := filepath.Join(s.broker.data, "demo-client")
	defer os.Remove(filled)
	if err := s.broker.call(ctx, nil, "client", "--os", "linux", "--out", filled); err != nil {
		return "", err
	}
	folder := filepath.Join(s.desktop.home, "Downloads")
	if err := s.desktop.who.makeDir(folder); err != nil {
		return "", fmt.Errorf("make the Downloads folder: %w", err)
	}
	program := filepath.Join(folder, clientPrefix+s.invitation.Secret)
	s.desktop.group.atEnd(func() { os.Remove(program) }) // its invitation is spent
	return program, copyProgram(filled, program, s.desktop.who)
}

// again gives a fresh link: to the same live desktop, or, when the person has stopped the client, to a new session.
func (s *story) again(ctx context.Context) (string, error) {
	if !s.client.running() {
		if err := s.invite(ctx); err != nil {
			return "", err
		}
		return s.invitation.Open, nil
	}
	var fresh struct {
		Link string `json:"link"`
	}
	if err := s.broker.call(ctx, &fresh, "signin-link", technicianEmail, "--json"); err != nil {
		return "", err
	}
	// What follows the first point in the page's address names the session and its key; before it stands the
	// sign-in, which is spent by one click.
	_, session, found := strings.Cut(s.invitation.Open, "#")
	_, session, named := strings.Cut(session, ".")
	if !found || !named {
		return "", errors.New("the page to open names no session")
	}
	return fresh.Link + "." + session, nil
}
