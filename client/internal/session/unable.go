package session

import (
	"context"
	"errors"
	"fmt"

	"beside/client/internal/screen"
	"beside/client/internal/window"
)

// ErrUnable reports a machine that cannot be shown. The person has been told
// where there can be a window; the invitation is not spent.
var ErrUnable = errors.New("this machine cannot be shown")

// unable tells both people why this machine cannot be shown. It does not redeem:
// the person may start the program again, in another session, with the same link.
func (s *session) unable(ctx context.Context, why *screen.NotShowableError) error {
	problem, end := unableProblem(why), ErrUnable
	err := s.report(ctx, why)
	if no := asRefusal(err); no != nil { // then to start again does not help
		problem, end = refusedProblem(no), fmt.Errorf("%w: %s", ErrRefused, no.Code)
	} else if err != nil {
		s.log.Warn("technician not told", "error", err)
	}
	if s.cfg.UI == nil || ctx.Err() != nil {
		return end
	}
	if _, err := s.cfg.UI.Tell(ctx, problem); err != nil && ctx.Err() == nil && !errors.Is(err, window.ErrClosed) {
		s.log.Error("no window", "error", err)
	}
	return end
}

// report tells the technician. It gives up where redeem would begin to complain:
// what the person must do does not depend on it.
func (s *session) report(ctx context.Context, why *screen.NotShowableError) error {
	if s.cfg.UI != nil {
		front := s.openFront(ctx)
		defer front.close()
		ctx = front.ctx
	}
	var wait backoff
	for tries := 1; ; tries++ {
		err := s.api.unable(ctx, s.cfg.Secret, s.cfg.Spoken, noticeOf(why))
		if err == nil || asRefusal(err) != nil || tries == patience || !wait.wait(ctx) {
			return err
		}
	}
}
