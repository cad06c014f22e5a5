package peer_test

import (
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"beside/client/internal/peer"
	"beside/internal/evil"
	"beside/signaling"
	"beside/signaling/control"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair is a Peer and a browser-like other end, joined without a broker.
type pair struct {
	t      *testing.T
	peer   *peer.Peer
	other  *webrtc.PeerConnection
	states chan peer.State
	opened chan struct{}
	heard  chan string // by the Peer
	said   chan string // by the Peer, as the other end hears it

	mu       sync.Mutex
	offering bool // an offer is on its way: its candidates come after it
	early    []signaling.Candidate
}

func newPair(t *testing.T, role webrtc.DTLSRole) *pair {
	t.Helper()
	p := &pair{
		t: t, states: make(chan peer.State, 32), opened: make(chan struct{}), heard: make(chan string, 8), said: make(chan string, 8),
	}
	cert, err := peer.NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	if p.other, err = evil.API(t, role).NewPeerConnection(webrtc.Configuration{}); err != nil {
		t.Fatal(err)
	}
	for label, d := range evil.Channels(t, p.other) {
		d.OnMessage(func(m webrtc.DataChannelMessage) { p.said <- label + " " + string(m.Data) })
		if label == control.ChannelControl {
			d.OnOpen(func() { _ = d.SendText("hello") })
		}
	}
	p.peer, err = peer.New(peer.Config{Certificate: cert, Loopback: true}, peer.Events{
		Candidate: p.onCandidate,
		State:     func(s peer.State) { p.states <- s },
		Open:      func() { close(p.opened) },
		Message:   func(channel string, data []byte) { p.heard <- channel + " " + string(data) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.peer.Close()
		_ = p.other.GracefulClose()
	})
	return p
}

func (p *pair) onCandidate(c signaling.Candidate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.Candidate == "" {
		return
	}
	if p.offering {
		p.early = append(p.early, c)
		return
	}
	p.add(c)
}

func (p *pair) add(c signaling.Candidate) {
	line := uint16(c.Line)
	if err := p.other.AddICECandidate(webrtc.ICECandidateInit{Candidate: c.Candidate, SDPMid: &c.Mid, SDPMLineIndex: &line}); err != nil {
		p.t.Errorf("candidate: %v", err)
	}
}

// offer has the Peer make an offer, and holds back its candidates until the
// other end has it, as the order of signaling does.
func (p *pair) offer(restart bool) string {
	p.t.Helper()
	p.mu.Lock()
	p.offering = true
	p.mu.Unlock()
	offer, err := p.peer.Offer(restart)
	if err != nil {
		p.t.Fatal(err)
	}
	return offer
}

// answer has the other end answer an offer.
func (p *pair) answer(offer string) string {
	p.t.Helper()
	if err := p.other.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	for _, c := range p.early {
		p.add(c)
	}
	p.early, p.offering = nil, false
	p.mu.Unlock()
	answer, err := p.other.CreateAnswer(nil)
	if err == nil {
		err = p.other.SetLocalDescription(answer)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.SDP
}

func (p *pair) connect() {
	p.t.Helper()
	if err := p.peer.Answer(p.answer(p.offer(false))); err != nil {
		p.t.Fatal(err)
	}
	receive(p.t, p.opened)
}

func receive[T any](t *testing.T, from <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(15 * time.Second):
		t.Fatal("waited too long")
	}
	return got
}

func TestEachEndKnowsTheOtherInEitherRole(t *testing.T) {
	for name, role := range map[string]webrtc.DTLSRole{"active": webrtc.DTLSRoleClient, "passive": webrtc.DTLSRoleServer} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, role)
			if _, _, err := p.peer.Fingerprints(); err == nil {
				t.Error("Fingerprints before any connection: got no error")
			}
			p.connect()
			own, other, err := p.peer.Fingerprints()
			if err != nil {
				t.Fatal(err)
			}
			if seen := sha256.Sum256(p.other.SCTP().Transport().GetRemoteCertificate()); seen != own {
				t.Errorf("own fingerprint: got %x, the other end sees %x", own, seen)
			}
			named, err := peer.Fingerprint(p.other.LocalDescription().SDP)
			if err != nil || named != other {
				t.Errorf("other fingerprint: got %x, it names %x (%v)", other, named, err)
			}
			if got := receive(t, p.heard); got != "control hello" {
				t.Errorf("heard %q", got)
			}
			if p.peer.Path() != "direct" {
				t.Errorf("path: got %q", p.peer.Path())
			}
		})
	}
}

func TestChannelsCarryAndRestartKeepsThem(t *testing.T) {
	p := newPair(t, webrtc.DTLSRoleAuto)
	if err := p.peer.Send(control.ChannelControl, []byte("early")); !errors.Is(err, peer.ErrChannel) {
		t.Errorf("Send before open: got %v, want ErrChannel", err)
	}
	p.connect()
	say := func(text string) {
		t.Helper()
		if err := p.peer.Send(control.ChannelControl, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, p.said); got != "control "+text {
			t.Errorf("said %q, want %q", got, text)
		}
	}
	say("one")
	if err := p.peer.Answer(p.answer(p.offer(true))); err != nil {
		t.Fatal(err)
	}
	say("two")
}

func TestAnswerOfAnotherCertificateIsRefused(t *testing.T) {
	p, stranger := newPair(t, webrtc.DTLSRoleAuto), newPair(t, webrtc.DTLSRoleAuto)
	p.connect()
	if err := p.peer.Answer(stranger.answer(p.offer(true))); !errors.Is(err, peer.ErrFingerprint) {
		t.Errorf("answer of a stranger: got %v, want ErrFingerprint", err)
	}
}

func TestChannelsOfTheOtherEndAreClosed(t *testing.T) {
	p := newPair(t, webrtc.DTLSRoleAuto)
	p.connect()
	uninvited, err := p.other.CreateDataChannel("display", nil)
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	uninvited.OnClose(func() { close(closed) })
	receive(t, closed)
}

func TestCloseOfTheOtherEndIsNoticed(t *testing.T) {
	p := newPair(t, webrtc.DTLSRoleAuto)
	p.connect()
	if err := p.other.GracefulClose(); err != nil {
		t.Fatal(err)
	}
	for s := receive(t, p.states); s != peer.Closed && s != peer.Failed; {
		s = receive(t, p.states)
	}
}
