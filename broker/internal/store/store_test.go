package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

func open(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// update runs change with an event, so that the store takes it.
func update(t *testing.T, s *store.Store, change func(*store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(change(tx), note(tx)) }); err != nil {
		t.Fatal(err)
	}
}

func note(tx *store.Tx) error {
	_, err := tx.Append(record.New(record.BrokerStopped{}, record.ByBroker, record.Actor{Kind: record.Broker}))
	return err
}

func view(t *testing.T, s *store.Store, read func(*store.View) error) {
	t.Helper()
	if err := s.View(t.Context(), read); err != nil {
		t.Fatal(err)
	}
}

// seed is a technician with a ticket.
func seed(t *testing.T, s *store.Store) (tn store.Technician, tk store.Ticket) {
	t.Helper()
	update(t, s, func(tx *store.Tx) (err error) {
		if tn, err = tx.InsertTechnician(store.Technician{Email: "ada@example.org", Name: "Ada", Roles: []desk.Role{desk.Technician}}); err != nil {
			return err
		}
		tk, err = tx.InsertTicket(store.Ticket{Ticket: desk.Ticket{Subject: "100% slow", Requester: "Grace", Impact: desk.Low, Urgency: desk.High, State: desk.Open}})
		return err
	})
	return tn, tk
}

func invite(t *testing.T, s *store.Store, tn store.Technician, tk store.Ticket, life time.Duration) store.Invitation {
	t.Helper()
	i := store.Invitation{ID: store.NewID(), Ticket: tk.ID, Session: store.NewID(), Technician: tn.ID, JoinHash: []byte(store.NewID()), PageHash: []byte("page")}
	update(t, s, func(tx *store.Tx) (err error) {
		if err := tx.InsertSession(i.Session, tk.ID, tn.ID); err != nil {
			return err
		}
		i.ExpiresAt = tx.Now().Add(life)
		i, err = tx.InsertInvitation(i)
		return err
	})
	return i
}

func TestEveryAuditedChangeNeedsItsEvent(t *testing.T) {
	s := open(t, t.TempDir())
	tn, tk := seed(t, s)
	inv := invite(t, s, tn, tk, time.Hour)
	update(t, s, func(tx *store.Tx) error { return tx.InsertSignInLink([]byte("link"), tn.ID, tx.Now().Add(time.Hour)) })
	update(t, s, func(tx *store.Tx) error {
		return tx.InsertCookieSession([]byte("cookie"), store.CookieSession{Technician: tn})
	})

	errOf := func(_ any, err error) error { return err }
	for name, change := range map[string]func(*store.Tx) error{
		"technician": func(tx *store.Tx) error { return errOf(tx.InsertTechnician(store.Technician{Email: "x@y", Name: "X"})) },
		"roles":      func(tx *store.Tx) error { return tx.SetRoles(tn.ID, desk.AllRoles()) },
		"disable":    func(tx *store.Tx) error { return errOf(tx.SetDisabled(tn.ID, true)) },
		"out of all": func(tx *store.Tx) error { return errOf(tx.DeleteOtherCookieSessions(tn.ID, "")) },
		"link":       func(tx *store.Tx) error { return tx.InsertSignInLink([]byte("2"), tn.ID, tx.Now()) },
		"spend":      func(tx *store.Tx) error { return errOf(tx.SpendSignInLink([]byte("link"))) },
		"sign in": func(tx *store.Tx) error {
			return tx.InsertCookieSession([]byte("2"), store.CookieSession{Technician: tn})
		},
		"prove":       func(tx *store.Tx) error { return tx.ProveCookieSession([]byte("cookie")) },
		"policy":      func(tx *store.Tx) error { return tx.SetPolicy(grant.SetOf(grant.View)) },
		"provider":    func(tx *store.Tx) error { return tx.LinkProvider("https://idp", "1", tn.ID) },
		"passkey":     func(tx *store.Tx) error { return errOf(tx.InsertPasskey(store.Passkey{Technician: tn.ID})) },
		"recovery":    func(tx *store.Tx) error { return tx.ReplaceRecoveryCodes(tn.ID, [][]byte{[]byte("code")}) },
		"sign out":    func(tx *store.Tx) error { return errOf(tx.DeleteCookieSession([]byte("cookie"))) },
		"ticket":      func(tx *store.Tx) error { return errOf(tx.InsertTicket(tk)) },
		"ticket edit": func(tx *store.Tx) error { return errOf(tx.UpdateTicket(tk)) },
		"note":        func(tx *store.Tx) error { return errOf(tx.InsertNote(store.Note{Ticket: tk.ID, Author: tn.ID})) },
		"session":     func(tx *store.Tx) error { return tx.InsertSession(store.NewID(), tk.ID, tn.ID) },
		"open":        func(tx *store.Tx) error { return errOf(tx.OpenInvitation(inv.ID)) },
		"revoke":      func(tx *store.Tx) error { return errOf(tx.RevokeInvitation(inv.ID)) },
		"redeem":      func(tx *store.Tx) error { return errOf(tx.RedeemInvitation(inv.ID)) },
		"join":        func(tx *store.Tx) error { return errOf(tx.Join(inv.Session, []byte("k"), store.System{}, "")) },
		"end":         func(tx *store.Tx) error { return errOf(tx.End(inv.Session, signaling.Expired)) },
		"grants":      func(tx *store.Tx) error { return tx.SetGranted(inv.Session, grant.SetOf(grant.View)) },
		"client":      func(tx *store.Tx) error { return errOf(tx.AdvanceClient(inv.Session, 1, []byte("h"))) },
		"alarm":       func(tx *store.Tx) error { return errOf(tx.RaiseAlarm(inv.Session)) },
		"after event": func(tx *store.Tx) error { return errors.Join(note(tx), errOf(tx.InsertTicket(tk))) },
	} {
		if err := s.Update(t.Context(), change); !errors.Is(err, store.ErrUnrecorded) {
			t.Errorf("%s without an event: got %v, want ErrUnrecorded", name, err)
		}
	}
	view(t, s, func(v *store.View) error {
		if i, err := v.Invitation(inv.ID); err != nil || !i.OpenedAt.IsZero() || !i.RedeemedAt.IsZero() {
			t.Errorf("a refused change stayed: %+v, %v", i, err)
		}
		return nil
	})
}

func TestOneOfManyRacersRedeems(t *testing.T) {
	dir := t.TempDir()
	stores := []*store.Store{open(t, dir), open(t, dir)} // as two processes would
	tn, tk := seed(t, stores[0])
	inv := invite(t, stores[0], tn, tk, time.Hour)

	var wg sync.WaitGroup
	won := make(chan int, 100)
	for i := range 100 {
		wg.Go(func() {
			err := stores[i%2].Update(context.Background(), func(tx *store.Tx) error {
				ok, err := tx.RedeemInvitation(inv.ID)
				if ok {
					won <- i
				}
				return errors.Join(err, note(tx))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Errorf("%d racers redeemed the invitation, want 1", len(won))
	}
}

func TestInvitationIsOnlyRedeemedInTime(t *testing.T) {
	s := open(t, t.TempDir())
	tn, tk := seed(t, s)
	late := invite(t, s, tn, tk, -time.Millisecond)
	revoked := invite(t, s, tn, tk, time.Hour)
	update(t, s, func(tx *store.Tx) error {
		if ok, err := tx.RevokeInvitation(revoked.ID); !ok || err != nil {
			t.Errorf("RevokeInvitation = %v, %v, want true", ok, err)
		}
		for _, i := range []store.Invitation{late, revoked} {
			if ok, err := tx.RedeemInvitation(i.ID); ok || err != nil {
				t.Errorf("RedeemInvitation(%+v) = %v, %v, want false", i, ok, err)
			}
		}
		expired, err := tx.ExpiredInvitations(tx.Now(), 10)
		if err != nil || len(expired) != 1 || expired[0].ID != late.ID {
			t.Errorf("ExpiredInvitations = %+v, %v, want only %s", expired, err, late.ID)
		}
		return nil
	})
}

func TestSessionMovesOnlyAlongItsPhases(t *testing.T) {
	s := open(t, t.TempDir())
	tn, tk := seed(t, s)
	id := invite(t, s, tn, tk, time.Hour).Session
	update(t, s, func(tx *store.Tx) error {
		if ok, err := tx.Join(id, []byte("client"), store.System{OS: "linux"}, "192.0.2.0/24"); !ok || err != nil {
			t.Errorf("Join = %v, %v, want true", ok, err)
		}
		if ok, err := tx.Join(id, []byte("other"), store.System{}, ""); ok || err != nil {
			t.Errorf("second Join = %v, %v, want false", ok, err)
		}
		if _, err := tx.Move(id, signaling.Joined, signaling.Live); err == nil {
			t.Error("Move from joined to live succeeded, want an error")
		}
		for _, p := range [][2]signaling.Phase{{signaling.Joined, signaling.Asking}, {signaling.Asking, signaling.Live}, {signaling.Live, signaling.Paused}, {signaling.Paused, signaling.Live}} {
			if ok, err := tx.Move(id, p[0], p[1]); !ok || err != nil {
				t.Errorf("Move(%v) = %v, %v, want true", p, ok, err)
			}
		}
		for _, step := range []struct {
			seq  uint64
			want bool
		}{{2, false}, {1, true}, {1, false}} {
			if ok, err := tx.AdvanceClient(id, step.seq, []byte("h")); ok != step.want || err != nil {
				t.Errorf("AdvanceClient(%d) = %v, %v, want %v", step.seq, ok, err, step.want)
			}
		}
		for range 2 {
			if ok, err := tx.SetViewerKey(id, []byte("viewer")); !ok || err != nil {
				t.Errorf("SetViewerKey = %v, %v, want true", ok, err)
			}
		}
		if ok, err := tx.SetViewerKey(id, []byte("another")); ok || err != nil {
			t.Errorf("another viewer key = %v, %v, want false", ok, err)
		}
		return tx.SetGranted(id, grant.SetOf(grant.View, grant.Control))
	})
	view(t, s, func(v *store.View) error {
		se, err := v.Session(id)
		if err != nil || se.Phase != signaling.Live || se.LiveAt.IsZero() || se.AcceptedAt.IsZero() || string(se.ClientKey) != "client" ||
			se.Granted.String() != "view control" || se.TechnicianName != "Ada" || se.ClientSeq != 1 {
			t.Errorf("Session = %+v, %v", se, err)
		}
		return nil
	})
	update(t, s, func(tx *store.Tx) error {
		if ok, err := tx.End(id, signaling.ByRequester); !ok || err != nil {
			t.Errorf("End = %v, %v, want true", ok, err)
		}
		if ok, err := tx.End(id, signaling.ByTechnician); ok || err != nil {
			t.Errorf("second End = %v, %v, want false", ok, err)
		}
		open, err := tx.Sessions(store.SessionFilter{Unended: true}, 10)
		if err != nil || len(open) != 0 {
			t.Errorf("Sessions = %v, %v, want none", open, err)
		}
		return nil
	})
}

func TestTicketsAreSorted(t *testing.T) {
	s := open(t, t.TempDir())
	_, slow := seed(t, s)
	var urgent store.Ticket
	update(t, s, func(tx *store.Tx) (err error) {
		urgent, err = tx.InsertTicket(store.Ticket{Ticket: desk.Ticket{Subject: "Fire", Requester: "Linus", Impact: desk.High, Urgency: desk.High, State: desk.Open}})
		return err
	})
	for _, tc := range []struct {
		state desk.State
		want  []string
	}{
		{"", []string{urgent.ID, slow.ID}},
		{desk.Open, []string{urgent.ID, slow.ID}},
		{desk.Closed, nil},
	} {
		view(t, s, func(v *store.View) error {
			got, err := v.Tickets(tc.state, 10)
			var ids []string
			for _, tk := range got {
				ids = append(ids, tk.ID)
			}
			if err != nil || !slices.Equal(ids, tc.want) {
				t.Errorf("Tickets(%q) = %v, %v, want %v", tc.state, ids, err, tc.want)
			}
			return nil
		})
	}
}

func TestTokenIsUsedOnce(t *testing.T) {
	s := open(t, t.TempDir())
	for _, want := range []bool{true, false} {
		if err := s.Update(t.Context(), func(tx *store.Tx) error {
			if ok, err := tx.UseToken("jti", tx.Now()); ok != want || err != nil {
				t.Errorf("UseToken = %v, %v, want %v", ok, err, want)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyOpenAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := store.Open(context.Background(), dir)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	s := open(t, dir)
	seed(t, s)
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, want it closed to others", f.Name(), info.Mode())
		}
	}
}
