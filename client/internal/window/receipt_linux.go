package window

import (
	"io"
	"strings"
	"time"

	"gioui.org/io/clipboard"
	"gioui.org/layout"

	"beside/signaling/texts"
)

// openingPoll is how often the window looks whether a browser was opened.
const openingPoll = 100 * time.Millisecond

// receipt is the part of the last window that leads to the person's receipt.
type receipt struct {
	address string
	browse  func(address string) error
	button  *button
	opening chan error // nil while none is being opened
	shown   bool       // the address is: no browser opened it
}

func newReceipt(s Summary) *receipt {
	r := &receipt{address: s.Receipt, browse: s.Browse, button: &button{text: texts.T("receipt.get")}}
	r.button.room = texts.T("window.summary.receipt.copy")
	if r.browse == nil {
		r.show()
	}
	return r
}

// show shows the address, since no browser does.
func (r *receipt) show() {
	r.shown = true
	r.button.text = texts.T("window.summary.receipt.copy")
}

// update reads the events and returns when it wants to be drawn again.
func (r *receipt) update(gtx layout.Context) (next time.Time) {
	if r.button.update(gtx) && r.opening == nil {
		r.press(gtx)
	}
	if r.opening == nil {
		return time.Time{}
	}
	select {
	case err := <-r.opening:
		r.opening, r.button.text = nil, texts.T("receipt.get")
		if err != nil {
			r.show()
		}
		return gtx.Now // once more, with what changed
	default:
		return gtx.Now.Add(openingPoll)
	}
}

func (r *receipt) press(gtx layout.Context) {
	if r.shown {
		gtx.Execute(clipboard.WriteCmd{Type: "application/text", Data: io.NopCloser(strings.NewReader(r.address))})
		r.button.text = texts.T("window.summary.receipt.copied")
		return
	}
	opening := make(chan error, 1)
	go func() { opening <- r.browse(r.address) }()
	r.opening, r.button.text = opening, texts.T("window.summary.receipt.opening")
}

func (r *receipt) layout(l *look) layout.Widget {
	head, offer := l.strong(texts.T("window.summary.receipt")), l.plain(texts.T("window.summary.receipt.hint"))
	unable, address := l.plain(texts.T("window.summary.receipt.unable")), l.quietly(r.address)
	button := func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Top: 8, Bottom: ringGap}.Layout(gtx, func(gtx layout.Context) layout.Dimensions { return r.button.layout(gtx, l) })
	}
	opens, fails := column(3, head, offer, button), column(3, head, unable, address, button)
	return func(gtx layout.Context) layout.Dimensions {
		if r.shown {
			return fails(gtx)
		}
		return opens(gtx)
	}
}
