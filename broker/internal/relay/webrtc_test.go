package relay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"beside/broker/internal/relay"
	"beside/signaling"
	"beside/signaling/grant"
)

// TestPeersForcedToRelay: two real peers that may use nothing but the relay
// find each other, and the candidates they use are relayed.
func TestPeersForcedToRelay(t *testing.T) {
	h := start(t, "203.0.113.7") // no end could reach this one directly
	client, viewer := h.peer("s1", grant.Client), h.peer("s1", grant.Viewer)
	hello := make(chan string, 1)
	viewer.OnDataChannel(func(d *webrtc.DataChannel) {
		d.OnMessage(func(m webrtc.DataChannelMessage) { hello <- string(m.Data) })
	})
	channel, err := client.CreateDataChannel("display", nil)
	if err != nil {
		t.Fatal(err)
	}
	channel.OnOpen(func() { _ = channel.SendText("a picture") })
	connect(t, client, viewer)
	select {
	case got := <-hello:
		if got != "a picture" {
			t.Errorf("received %q", got)
		}
	case <-time.After(2 * patience):
		t.Fatal("no message came through the relay")
	}
	pair, err := client.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair.Local.Typ != webrtc.ICECandidateTypeRelay || pair.Remote.Typ != webrtc.ICECandidateTypeRelay {
		t.Errorf("pair %v, %v; want relayed at both ends", pair, err)
	}
	h.waitEvent(relay.Event{Session: "s1", Role: grant.Viewer})
}

// TestPeersOfTwoSessionsNeverMeet: the same, with the two ends in different
// sessions.
func TestPeersOfTwoSessionsNeverMeet(t *testing.T) {
	h := start(t, "203.0.113.7")
	client, viewer := h.peer("s1", grant.Client), h.peer("s2", grant.Viewer)
	if _, err := client.CreateDataChannel("display", nil); err != nil {
		t.Fatal(err)
	}
	connect(t, client, viewer)
	h.waitEvent(relay.Event{Session: "s1", Role: grant.Client, Denied: relay.DeniedPeer})
	for _, pc := range []*webrtc.PeerConnection{client, viewer} {
		if s := pc.ICEConnectionState(); s == webrtc.ICEConnectionStateConnected || s == webrtc.ICEConnectionStateCompleted {
			t.Errorf("peers of two sessions are %v", s)
		}
	}
}

func (h *harness) peer(session string, role grant.Role) *webrtc.PeerConnection {
	h.t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{
		ICEServers:         iceServers(h.Servers(session, role, "epoch")),
		ICETransportPolicy: webrtc.ICETransportPolicyRelay,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			h.t.Error(err)
		}
	})
	return pc
}

func iceServers(servers []signaling.ICEServer) []webrtc.ICEServer {
	out := make([]webrtc.ICEServer, len(servers))
	for i, s := range servers {
		out[i] = webrtc.ICEServer{URLs: s.URLs, Username: s.Username, Credential: s.Credential}
	}
	return out
}

// connect exchanges descriptions with all their candidates.
func connect(t *testing.T, a, b *webrtc.PeerConnection) {
	t.Helper()
	describe := func(pc *webrtc.PeerConnection, make func() (webrtc.SessionDescription, error)) webrtc.SessionDescription {
		t.Helper()
		gathered := webrtc.GatheringCompletePromise(pc)
		d, err := make()
		if err != nil {
			t.Fatal(err)
		}
		if err := pc.SetLocalDescription(d); err != nil {
			t.Fatal(err)
		}
		select {
		case <-gathered:
		case <-time.After(2 * patience):
			t.Fatal("candidates were not gathered")
		}
		if d := *pc.LocalDescription(); strings.Contains(d.SDP, "typ relay") {
			return d
		}
		t.Fatal("no relayed candidate was gathered")
		return d
	}
	offer := describe(a, func() (webrtc.SessionDescription, error) { return a.CreateOffer(nil) })
	if err := b.SetRemoteDescription(offer); err != nil {
		t.Fatal(err)
	}
	answer := describe(b, func() (webrtc.SessionDescription, error) { return b.CreateAnswer(nil) })
	if err := a.SetRemoteDescription(answer); err != nil {
		t.Fatal(err)
	}
}
