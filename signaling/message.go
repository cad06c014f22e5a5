// Package signaling is what client, viewer and broker say to each other over
// the websocket of subprotocol beside.v1.
//
//	broker                               client or viewer
//	  challenge{nonce}              ──▶
//	                                ◀──   auth{token, proof, epoch}   within 5 s
//	  welcome{…}                    ──▶
//	  state{phase, peer}, beat      ──▶                               whenever it changes; every 15 s
//	  access{token}                 ──▶   viewer                      at half of its life
//	  relay{ice}                    ──▶                               likewise
//	                                ◀──   event{seq, statement}       client; kept until
//	  recorded{seq}                 ──▶                               committed
//	             ◀── offer, answer, candidate, ack ──▶                from end to end
//	  error{code, text}             ──▶                               then the socket closes
//
// A message is one JSON object {"type": …, …}; each type is one struct below,
// decoded strictly. The broker keeps no peer message: its sender does, until
// the other end acknowledges (see Outbox). The package has no effects but those
// of Conn.
package signaling

import (
	"time"

	"beside/signaling/grant"
	"beside/signaling/record"
)

const (
	// Subprotocol is the websocket subprotocol (RFC 6455 §1.9).
	Subprotocol = "beside.v1"
	// MaxMessageBytes bounds one message.
	MaxMessageBytes = 64 << 10
)

// Challenge is the broker's first word on a new socket.
type Challenge struct {
	Nonce []byte `json:"nonce"` // 32 random bytes
}

// Auth proves who speaks. Epoch is random and new for each running instance of
// a side: a reload is a new epoch, a reconnect is not.
type Auth struct {
	Token string `json:"token"`
	Proof []byte `json:"proof"` // over grant.PopStatement
	Epoch string `json:"epoch"`
}

// Welcome ends the handshake.
type Welcome struct {
	Session      string      `json:"session"`
	Role         grant.Role  `json:"role"`
	Organisation string      `json:"organisation"`
	Technician   string      `json:"technician"` // display name, set by an administrator
	State        State       `json:"state"`
	ICE          []ICEServer `json:"ice"`
	// Recorded is the last event of the client that is committed: it sends
	// the ones after, first.
	Recorded uint64 `json:"recorded"`
}

// ICEServer is one STUN or TURN server (RFC 7064, 7065) with credentials for
// this session and side.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// State is the whole truth of the session as the broker knows it; a later one
// replaces an earlier one.
type State struct {
	Phase  Phase  `json:"phase"`
	Reason Reason `json:"reason,omitempty"` // when ended
	// Peer is the epoch of the other side's socket, empty while it has none.
	Peer string `json:"peer"`
	// Colleague is the second technician's socket, told to the client alone.
	Colleague *Colleague `json:"colleague,omitempty"`
}

// Colleague names the second technician who is there. The client lets nobody in by it:
// the first technician's viewer must have introduced the key that proves itself.
type Colleague struct {
	Peer       string `json:"peer"`       // the epoch of their socket
	Technician string `json:"technician"` // display name, set by an administrator
}

// StateChange is State as a message of its own.
type StateChange struct {
	State State `json:"state"`
}

// Beat says that the broker lives.
type Beat struct {
	Time time.Time `json:"time"`
}

// Access gives the viewer its next access token, for the client's eyes.
type Access struct {
	Token string `json:"token"`
}

// Relay gives an end its next credentials of the relay, in place of those in
// Welcome: for the connections that it makes from now on, and the paths that it
// looks for anew. What it has allocated lives on.
type Relay struct {
	ICE []ICEServer `json:"ice"`
}

// Event is a fact that only the client knows, signed by it. The broker commits
// it, moves the phase where the fact says so, and answers Recorded.
type Event struct {
	Seq       uint64           `json:"seq"`
	Statement record.Statement `json:"statement"`
}

// Recorded acknowledges all events up to Seq.
type Recorded struct {
	Seq uint64 `json:"seq"`
}

// Peer is the head of every message from end to end.
type Peer struct {
	From string `json:"from"` // sender's epoch
	To   string `json:"to"`   // the epoch it is meant for; another instance drops it
	Seq  uint64 `json:"seq"`  // from 1 for each pair of epochs, without gaps
}

// Offer, Answer: JSEP (RFC 8829). The client always offers.
type Offer struct {
	Peer `tstype:",extends"`
	SDP  string `json:"sdp"`
}

// Answer is the viewer's reply to the last Offer.
type Answer struct {
	Peer `tstype:",extends"`
	SDP  string `json:"sdp"`
}

// Candidate is a trickled ICE candidate (RFC 8838); an empty Candidate ends them.
type Candidate struct {
	Peer      `tstype:",extends"`
	Candidate string `json:"candidate"`
	Mid       string `json:"mid"`
	Line      int    `json:"line"`
}

// Ack tells the sender that all of its messages up to Upto have arrived. It is
// itself not acknowledged: its Seq is 0.
type Ack struct {
	Peer `tstype:",extends"`
	Upto uint64 `json:"upto"`
}

// Fault carries an Error to a peer; the socket closes after it.
type Fault struct {
	Error Error `json:"error"`
}
