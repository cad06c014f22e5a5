package signaling

import (
	"encoding/json"
	"fmt"
)

// Message is one of the structs of message.go.
type Message interface{ messageType() string }

func (Challenge) messageType() string   { return "challenge" }
func (Auth) messageType() string        { return "auth" }
func (Welcome) messageType() string     { return "welcome" }
func (StateChange) messageType() string { return "state" }
func (Beat) messageType() string        { return "beat" }
func (Access) messageType() string      { return "access" }
func (Relay) messageType() string       { return "relay" }
func (Event) messageType() string       { return "event" }
func (Recorded) messageType() string    { return "recorded" }
func (Offer) messageType() string       { return "offer" }
func (Answer) messageType() string      { return "answer" }
func (Candidate) messageType() string   { return "candidate" }
func (Ack) messageType() string         { return "ack" }
func (Fault) messageType() string       { return "error" }

// PeerMessage is a message from end to end. Head is its Peer.
type PeerMessage interface {
	Message
	Head() Peer
	withHead(Peer) PeerMessage
}

// Head returns the message's head.
func (p Peer) Head() Peer { return p }

func (m Offer) withHead(p Peer) PeerMessage     { m.Peer = p; return m }
func (m Answer) withHead(p Peer) PeerMessage    { m.Peer = p; return m }
func (m Candidate) withHead(p Peer) PeerMessage { m.Peer = p; return m }
func (m Ack) withHead(p Peer) PeerMessage       { m.Peer = p; return m }

// Type returns the message's name on the wire.
func Type(m Message) string { return m.messageType() }

// Encode writes a message. It fails only for a message over MaxMessageBytes.
func Encode(m Message) ([]byte, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.messageType(), err)
	}
	out := append([]byte(`{"type":"`+m.messageType()+`",`), body[1:]...) // no message is empty
	if len(out) > MaxMessageBytes {
		return nil, fmt.Errorf("encode %s: %d bytes is over the bound", m.messageType(), len(out))
	}
	return out, nil
}
