package evil

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"beside/signaling/control"
	"beside/signaling/invite"
)

// engine is a pion engine for loopback; role is the DTLS role of answers.
func engine(role webrtc.DTLSRole) (*webrtc.API, error) {
	var e webrtc.SettingEngine
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.SetIncludeLoopbackCandidate(true)
	if role != 0 && role != webrtc.DTLSRoleAuto {
		if err := e.SetAnsweringDTLSRole(role); err != nil {
			return nil, err
		}
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(e)), nil
}

// API is a pion engine for loopback; role is the DTLS role of answers.
func API(t testing.TB, role webrtc.DTLSRole) *webrtc.API {
	api, err := engine(role)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// lines makes the data channels of a connection, by label.
func lines(pc *webrtc.PeerConnection) (map[string]*webrtc.DataChannel, error) {
	made := make(map[string]*webrtc.DataChannel)
	for _, c := range control.Channels() {
		negotiated, ordered, never := true, !c.Lossy, uint16(0)
		init := &webrtc.DataChannelInit{Negotiated: &negotiated, ID: &c.ID, Ordered: &ordered}
		if c.Lossy {
			init.MaxRetransmits = &never
		}
		d, err := pc.CreateDataChannel(c.Label, init)
		if err != nil {
			return nil, err
		}
		made[c.Label] = d
	}
	return made, nil
}

// Channels makes the data channels of a connection, by label.
func Channels(t testing.TB, pc *webrtc.PeerConnection) map[string]*webrtc.DataChannel {
	made, err := lines(pc)
	if err != nil {
		t.Error(err) // the connection is being closed
	}
	return made
}

// fingerprint reads one as a description writes it, without the name of its hash.
func fingerprint(text string) (f invite.Fingerprint, err error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if err != nil || len(raw) != len(f) {
		return f, fmt.Errorf("fingerprint %q: %w", text, err)
	}
	return invite.Fingerprint(raw), nil
}

func parse(t testing.TB, text string) invite.Fingerprint {
	f, err := fingerprint(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
