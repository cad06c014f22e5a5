package evil

import (
	"testing"

	"github.com/pion/webrtc/v4"

	"beside/signaling"
	"beside/signaling/control"
)

// Middle stands between a client and an honest viewer, as a broker can that
// swaps fingerprints: to each it is the other one, with its own certificate on
// both sides, and it passes message 0 of each on to the other as it came.
type Middle struct {
	Front *Viewer // towards the client: attach this one

	t      testing.TB
	pc     *webrtc.PeerConnection // towards the viewer
	hello  chan []byte            // of the honest viewer
	client *webrtc.DataChannel
	open   chan struct{}
}

// NewMiddle takes the honest viewer, which must not be attached to the broker.
func NewMiddle(t testing.TB, b *Broker, honest *Viewer) *Middle {
	m := &Middle{t: t, Front: NewViewer(t, b, honest.Invitation), hello: make(chan []byte, 1), open: make(chan struct{})}
	pc, err := API(t, 0).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	m.pc = pc
	t.Cleanup(func() { _ = pc.GracefulClose() })
	m.client = Channels(t, pc)[control.ChannelControl]
	m.client.OnOpen(func() { close(m.open) })
	m.client.OnMessage(func(msg webrtc.DataChannelMessage) {
		select {
		case m.hello <- msg.Data:
		default: // only message 0 matters
		}
	})
	m.Front.Hello = func(control.HelloViewer) []byte { return <-m.hello }
	m.Front.OnHello = func(h control.HelloClient) {
		raw, err := control.Encode(h)
		if err != nil {
			t.Error(err)
			return
		}
		go func() {
			<-m.open
			_ = m.client.SendText(string(raw)) // it may be gone
		}()
	}
	m.lure(honest)
	return m
}

// lure makes the honest viewer connect to us.
func (m *Middle) lure(honest *Viewer) {
	own := ID()
	honest.send = func(p signaling.PeerMessage) {
		switch p := p.(type) {
		case signaling.Answer:
			if err := m.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: p.SDP}); err != nil {
				m.t.Error(err)
			}
		case signaling.Candidate:
			line := uint16(p.Line)
			// Before the answer it fails; the other end's checks find us anyway.
			_ = m.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: p.Candidate, SDPMid: &p.Mid, SDPMLineIndex: &line})
		}
	}
	honest.present(own)
	offer, err := m.pc.CreateOffer(nil)
	if err == nil {
		gathered := webrtc.GatheringCompletePromise(m.pc)
		err = m.pc.SetLocalDescription(offer)
		<-gathered
	}
	if err != nil {
		m.t.Fatal(err)
	}
	honest.receive(signaling.Offer{
		Peer: signaling.Peer{From: own, To: honest.epoch, Seq: 1}, SDP: m.pc.LocalDescription().SDP,
	})
}
