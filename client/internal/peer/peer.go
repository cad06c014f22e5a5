// Package peer is the client's end of one PeerConnection: it offers, makes the
// data channels, and knows which certificate the other end really showed.
//
// It moves bytes and decides nothing: who the other end is (message 0) and what
// its messages may do is for the session, which owns a Peer and closes it. It
// takes no media and no channel that the other end makes.
package peer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/pion/webrtc/v4"

	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/invite"
)

// State is how a connection is.
type State string

// The states.
const (
	Connecting   State = "connecting"
	Connected    State = "connected"
	Disconnected State = "disconnected" // nothing heard for a while; may come back
	Failed       State = "failed"       // this path will not come back: restart or replace
	Closed       State = "closed"       // the other end closed it
)

// maxRemoteCandidates bounds what a description and its trickle may make us try.
const maxRemoteCandidates = 64

// ErrChannel reports a data channel that is not open.
var ErrChannel = errors.New("data channel is not open")

// Config is what a Peer needs.
type Config struct {
	Certificate webrtc.Certificate
	ICE         []signaling.ICEServer
	Loopback    bool // both ends may be on one machine that has no other address
	RelayOnly   bool // for tests of the relay
}

// Events are called from goroutines of the connection, and must return soon
// after the Peer is being closed: Close waits for them.
type Events struct {
	Candidate func(signaling.Candidate)         // ours, to be sent; an empty one ends them
	State     func(State)                       // of the way to the other end
	Open      func()                            // control can be sent on, and the certificate is known
	Message   func(channel string, data []byte) // in order within each channel
}

// Peer is one PeerConnection. Its methods may be called from any goroutine.
type Peer struct {
	pc       *webrtc.PeerConnection
	channels map[string]*webrtc.DataChannel
	own      invite.Fingerprint

	candidates atomic.Int32 // of the other end

	mu       sync.Mutex
	named    *invite.Fingerprint // by the other end's description
	early    []webrtc.ICECandidateInit
	answered bool
}

// New makes the PeerConnection and its channels. Nothing is sent before Offer.
func New(c Config, e Events) (*Peer, error) {
	own, err := ownFingerprint(c.Certificate)
	if err != nil {
		return nil, err
	}
	pc, err := newAPI(c.Loopback).NewPeerConnection(configuration(c))
	if err != nil {
		return nil, fmt.Errorf("make peer connection: %w", err)
	}
	p := &Peer{pc: pc, own: own, channels: make(map[string]*webrtc.DataChannel)}
	if err := p.listen(e); err != nil {
		_ = pc.Close()
		return nil, err
	}
	return p, nil
}

func (p *Peer) listen(e Events) error {
	p.pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c == nil {
			e.Candidate(signaling.Candidate{})
			return
		}
		init := c.ToJSON()
		out := signaling.Candidate{Candidate: init.Candidate}
		if init.SDPMid != nil {
			out.Mid = *init.SDPMid
		}
		if init.SDPMLineIndex != nil {
			out.Line = int(*init.SDPMLineIndex)
		}
		e.Candidate(out)
	})
	p.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) { e.State(stateOf(s)) })
	p.pc.OnDataChannel(func(d *webrtc.DataChannel) { _ = d.Close() }) // nobody asked for it
	for _, c := range control.Channels() {
		d, err := p.pc.CreateDataChannel(c.Label, channelInit(c))
		if err != nil {
			return fmt.Errorf("make data channel %s: %w", c.Label, err)
		}
		d.OnMessage(func(m webrtc.DataChannelMessage) { e.Message(c.Label, m.Data) })
		if c.Label == control.ChannelControl {
			d.OnOpen(e.Open)
			d.OnClose(func() { e.State(Closed) })
		}
		p.channels[c.Label] = d
	}
	return nil
}

func channelInit(c control.Channel) *webrtc.DataChannelInit {
	negotiated, ordered, never := true, !c.Lossy, uint16(0)
	init := &webrtc.DataChannelInit{Negotiated: &negotiated, ID: &c.ID, Ordered: &ordered}
	if c.Lossy {
		init.MaxRetransmits = &never
	}
	return init
}

func stateOf(s webrtc.PeerConnectionState) State {
	switch s {
	case webrtc.PeerConnectionStateConnected:
		return Connected
	case webrtc.PeerConnectionStateDisconnected:
		return Disconnected
	case webrtc.PeerConnectionStateFailed:
		return Failed
	case webrtc.PeerConnectionStateClosed:
		return Closed
	default:
		return Connecting
	}
}

// Offer makes an offer: the first, or with restart one that looks for a new path
// (RFC 8445 §9) under the same certificates and channels.
func (p *Peer) Offer(restart bool) (string, error) {
	offer, err := p.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return "", fmt.Errorf("make offer: %w", err)
	}
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("apply offer: %w", err)
	}
	return offer.SDP, nil
}

// UseICE says which servers the next restart uses.
func (p *Peer) UseICE(servers []signaling.ICEServer) error {
	c := p.pc.GetConfiguration()
	c.ICEServers = iceServers(servers)
	if err := p.pc.SetConfiguration(c); err != nil {
		return fmt.Errorf("renew servers: %w", err)
	}
	return nil
}

// Answer takes the other end's answer. It refuses one that does not name exactly
// one certificate, or another than an earlier answer did.
func (p *Peer) Answer(sdp string) error {
	f, err := Fingerprint(sdp)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.named != nil && *p.named != f {
		return fmt.Errorf("%w: it changed", ErrFingerprint)
	}
	p.named = &f
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		return fmt.Errorf("apply answer: %w", err)
	}
	p.answered = true
	for _, c := range p.early {
		_ = p.pc.AddICECandidate(c) // one path less; the others go on
	}
	p.early = nil
	return nil
}

// AddCandidate tries one more way to the other end. A malformed candidate, and
// one too many, is one path less and no error.
func (p *Peer) AddCandidate(c signaling.Candidate) {
	if p.candidates.Add(1) > maxRemoteCandidates || c.Candidate == "" {
		return
	}
	line := uint16(c.Line)
	init := webrtc.ICECandidateInit{Candidate: c.Candidate, SDPMid: &c.Mid, SDPMLineIndex: &line}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.answered {
		p.early = append(p.early, init)
		return
	}
	_ = p.pc.AddICECandidate(init)
}

// Fingerprints returns our certificate's and that of the certificate that the
// other end proved to hold in this very DTLS connection, whichever role it took
// in it. It fails when that is not the one its description named.
func (p *Peer) Fingerprints() (own, other invite.Fingerprint, err error) {
	raw := p.pc.SCTP().Transport().GetRemoteCertificate()
	if len(raw) == 0 {
		return own, other, errors.New("no DTLS connection yet")
	}
	other = sha256.Sum256(raw)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.named == nil || *p.named != other {
		return own, other, fmt.Errorf("%w: the certificate is another", ErrFingerprint)
	}
	return p.own, other, nil
}

// Send sends one message: text on control and pointer, bytes elsewhere.
func (p *Peer) Send(channel string, data []byte) error {
	d, ok := p.channels[channel]
	if !ok || d.ReadyState() != webrtc.DataChannelStateOpen {
		return ErrChannel
	}
	if channel == control.ChannelControl || channel == control.ChannelPointer {
		return d.SendText(string(data))
	}
	return d.Send(data)
}

// Unsent returns how many bytes of a channel have not been acknowledged by the
// other end's transport.
func (p *Peer) Unsent(channel string) uint64 {
	d, ok := p.channels[channel]
	if !ok {
		return 0
	}
	return d.BufferedAmount()
}

// Path says how the connection travels: "relay" or "direct".
func (p *Peer) Path() string {
	pair, err := p.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err == nil && pair != nil &&
		(pair.Local.Typ == webrtc.ICECandidateTypeRelay || pair.Remote.Typ == webrtc.ICECandidateTypeRelay) {
		return "relay"
	}
	return "direct"
}

// Close ends the connection and waits for its goroutines, the Events included.
func (p *Peer) Close() { _ = p.pc.GracefulClose() }

func ownFingerprint(c webrtc.Certificate) (f invite.Fingerprint, err error) {
	prints, err := c.GetFingerprints()
	if err != nil || len(prints) != 1 {
		return f, fmt.Errorf("fingerprint of our certificate: %w", errors.Join(err, ErrFingerprint))
	}
	return parseFingerprint(prints[0].Algorithm + " " + prints[0].Value)
}
