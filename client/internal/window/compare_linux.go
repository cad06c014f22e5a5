package window

import (
	"context"

	"gioui.org/layout"

	"beside/signaling/texts"
)

// noneOfThese is the row after all Choices.
const noneOfThese = len(WordsQuestion{}.Choices)

// AskWords implements UI. It takes two acts, a row and Continue, and no row is
// chosen at first: a stray click or key picks nothing.
func (u *ui) AskWords(ctx context.Context, q WordsQuestion) (Pick, error) {
	rows := &rows{at: -1}
	for _, words := range q.Choices {
		rows.add(&choice{title: words, round: true})
	}
	rows.add(&choice{title: texts.T("window.words.none"), hint: texts.T("window.words.none.hint"), round: true})
	u.dropPanel() // a new one is as large as all rows need: none may hide below the others
	out, err := u.visit(ctx, wordsPage(q, rows))
	switch {
	case err != nil || !out.onward:
		return Pick{}, err
	case rows.at == noneOfThese:
		return Pick{How: PickedNone}, nil
	}
	return Pick{How: PickedWords, Choice: rows.at}, nil
}

func wordsPage(q WordsQuestion, r *rows) *page {
	l := newLook()
	l.cover(name(q.Technician), q.of())
	pg := newPage(l, texts.T("window.cancel"), texts.T("window.continue"))
	pg.accept = func() (string, bool) { return "", r.at >= 0 }
	pg.after = func(gtx layout.Context) {
		r.update(gtx)
		pg.onward.off = r.at < 0
	}
	lines := []layout.Widget{l.strong(texts.T("window.words.pick"))}
	for _, c := range r.choices {
		lines = append(lines, func(gtx layout.Context) layout.Dimensions { return c.layout(gtx, l) })
	}
	pg.body = column(20,
		column(6, l.heading(texts.T("window.words.heading")),
			l.plain(texts.T("window.words.hint", "technician", name(q.Technician), "of", q.of()))),
		column(8, lines...),
		l.box(l.ground, corner, layout.UniformInset(14), l.plain(texts.T("window.words.why"))))
	return pg
}

// rows are choices of which at most one counts.
type rows struct {
	choices []*choice
	at      int // -1 for none; the panel's loop writes it until the page has its outcome
}

func (r *rows) add(c *choice) { r.choices = append(r.choices, c) }

func (r *rows) update(gtx layout.Context) {
	for i, c := range r.choices {
		before := c.ticked
		if c.update(gtx); c.ticked != before {
			r.at = i
		}
	}
	for i, c := range r.choices {
		c.ticked = i == r.at
	}
}
