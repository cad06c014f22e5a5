package evidence

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"beside/signaling/ledger"
	"beside/signaling/record"
)

// Clocks of broker and witness may differ by this much before it is said.
const Clocks = 2 * time.Minute

// Trust is what the verifier knows from elsewhere than the file. Zero: nothing.
type Trust struct {
	Log       string   // verifier key of the organisation's log
	Witnesses []string // verifier keys of witnesses that must have cosigned
}

// Verify checks one session's evidence.
func Verify(f File, t Trust) *Report {
	r := &Report{}
	head, ok := verifyHead(r, f, t)
	if !ok {
		return r
	}
	chain := NewChain(f.Session, f.ClientKey)
	var clock Clock
	clock.Witnessed(head)
	opened, erased := 0, 0
	for i, entry := range f.Events {
		e, ok := verifyEntry(r, f.Session, head, i, entry)
		if !ok {
			continue
		}
		if len(r.Story) > 0 && e.Seq <= r.Story[len(r.Story)-1].Seq {
			r.Add(False, LeafOrder, e.Seq)
			continue
		}
		clock.Event(r, e)
		chain.Add(r, e, []byte(entry.Leaf))
		switch whole, err := restore(e, entry); {
		case err != nil:
			r.Add(False, PersonalFalse, e.Seq)
		case e.Personal != nil && entry.Personal == "":
			erased++
		case e.Personal != nil:
			opened++
			e = whole
		}
		r.Story = append(r.Story, e)
	}
	if len(r.Story) > 0 && len(r.Story) == len(f.Events) {
		r.Add(Proven, Included, 0, "events", number(len(r.Story)))
	}
	if opened > 0 {
		r.Add(Proven, PersonalOpened, 0, "events", number(opened))
	}
	if erased > 0 {
		r.Add(Note, PersonalErased, 0, "events", number(erased))
	}
	chain.Close(r)
	chain.CloseRecordings(r, f.Recordings)
	return r
}

// verifyHead checks the signed head of the log, and who vouches for its key.
func verifyHead(r *Report, f File, t Trust) (head ledger.Opened, ok bool) {
	key := f.Log
	switch {
	case t.Log == "":
		r.Add(Missing, LogKeyUnconfirmed, 0, "key", printable(f.Log))
	case t.Log != f.Log:
		r.Add(False, LogKeyOther, 0, "key", printable(f.Log))
		key = t.Log
	default:
		r.Add(Proven, LogKeyConfirmed, 0, "key", t.Log)
	}
	log, err := note.NewVerifier(key)
	if err != nil {
		r.Add(False, CheckpointFalse, 0)
		return head, false
	}
	var witnesses []*ledger.Witness
	for _, vkey := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(f.Witnesses, t.Witnesses)))) {
		w, err := ledger.NewWitness(vkey)
		if err != nil {
			r.Add(False, CheckpointFalse, 0)
			return head, false
		}
		witnesses = append(witnesses, w)
	}
	if head, err = ledger.Open([]byte(f.Checkpoint), log, witnesses...); err != nil {
		r.Add(False, CheckpointFalse, 0)
		return head, false
	}
	r.Add(Proven, CheckpointSigned, 0, "origin", printable(head.Origin), "size", number(int(head.Size)))
	seen := make(map[string]ledger.Cosignature)
	for _, c := range head.Witnesses {
		seen[c.Key] = c
	}
	trusted := head.Witnesses[:0:0]
	for _, w := range witnesses {
		c, cosigned := seen[w.Key()]
		at := c.Time.Format(time.DateTime)
		switch pinned := slices.Contains(t.Witnesses, w.Key()); {
		case pinned && cosigned:
			r.Add(Proven, Witnessed, 0, "witness", w.Name(), "time", at)
			trusted = append(trusted, c)
		case pinned:
			r.Add(Missing, WitnessMissing, 0, "witness", w.Name())
		case cosigned:
			r.Add(Note, WitnessUnconfirmed, 0, "witness", w.Name(), "time", at)
		}
	}
	if len(head.Witnesses) == 0 {
		r.Add(Note, NoWitness, 0)
	}
	head.Witnesses = trusted
	return head, true
}

// verifyEntry reads one event and checks that it is in the log.
func verifyEntry(r *Report, session string, head ledger.Opened, i int, entry Entry) (record.Event, bool) {
	e, err := record.ParseLeaf([]byte(entry.Leaf))
	if err != nil {
		r.Add(False, LeafMalformed, 0, "entry", number(i+1))
		return e, false
	}
	if e.Session != session || session == "" {
		r.Add(False, LeafForeign, e.Seq)
	}
	path, ok := entry.path()
	if !ok || ledger.CheckInclusion(head.Checkpoint, e.Seq-1, ledger.LeafHash([]byte(entry.Leaf)), path) != nil {
		r.Add(False, NotInLog, e.Seq)
		return e, false
	}
	return e, true
}

// restore puts personal data back, where there is some.
func restore(e record.Event, entry Entry) (record.Event, error) {
	if entry.Personal == "" && entry.Salt == nil {
		return e, nil
	}
	return e.Restore(entry.Salt, []byte(entry.Personal))
}

// Clock checks the times of events against each other and against what
// witnesses have stamped. It is fed in order.
type Clock struct {
	latest time.Time
	stamps []stamp
}

type stamp struct {
	size int64
	at   time.Time
}

// Witnessed tells of a head that a trusted witness saw.
func (c *Clock) Witnessed(head ledger.Opened) {
	for _, w := range head.Witnesses {
		c.stamps = append(c.stamps, stamp{head.Size, w.Time})
	}
}

// Event takes the next event.
func (c *Clock) Event(r *Report, e record.Event) {
	if e.Time.Before(c.latest.Add(-Clocks)) {
		r.Add(False, TimeBackwards, e.Seq, "time", e.Time.Format(time.DateTime), "before", c.latest.Format(time.DateTime))
	}
	if e.Time.After(c.latest) {
		c.latest = e.Time
	}
	for _, s := range c.stamps {
		switch {
		case e.Seq <= s.size && e.Time.After(s.at.Add(Clocks)):
			r.Add(False, TimeAfterWitness, e.Seq, "time", e.Time.Format(time.DateTime), "stamp", s.at.Format(time.DateTime))
			return
		case e.Seq > s.size && e.Time.Before(s.at.Add(-Clocks)):
			r.Add(False, Backdated, e.Seq, "time", e.Time.Format(time.DateTime), "stamp", s.at.Format(time.DateTime))
			return
		}
	}
}

// printable keeps what a file says from acting on the terminal that shows it.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 {
			return '\ufffd'
		}
		return c
	}, s)
}
