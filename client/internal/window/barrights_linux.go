package window

import (
	"strconv"

	"gioui.org/layout"

	"beside/signaling/grant"
	"beside/signaling/texts"
)

// lesser are the rights that have no button of their own on the bar: one button
// unfolds the list of those that hold, each with its own Take back.
var lesser = [...]grant.Scope{
	grant.ClipboardSend, grant.ClipboardFetch, grant.FilesSend, grant.FilesFetch, grant.Facts, grant.Point, grant.Sound, grant.Voice,
}

// alsoButton is the text of the button that unfolds n rights, or folds them.
func alsoButton(n int, unfolded bool) string {
	sign := "▼"
	if unfolded {
		sign = "▲"
	}
	return texts.T("window.bar.also", "n", strconv.Itoa(n)) + " " + sign
}

// lists reports whether the rights are listed now.
func (b *bar) lists(s BarState, stopped bool) bool {
	return b.unfolded && !stopped && !s.Lost && !s.Paused && !s.Rights.Empty()
}

// updateRights follows the presses on the button and on the list.
func (b *bar) updateRights(gtx layout.Context, stopped bool) {
	if b.also.update(gtx) {
		b.unfolded = !b.unfolded
	}
	for i, sc := range lesser {
		if b.rights[i].update(gtx) && !stopped {
			b.say(TakeBackOf(sc))
		}
	}
	if s, _ := b.now(); s.Rights.Empty() {
		b.unfolded = false // or a right given later would unfold it by itself
	}
}

// rightRows lays out one row for each right: what it is, and Take back.
func (b *bar) rightRows(gtx layout.Context, rights grant.Set) layout.Dimensions {
	var rows []layout.FlexChild
	for i, sc := range lesser {
		if !rights.Contains(sc) {
			continue
		}
		title, _ := scopeWords(sc)
		rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Bottom: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.X = 0
				return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
					layout.Rigid(b.button(b.rights[i])), layout.Rigid(layout.Spacer{Width: 12}.Layout),
					layout.Rigid(b.label(label{text: title, size: 14, colour: b.ink, lines: 1})))
			})
		}))
	}
	return layout.Inset{Left: 18, Right: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx, rows...)
	})
}
