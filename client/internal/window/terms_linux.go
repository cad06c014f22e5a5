package window

import (
	"strconv"
	"time"

	"gioui.org/layout"

	"beside/signaling/texts"
)

// terms is a row of buttons of which one is chosen: how long what is allowed may
// last.
type terms struct {
	buttons [len(Terms)]*button
	at      int
}

func newTerms() *terms {
	t := &terms{at: 1}
	for i, d := range Terms {
		t.buttons[i] = &button{text: termWords(d), small: true, deaf: true}
	}
	t.choose(t.at)
	return t
}

func (t *terms) choose(i int) {
	t.buttons[t.at].style = quietButton
	t.buttons[i].style = chosenButton
	t.at = i
}

func (t *terms) chosen() time.Duration { return Terms[t.at] }

// update takes the person's presses.
func (t *terms) update(gtx layout.Context) {
	for i, b := range t.buttons {
		if b.update(gtx) {
			t.choose(i)
		}
	}
}

func (t *terms) deafen(deaf bool) {
	for _, b := range t.buttons {
		b.deaf = deaf
	}
}

func (t *terms) layout(l *look) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		row := []layout.FlexChild{layout.Flexed(1, l.plain(texts.T("window.consent.term")))}
		for _, b := range t.buttons {
			row = append(row, layout.Rigid(layout.Spacer{Width: 8}.Layout),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.layout(gtx, l) }))
		}
		return layout.Flex{Alignment: layout.Middle}.Layout(gtx, row...)
	}
}

// termWords is a term on its button.
func termWords(d time.Duration) string {
	if d < time.Hour {
		return texts.T("window.minutes", "n", strconv.Itoa(int(d/time.Minute)))
	}
	return texts.T("window.hours", "n", strconv.Itoa(int(d/time.Hour)))
}
