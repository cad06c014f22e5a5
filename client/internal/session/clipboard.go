package session

import (
	"errors"
	"time"

	"beside/client/internal/clipboard"
	"beside/client/internal/consent"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// clips is what goes over the clipboard, both ways. Owned by run.
type clips struct {
	board  clipboard.Board // nil until something of it is allowed
	none   bool            // it cannot be reached, and the viewer was told
	marked uint64          // the right to read it for which everything older was set aside
	in     control.Gatherer
	rate   rate // of texts in either direction
	filled uint64
	read   uint64 // the generations of which the summary tells already
}

// lendClipboard opens the clipboard with the first right to it. A new right to read
// begins with what is copied from then on.
func (s *session) lendClipboard(r *road) {
	_, fills := s.gate.Lease(grant.ClipboardSend)
	lease, reads := s.gate.Lease(grant.ClipboardFetch)
	c := &s.clips
	if !fills && !reads || c.none {
		return
	}
	if c.board == nil {
		if c.board = s.openClipboard(); c.board == nil {
			c.none = true
			s.tellViewer(r, control.Notice{Code: control.NoClipboard})
			return
		}
	}
	if reads && c.marked != lease.Generation() {
		c.marked = lease.Generation()
		c.board.Mark()
	}
}

func (s *session) openClipboard() clipboard.Board {
	if s.cfg.Devices.Clipboard == nil {
		return nil
	}
	board, err := s.cfg.Devices.Clipboard()
	if err != nil {
		s.log.Warn("no clipboard", "error", err)
		return nil
	}
	return board
}

// onClip takes a piece of a text, and puts the whole of it on the clipboard.
func (s *session) onClip(r *road, m control.Clip) {
	c := &s.clips
	text, whole, err := c.in.Take(m.ID, m.Part, m.Parts, m.Text)
	if err != nil || m.Part == 1 && !c.rate.take(time.Now(), control.ClipBurst) {
		s.violation("clip")
		return
	}
	if !whole {
		return
	}
	lease, live := s.gate.Lease(grant.ClipboardSend)
	if !live || c.board == nil {
		s.tellViewer(r, control.Clipped{ID: m.ID, Reason: control.ClipFailed})
		return
	}
	board := c.board
	s.go_(func() {
		err := board.Put(r.ctx, lease, text)
		s.post(func() {
			if err == nil {
				s.record(record.ClipboardFilled{Bytes: len(text)})
				s.tellOnce(&s.clips.filled, lease, window.FilledClip)
			}
			s.tellViewer(r, control.Clipped{ID: m.ID, Reason: s.clipReason(err)})
		})
	})
}

// onTake reads what was copied, and sends it if it may still be sent then.
func (s *session) onTake(r *road, m control.Take) {
	c := &s.clips
	if !c.rate.take(time.Now(), control.ClipBurst) {
		s.violation("take")
		return
	}
	lease, live := s.gate.Lease(grant.ClipboardFetch)
	if !live || c.board == nil {
		s.tellViewer(r, control.Copied{ID: m.ID, Reason: control.ClipFailed})
		return
	}
	board := c.board
	s.go_(func() {
		text, err := board.Take(r.ctx, lease, m.Fresh)
		s.post(func() {
			if err == nil {
				err = lease.Do(func() error { s.tellCopied(r, m.ID, text); return nil })
			}
			if err != nil {
				s.tellViewer(r, control.Copied{ID: m.ID, Reason: s.clipReason(err)})
				return
			}
			s.record(record.ClipboardRead{Bytes: len(text)})
			s.tellOnce(&s.clips.read, lease, window.ReadClip)
		})
	})
}

func (s *session) tellCopied(r *road, id, text string) {
	pieces := control.PiecesOf(text)
	for i, piece := range pieces {
		s.tellViewer(r, control.Copied{ID: id, Part: i + 1, Parts: len(pieces), Text: piece})
	}
}

// tellOnce has the summary tell of a use of a right once for each grant of it.
func (s *session) tellOnce(told *uint64, lease *consent.Lease, kind window.StepKind) {
	if *told != lease.Generation() {
		*told = lease.Generation()
		s.story.add(kind, grant.Set{})
	}
}

// clipReason says why a text did not come across.
func (s *session) clipReason(err error) control.ClipReason {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, clipboard.ErrNothing):
		return control.ClipNothing
	case errors.Is(err, clipboard.ErrSecret):
		return control.ClipSecret
	case errors.Is(err, clipboard.ErrTooLong):
		return control.ClipTooLong
	case errors.Is(err, consent.ErrHeld):
		return control.ClipRests
	}
	s.log.Info("clipboard failed", "error", err)
	return control.ClipFailed
}
