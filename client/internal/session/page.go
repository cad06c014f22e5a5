package session

import (
	"context"
	"errors"

	"beside/client/internal/screen"
	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/texts"
)

// page is the page of the panel that is shown. Owned by run.
type page struct {
	stage window.Stage // of the last Wait, else empty
	end   context.CancelFunc
}

// hide takes the page away.
func (p *page) hide() {
	if p.end != nil {
		p.end()
	}
	p.end, p.stage = nil, ""
}

// wait shows what is being waited for. Cancel ends the session.
func (s *session) wait(stage window.Stage) {
	if s.page.stage == stage || s.isOver() {
		return
	}
	s.page.hide()
	ctx, cancel := context.WithCancel(s.ctx)
	s.page.stage, s.page.end = stage, cancel
	s.go_(func() {
		err := s.cfg.UI.Wait(ctx, window.Waiting{Party: s.party(), Stage: stage})
		if ctx.Err() == nil {
			s.onPageLeft(err)
		}
	})
}

func (s *session) onPageLeft(err error) {
	if !errors.Is(err, window.ErrClosed) {
		s.log.Error("no window", "error", err)
		s.finish(signaling.ClientFailure, false)
		return
	}
	s.post(func() {
		reason := signaling.ByRequester
		if s.story.declinedAll() {
			reason = signaling.Declined
		}
		s.finish(reason, false)
	})
}

func noticeOf(e *screen.NotShowableError) control.NoticeCode {
	if e.Kind == screen.KindWayland {
		return control.Wayland
	}
	return control.NoScreen
}

func unableProblem(e *screen.NotShowableError) window.Problem {
	if noticeOf(e) == control.Wayland {
		return window.Problem{What: texts.T("client.wayland"), Next: texts.T("client.wayland.next")}
	}
	return window.Problem{What: texts.T("client.no-screen"), Next: texts.T("client.no-screen.next")}
}
