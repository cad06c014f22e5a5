package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"beside/client/internal/window"
	"beside/signaling/texts"
)

// patience is how many tries pass before the person is told that the broker
// does not answer.
const patience = 3

// ErrRefused reports an invitation that the broker does not accept. The person
// has been told.
var ErrRefused = errors.New("invitation refused")

// redeem spends the invitation. It tries until the broker answers or the person
// cancels; then it returns nil without an error.
func (s *session) redeem(ctx context.Context) (*joined, error) {
	var wait backoff
	front := s.openFront(ctx)
	defer front.close()
	for tries := 1; ; tries++ {
		out, err := s.api.redeem(front.ctx, s.cfg.Secret, s.cfg.Spoken, s.cfg.System, s.cfg.Version)
		switch refused := asRefusal(err); {
		case err == nil:
			return out, nil
		case front.ctx.Err() != nil:
			return nil, front.err()
		case refused != nil:
			front.close()
			if _, err := s.cfg.UI.Tell(ctx, refusedProblem(refused)); err != nil && ctx.Err() == nil && !errors.Is(err, window.ErrClosed) {
				s.log.Error("no window", "error", err)
			}
			return nil, fmt.Errorf("%w: %s", ErrRefused, refused.Code)
		}
		s.log.Warn("broker not reached", "error", err)
		if tries == patience {
			front.complain(s.unreachable(err))
		}
		if !wait.wait(front.ctx) {
			return nil, front.err()
		}
	}
}

// front is the page shown while the invitation is being redeemed.
type front struct {
	ctx    context.Context // ends when the person leaves
	leave  context.CancelCauseFunc
	ui     window.UI
	cancel context.CancelFunc // of the page that is shown
	gone   chan struct{}      // closed when that page is
}

func (s *session) openFront(ctx context.Context) *front {
	f := &front{ui: s.cfg.UI}
	f.ctx, f.leave = context.WithCancelCause(ctx)
	f.show(func(ctx context.Context) error {
		return f.ui.Wait(ctx, window.Waiting{Party: s.party(), Stage: window.Connecting})
	})
	return f
}

// show runs a page until it is closed here or by the person, who then leaves.
func (f *front) show(run func(context.Context) error) {
	ctx, cancel := context.WithCancel(f.ctx)
	gone := make(chan struct{})
	f.cancel, f.gone = cancel, gone
	go func() {
		defer close(gone)
		if err := run(ctx); ctx.Err() == nil {
			f.leave(err)
		}
	}()
}

// complain says that the broker does not answer; trying goes on behind it.
func (f *front) complain(p window.Problem) {
	f.cancel()
	<-f.gone
	f.show(func(ctx context.Context) error {
		_, err := f.ui.Tell(ctx, p)
		if err == nil {
			return window.ErrClosed
		}
		return err
	})
}

// err is why the front ended: nil when the person left or the program ends.
func (f *front) err() error {
	err := context.Cause(f.ctx)
	if errors.Is(err, window.ErrClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (f *front) close() {
	f.cancel()
	<-f.gone
	f.leave(context.Canceled)
}

func (s *session) unreachable(err error) window.Problem {
	host := s.cfg.Broker.Host
	var untrusted *tls.CertificateVerificationError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired: // or not valid yet
		return window.Problem{
			What: texts.T("client.untrusted", "host", host),
			Next: texts.T("client.untrusted.clock", "time", time.Now().Format("2006-01-02 15:04")),
		}
	case errors.As(err, &untrusted):
		return window.Problem{What: texts.T("client.untrusted", "host", host), Next: texts.T("client.untrusted.next")}
	}
	return window.Problem{What: texts.T("client.unreachable", "host", host), Next: texts.T("client.unreachable.next")}
}

func refusedProblem(r *refusal) window.Problem {
	p := window.Problem{What: texts.T("client.refused"), Next: texts.T("client.new-link")}
	switch r.Code {
	case "invitation_used":
		p.What = texts.T("client.used")
	case "invitation_expired":
		p.What = texts.T("client.expired")
	case "invitation_revoked":
		p.What = texts.T("client.revoked")
	case "invitation_unknown":
		p.What = texts.T("client.unknown")
	}
	return p
}
