package session

import (
	"beside/client/internal/consent"
	"beside/client/internal/facts"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// telling is what a session knows of the machine's facts. Owned by run.
type telling struct {
	gen   uint64         // of the right under which they were, or are, read; 0: there is none
	facts *control.Facts // nil: they are not read yet
	told  *road          // that was sent them last
	noted bool           // that they were told is in the journal
}

// tellFacts has the facts read once for each right to them, and sends them once to
// each connection. What was read is forgotten with the right; while that rests,
// nothing is sent.
func (s *session) tellFacts(r *road) {
	lease, live := s.gate.Lease(grant.Facts)
	t := &s.telling
	if !live {
		*t = telling{}
		return
	}
	if t.gen != lease.Generation() {
		*t = telling{gen: lease.Generation()}
		s.readFacts(lease)
	}
	if t.facts == nil || t.told == r {
		return
	}
	if lease.Do(func() error { s.tellViewer(r, *t.facts); return nil }) != nil {
		return // it rests: apply comes by when it does no more
	}
	t.told = r
	if !t.noted {
		t.noted = true
		s.record(record.FactsTold{Read: namesOf(*t.facts)})
		s.story.add(window.ToldFacts, grant.Set{})
	}
}

// readFacts reads them on a goroutine of its own, which may take a while.
func (s *session) readFacts(lease *consent.Lease) {
	s.go_(func() {
		read := facts.Nothing()
		if s.cfg.Devices.Facts != nil {
			var err error
			if read, err = s.cfg.Devices.Facts(s.ctx, lease); err != nil {
				s.log.Warn("facts of this machine not read", "error", err)
				read = facts.Nothing()
			}
		}
		s.post(func() {
			if s.telling.gen != lease.Generation() || s.isOver() {
				return
			}
			s.telling.facts = &read
			if r := s.verifiedRoad(); r != nil {
				s.tellFacts(r)
			}
		})
	})
}

// namesOf are the facts that could be read.
func namesOf(m control.Facts) []string {
	names := []string{}
	for _, f := range control.AllFacts() {
		if m.Has(f) {
			names = append(names, string(f))
		}
	}
	return names
}
