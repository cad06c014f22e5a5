package window

import (
	"context"
	"time"

	"gioui.org/layout"

	"beside/signaling/texts"
)

// summary is the window after the end.
type summary struct {
	dialog
	alarm, close *button
	receipt      *receipt      // nil when there is none
	report       func()        // nil once it was called
	read         chan struct{} // closed when the person closed it
	done         bool          // read is closed
}

// Summarise implements UI.
func (u *ui) Summarise(ctx context.Context, s Summary) error {
	if err := u.enter(); err != nil {
		return err
	}
	defer u.calls.Done()
	u.dropPanel()
	c := newSummary(s)
	f, err := u.show(ctx, roleSummary, texts.T("window.title.summary"), &c.dialog, c)
	if err != nil {
		return err
	}
	defer f.close()
	select {
	case <-c.read:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-u.ending:
		return ErrClosed
	case <-f.gone:
		return nil
	}
}

func newSummary(s Summary) *summary {
	c := &summary{
		alarm: &button{text: texts.T("window.alarm")}, close: &button{text: texts.T("window.close"), style: accentButton},
		report: s.Report, read: make(chan struct{}),
	}
	if s.Alarmed || s.Report == nil {
		c.report, c.alarm.off = nil, true
	}
	l := newLook()
	l.cover(s.sentence(), name(s.Technician))
	c.dialog = dialog{look: l, buttons: []*button{c.alarm, c.close}, first: &c.close.presser, enter: c.close, escape: c.close}
	parts := []layout.Widget{column(6, c.heading(endWords(s.End)), c.plain(s.sentence()))}
	switch s.End {
	case EndedBySafety:
		parts = append(parts, c.box(c.ground, corner, layout.UniformInset(14), c.plain(texts.T("window.summary.safety.hint"))))
	case EndedByWords:
		parts = append(parts, c.box(c.ground, corner, layout.UniformInset(14), c.plain(texts.T("window.summary.words.hint"))))
	}
	parts = append(parts, c.allowed(s), c.alarmed(s))
	if len(s.Steps) > 0 {
		parts = append(parts, c.happened(s))
	}
	if s.Receipt != "" {
		c.receipt = newReceipt(s)
		parts = append(parts, c.receipt.layout(c.look))
	}
	parts = append(parts, c.quietly(texts.T("window.summary.now")))
	c.body = column(20, parts...)
	return c
}

func (c *summary) allowed(s Summary) layout.Widget {
	rows := []layout.Widget{c.strong(texts.T("window.summary.allowed"))}
	for _, sc := range s.Allowed.Scopes() {
		title, _ := scopeWords(sc)
		rows = append(rows, c.plain(title))
	}
	if len(rows) == 1 {
		rows = append(rows, c.plain(texts.T("window.summary.nothing")))
	}
	return column(4, rows...)
}

// alarmed says what becomes of an alarm, or that there can be one.
func (c *summary) alarmed(s Summary) layout.Widget {
	if s.Technician == "" {
		return layout.Spacer{}.Layout
	}
	technician := name(s.Technician)
	heading := texts.T("window.summary.alarm")
	if s.End == EndedByWords {
		heading = texts.T("window.summary.words.told")
	}
	raised := column(3, c.strong(heading), c.plain(texts.T("window.summary.alarm.hint", "technician", technician)))
	later := c.plain(texts.T("window.summary.alarm.later", "technician", technician))
	return c.box(c.ground, corner, layout.UniformInset(14), func(gtx layout.Context) layout.Dimensions {
		if c.report == nil {
			return raised(gtx)
		}
		return later(gtx)
	})
}

func (c *summary) happened(s Summary) layout.Widget {
	rows := []layout.Widget{c.strong(texts.T("window.summary.happened"))}
	for _, st := range s.Steps {
		rows = append(rows, func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.X = gtx.Dp(60)
					return c.label(label{text: st.At.Local().Format("15:04"), size: 15, colour: c.quiet, lines: 1})(gtx)
				}),
				layout.Flexed(1, c.plain(stepWords(st, s.Technician))))
		})
	}
	return column(4, rows...)
}

func (c *summary) layout(gtx layout.Context) (next time.Time) {
	if c.receipt != nil {
		next = c.receipt.update(gtx)
	}
	switch c.pressed(gtx) {
	case c.close:
		c.finish()
	case c.alarm:
		c.report()
		c.report, c.alarm.off = nil, true
	}
	c.dialog.layout(gtx)
	return next
}

func (c *summary) finish() {
	if !c.done {
		c.done = true
		close(c.read)
	}
}

func (c *summary) shown(time.Time) {}

func (c *summary) closing() (stay bool) {
	c.finish()
	return false
}

func (c *summary) ended() {}
