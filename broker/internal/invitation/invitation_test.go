package invitation_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling"
	"beside/signaling/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStageOf(t *testing.T) {
	now := time.Now()
	for _, tc := range []struct {
		name string
		i    store.Invitation
		s    store.Session
		want invitation.Stage
	}{
		{"fresh", store.Invitation{ExpiresAt: now.Add(1)}, store.Session{Phase: signaling.Invited}, invitation.Waiting},
		{"opened", store.Invitation{ExpiresAt: now.Add(1), OpenedAt: now}, store.Session{Phase: signaling.Invited}, invitation.Opened},
		{"its time is over", store.Invitation{ExpiresAt: now, OpenedAt: now}, store.Session{Phase: signaling.Invited}, invitation.Expired},
		{"ended for that", store.Invitation{ExpiresAt: now}, store.Session{Phase: signaling.Ended, Reason: signaling.Expired}, invitation.Expired},
		{"revoked", store.Invitation{ExpiresAt: now, RevokedAt: now}, store.Session{Phase: signaling.Ended, Reason: signaling.Revoked}, invitation.Revoked},
		{"ended by the technician", store.Invitation{ExpiresAt: now}, store.Session{Phase: signaling.Ended, Reason: signaling.ByTechnician}, "ended"},
		{"redeemed in time", store.Invitation{ExpiresAt: now.Add(-1), RedeemedAt: now}, store.Session{Phase: signaling.Live}, "live"},
		{"over", store.Invitation{ExpiresAt: now.Add(-1), RedeemedAt: now}, store.Session{Phase: signaling.Ended}, "ended"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := invitation.StageOf(tc.i, tc.s, now); got != tc.want {
				t.Errorf("StageOf = %s, want %s", got, tc.want)
			}
		})
	}
}

// A link that runs out is told of and ends its session, all by itself.
func TestRunExpires(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	j := journal.New(s)
	by := record.Actor{Kind: record.Operator}
	var i store.Invitation
	err = j.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		tn, events, err := auth.AddTechnician(tx, "ada@example.org", "Ada", []desk.Role{desk.Technician}, by)
		if err != nil {
			return nil, err
		}
		tk, more, err := ticket.Add(tx, desk.Ticket{Subject: "s", Requester: "r", Impact: desk.Low, Urgency: desk.Low}, by)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
		hash := []byte(strings.Repeat("x", 32))
		i, more, err = invitation.Create(tx, invitation.Request{Ticket: tk.ID, Technician: tn, JoinHash: hash, PageHash: hash, Life: time.Millisecond, By: by})
		return append(events, more...), err
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- invitation.Run(ctx, j, s, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}()
	var kinds []string
	if err := j.Follow(ctx, 0, func(l store.Leaf) error {
		e, err := record.ParseLeaf(l.Bytes)
		if e.Session == i.Session {
			kinds = append(kinds, string(e.Kind))
		}
		if e.Kind == record.KindSessionEnded {
			cancel()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(kinds, " "), "invitation.created invitation.expired session.ended"; got != want {
		t.Errorf("events = %s, want %s", got, want)
	}
}
