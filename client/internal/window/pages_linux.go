package window

import (
	"context"
	"errors"
	"strings"

	"gioui.org/io/event"
	"gioui.org/layout"
	"gioui.org/widget"

	"beside/signaling/texts"
)

// newPage makes a page with a way back and, unless onward is empty, a way on.
func newPage(l *look, back, onward string) *page {
	pg := &page{
		back: &button{text: back}, result: make(chan outcome, 1),
		accept: func() (string, bool) { return "", true },
	}
	pg.dialog = dialog{look: l, buttons: []*button{pg.back}, first: &pg.back.presser, escape: pg.back}
	if onward != "" {
		pg.onward = &button{text: onward, style: accentButton}
		pg.buttons = append(pg.buttons, pg.onward)
	}
	return pg
}

// AskLink implements UI.
func (u *ui) AskLink(ctx context.Context, q LinkQuestion) (string, error) {
	out, err := u.visit(ctx, linkPage(q))
	switch {
	case err != nil:
		return "", err
	case !out.onward:
		return "", ErrClosed
	}
	return out.text, nil
}

// maxLink bounds what can be pasted, in bytes; a link is far shorter.
const maxLink = 2048

func linkPage(q LinkQuestion) *page {
	l := newLook()
	l.cover(q.Problem)
	field := &widget.Editor{SingleLine: true, Submit: true, MaxLen: maxLink}
	field.SetText(q.Text)
	field.SetCaret(field.Len(), 0) // selected, so that pasting replaces it
	pg := newPage(l, texts.T("window.cancel"), texts.T("window.continue"))
	pg.first = event.Tag(field)
	pg.accept = func() (string, bool) {
		text := strings.TrimSpace(field.Text())
		return text, text != ""
	}
	pg.after = func(gtx layout.Context) {
		for {
			e, ok := field.Update(gtx)
			if !ok {
				break
			}
			if _, submit := e.(widget.SubmitEvent); submit && !pg.onward.deaf {
				if text, ok := pg.accept(); ok {
					pg.finish(outcome{onward: true, text: text})
				}
			}
		}
		_, ok := pg.accept()
		pg.onward.off = !ok
	}
	parts := []layout.Widget{
		column(6, l.heading(texts.T("window.link.heading")), l.plain(texts.T("window.link.hint"))),
		l.field(field, texts.T("window.link.example")),
	}
	if q.Problem != "" {
		parts = append(parts, l.box(l.ground, corner, layout.UniformInset(14), l.strong(q.Problem)))
	}
	pg.body = column(20, parts...)
	return pg
}

// AskHost implements UI.
func (u *ui) AskHost(ctx context.Context, host string) (bool, error) {
	l := newLook()
	l.cover(name(host))
	pg := newPage(l, texts.T("window.cancel"), texts.T("window.connect"))
	pg.enter = pg.back
	pg.body = column(20,
		l.heading(texts.T("window.host.heading")),
		l.box(l.ground, corner, layout.UniformInset(18), l.large(name(host))),
		l.plain(texts.T("window.host.hint")))
	out, err := u.visit(ctx, pg)
	return out.onward && err == nil, err
}

// Wait implements UI.
func (u *ui) Wait(ctx context.Context, w Waiting) error {
	heading, hint := waitWords(w)
	l := newLook()
	l.cover(heading, hint)
	pg := newPage(l, texts.T("window.cancel"), "")
	parts := []layout.Widget{column(6, l.heading(heading), l.plain(hint))}
	if w.Stage != Reconnecting {
		parts = append(parts, l.box(l.ground, corner, layout.UniformInset(14), l.plain(texts.T("window.wait.safe"))))
	}
	pg.body = column(20, parts...)
	if _, err := u.visit(ctx, pg); err != nil {
		return err
	}
	return ErrClosed
}

// Tell implements UI.
func (u *ui) Tell(ctx context.Context, p Problem) (again bool, err error) {
	l := newLook()
	l.cover(p.What, p.Next)
	onward := ""
	if p.Retry {
		onward = texts.T("window.again")
	}
	pg := newPage(l, texts.T("window.close"), onward)
	pg.enter = pg.back
	if pg.onward != nil {
		pg.first, pg.enter = &pg.onward.presser, pg.onward
	}
	pg.body = column(10, l.heading(p.What), l.plain(p.Next))
	out, err := u.visit(ctx, pg)
	if errors.Is(err, ErrClosed) {
		return false, err
	}
	return out.onward && err == nil, err
}
