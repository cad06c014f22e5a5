package clipboard

import (
	"context"
	"errors"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// errRefused: the program that holds the clipboard does not give it in that form.
var errRefused = errors.New("the clipboard's owner refuses")

// reading is one request for the selection under way (ICCCM 2.4).
type reading struct {
	data  []byte
	parts bool // it comes in parts: ICCCM 2.7.2
	done  chan error
}

// read asks the owner of the selection for it in one form.
func (b *board) read(ctx context.Context, l *consent.Lease, kind string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	r := &reading{done: make(chan error, 1)}
	var err error
	gone := b.do(func() {
		if b.reading != nil {
			err = errors.New("the clipboard is being read already")
			return
		}
		err = l.Do(func() error {
			xproto.DeleteProperty(b.x.Conn, b.win, b.atom["BESIDE_CLIPBOARD"])
			return xproto.ConvertSelectionChecked(b.x.Conn, b.win, b.atom["CLIPBOARD"], b.atom[kind],
				b.atom["BESIDE_CLIPBOARD"], xproto.TimeCurrentTime).Check()
		})
		if err == nil {
			b.reading = r
		}
	})
	if err = errors.Join(gone, err); err != nil {
		return nil, err
	}
	defer func() { _ = b.do(func() { b.reading = nil }) }()
	select {
	case err := <-r.done:
		return r.data, err
	case <-b.done:
		return nil, errGone
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: no answer", errRefused)
	}
}

// answered takes the owner's answer: all of it, a refusal, or that it comes in parts.
func (r *reading) answered(b *board, ev xproto.SelectionNotifyEvent) {
	if r.parts || ev.Requestor != b.win {
		return
	}
	if ev.Property == xproto.AtomNone {
		r.finish(errRefused)
		return
	}
	value, kind, err := b.property()
	switch {
	case err != nil:
		r.finish(err)
	case kind == b.atom["INCR"]:
		r.parts = true // reading the property was the sign to begin
	default:
		r.data = value
		r.finish(nil)
	}
}

// more takes the next part; an empty one is the last.
func (r *reading) more(b *board) {
	if !r.parts {
		return // the answer itself, of which answered hears
	}
	value, _, err := b.property()
	switch {
	case err != nil:
		r.finish(err)
	case len(value) == 0:
		r.finish(nil)
	default:
		if r.data = append(r.data, value...); len(r.data) > tooLong {
			r.finish(ErrTooLong)
		}
	}
}

func (r *reading) finish(err error) {
	select {
	case r.done <- err:
	default: // it is over already
	}
}

// tooLong is from when on a text in UTF-8 cannot be made short enough by leaving
// out what must not travel: line ends of two bytes are the most of that.
const tooLong = 2 * control.MaxClipboardBytes

// property reads and removes what the owner left on our window.
func (b *board) property() (value []byte, kind xproto.Atom, err error) {
	const words = tooLong/4 + 1
	reply, err := xproto.GetProperty(b.x.Conn, true, b.win, b.atom["BESIDE_CLIPBOARD"], xproto.GetPropertyTypeAny, 0, words).Reply()
	if err != nil {
		return nil, 0, err
	}
	if reply.BytesAfter > 0 {
		return nil, 0, ErrTooLong
	}
	return reply.Value, reply.Type, nil
}

// serve gives what we hold to a program that pastes (ICCCM 2.2).
func (b *board) serve(ev xproto.SelectionRequestEvent) {
	property := ev.Property
	if property == xproto.AtomNone {
		property = ev.Target // programs older than ICCCM
	}
	if !b.give(ev, property) {
		property = xproto.AtomNone
	}
	answer := xproto.SelectionNotifyEvent{
		Time: ev.Time, Requestor: ev.Requestor, Selection: ev.Selection, Target: ev.Target, Property: property,
	}
	xproto.SendEvent(b.x.Conn, false, ev.Requestor, 0, string(answer.Bytes()))
}

// give writes the selection, in the form that is asked for, to a property of the
// asking program's window. It reports false for a form that we do not have.
func (b *board) give(ev xproto.SelectionRequestEvent, property xproto.Atom) bool {
	if b.text == "" || ev.Selection != b.atom["CLIPBOARD"] {
		return false
	}
	kind, format, data := ev.Target, byte(8), []byte(b.text)
	switch ev.Target {
	case b.atom["UTF8_STRING"], b.atom["text/plain;charset=utf-8"], b.atom["text/plain"]:
	case b.atom["TEXT"]:
		kind = b.atom["UTF8_STRING"]
	case xproto.AtomString:
		latin, ok := latin1(b.text)
		if !ok {
			return false
		}
		data = latin
	case b.atom["TARGETS"]:
		kind, format, data = xproto.AtomAtom, 32, b.targets()
	default:
		return false
	}
	length := uint32(len(data)) / uint32(format/8) // #nosec G115 -- at most control.MaxClipboardBytes
	return xproto.ChangePropertyChecked(b.x.Conn, xproto.PropModeReplace, ev.Requestor, property, kind, format, length, data).Check() == nil
}

func (b *board) targets() []byte {
	forms := []xproto.Atom{
		b.atom["TARGETS"], b.atom["UTF8_STRING"], b.atom["text/plain;charset=utf-8"], b.atom["text/plain"], b.atom["TEXT"],
	}
	if _, ok := latin1(b.text); ok {
		forms = append(forms, xproto.AtomString)
	}
	data := make([]byte, 4*len(forms))
	for i, atom := range forms {
		xgb.Put32(data[4*i:], uint32(atom))
	}
	return data
}

// latin1 writes a text in ISO 8859-1, the form of the type STRING, if that has all
// its characters.
func latin1(text string) (out []byte, ok bool) {
	for _, r := range text {
		if r > 0xff {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, true
}
