package signaling

import (
	"errors"
)

// maxUnacked bounds an Outbox. An offer, an answer and forty candidates are the
// most that an honest end has under way.
const maxUnacked = 64

// ErrOutboxFull reports a peer that acknowledges nothing: connect anew.
var ErrOutboxFull = errors.New("too many unacknowledged messages")

// Outbox keeps what one end has sent to one instance of the other until that
// instance acknowledged it. It is not safe for concurrent use: its owner is the
// goroutine that runs the session. The zero value is not usable; see NewOutbox.
type Outbox struct {
	from, to string
	last     uint64
	unacked  []PeerMessage
}

// NewOutbox returns the Outbox of messages from epoch from to epoch to.
func NewOutbox(from, to string) *Outbox { return &Outbox{from: from, to: to} }

// Add numbers a message, keeps it and returns it for sending.
func (o *Outbox) Add(m PeerMessage) (PeerMessage, error) {
	if len(o.unacked) == maxUnacked {
		return nil, ErrOutboxFull
	}
	o.last++
	m = m.withHead(Peer{From: o.from, To: o.to, Seq: o.last})
	o.unacked = append(o.unacked, m)
	return m, nil
}

// Acked forgets all messages up to the given number.
func (o *Outbox) Acked(upto uint64) {
	for len(o.unacked) > 0 && o.unacked[0].Head().Seq <= upto {
		o.unacked = o.unacked[1:]
	}
}

// Unacked returns what to send again after a reconnect, oldest first.
func (o *Outbox) Unacked() []PeerMessage { return o.unacked }

// Inbox takes the messages of one instance of the other end in order, once
// each. Like Outbox it belongs to one goroutine.
type Inbox struct {
	own, peer string
	last      uint64
}

// NewInbox returns the Inbox of instance own for messages of instance peer.
func NewInbox(own, peer string) *Inbox { return &Inbox{own: own, peer: peer} }

// Take reports whether m is the next message. A repeated one, one out of order
// (its sender repeats it) and one of or for another instance are not. After
// Take, whatever it said, send Ack.
func (i *Inbox) Take(m PeerMessage) bool {
	h := m.Head()
	if h.From != i.peer || h.To != i.own || h.Seq != i.last+1 {
		return false
	}
	i.last++
	return true
}

// Ack returns the acknowledgement of everything taken so far.
func (i *Inbox) Ack() Ack {
	return Ack{Peer: Peer{From: i.own, To: i.peer}, Upto: i.last}
}
