package consent

import (
	"time"

	"beside/signaling/grant"
)

// none marks messages that need no right: proofs, questions, giving rights
// back, letting go of keys, and the farewell.
const none grant.Scope = ""

// table is the closed set of messages that a viewer can send, by their names on
// the wire, and the right that each needs. It is never written. A message that
// is not in it does not exist.
var table = map[string]grant.Scope{
	"hello": none,
	"nonce": none, // once, before the viewer is verified: see session.onNonce
	"token": none,
	"ask":   none,
	"yield": none,
	"bye":   none,
	// What a viewer can decode says nothing of the requester's, and is known
	// before the first question is answered.
	"abilities": none,
	// Whether somebody looks makes rights end sooner, never later.
	"attend": none,
	// Words between the two people: the session is leave to speak.
	"say": none,
	// Letting go undoes what was allowed before, so it is never refused.
	"release": none,
	"unpoint": none,

	// An act once more: what is in it is judged by its own name.
	"again": none,

	// Stopping a file undoes, too.
	"drop": none,

	"show":     grant.View,
	"pictured": grant.View,
	// The viewer's feedback on the channels of the display stream.
	"display": grant.View,
	"repeat":  grant.View,

	// A second technician is called in by who may see, to see no more.
	"introduce": grant.View,
	"dismiss":   none,

	"key":    grant.Control,
	"text":   grant.Control,
	"move":   grant.Control,
	"button": grant.Control,
	"wheel":  grant.Control,

	"clip": grant.ClipboardSend,
	"take": grant.ClipboardFetch,

	// A file to this machine, and its bytes on the channel of files.
	"put":   grant.FilesSend,
	"whole": grant.FilesSend,
	"piece": grant.FilesSend,
	// A file that the person picks, and what arrived of it.
	"get":  grant.FilesFetch,
	"kept": grant.FilesFetch,
	"took": grant.FilesFetch,

	"point": grant.Point,
	"here":  grant.Point,
}

// Needs returns the right that a message of the viewer needs, empty when it
// needs none. It reports false for a message that no viewer may send.
func Needs(message string) (sc grant.Scope, known bool) {
	sc, known = table[message]
	return sc, known
}

// Verdict says what becomes of a message.
type Verdict int

// The verdicts. The zero Verdict refuses.
const (
	Violation Verdict = iota // nobody honest sends this: the session ends
	Late                     // made before a right went away: dropped without a word
	Accept                   // the right is live (it may rest: the Lease knows)
)

// Judge decides about a message of the viewer by its name on the wire. gen is
// the generation that it was made under, or 0 when it carries none: then it is
// late if the right was ever granted, since it may have been under way when the
// right went.
func (g *Gate) Judge(message string, gen uint64) Verdict {
	sc, known := Needs(message)
	if !known {
		return Violation
	}
	if sc == none {
		return Accept
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	since, live := g.gens[sc]
	switch {
	case live && gen <= g.last && g.lapsed(time.Now()):
		return Late // its time was up while this was under way
	case live && (gen == 0 || gen >= since && gen <= g.last):
		return Accept
	case gen > g.last:
		return Violation // made up: no such grant exists
	case live:
		return Late // of a grant before this one
	case gen == 0 && g.lost[sc] != 0, gen != 0 && gen < g.lost[sc]:
		return Late
	}
	return Violation
}
