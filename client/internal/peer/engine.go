package peer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"beside/signaling"
)

const (
	// Keep a small window after loss: without it one lost packet in a hundred
	// lets updates wait for a second and more.
	minWindowBytes = 48 << 10
	receiveBytes   = 1 << 20 // input and acknowledgements are small

	disconnectedAfter = 3 * time.Second  // nothing heard: the bar says so
	failedAfter       = 12 * time.Second // more: another path is tried
	keepAlive         = time.Second

	// How long a better path is waited for. Browsers hide their addresses, so
	// that theirs on the same network are learnt from checks alone ("peer
	// reflexive"): as good as any.
	reflexiveWait = 50 * time.Millisecond
	serverWait    = 200 * time.Millisecond
	relayWait     = time.Second
)

// NewCertificate makes the certificate of one session (ECDSA on P-256, as
// browsers do).
func NewCertificate() (webrtc.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("make DTLS key: %w", err)
	}
	c, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("make DTLS certificate: %w", err)
	}
	return *c, nil
}

// newAPI sets the engine up: data channels only, no name in multicast DNS.
func newAPI(loopback bool) *webrtc.API {
	var e webrtc.SettingEngine
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.SetIncludeLoopbackCandidate(loopback)
	e.SetICETimeouts(disconnectedAfter, failedAfter, keepAlive)
	e.SetPrflxAcceptanceMinWait(reflexiveWait)
	e.SetSrflxAcceptanceMinWait(serverWait)
	e.SetRelayAcceptanceMinWait(relayWait)
	e.EnableSCTPZeroChecksum(true) // DTLS already checks every packet (RFC 9653)
	e.SetSCTPMinCwnd(minWindowBytes)
	e.SetSCTPFastRtxWnd(minWindowBytes)
	e.SetSCTPMaxReceiveBufferSize(receiveBytes)
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled // it would log addresses
	e.LoggerFactory = quiet
	return webrtc.NewAPI(webrtc.WithSettingEngine(e), webrtc.WithMediaEngine(&webrtc.MediaEngine{}),
		webrtc.WithInterceptorRegistry(nil)) // without media; the usual ones would wake us a dozen times a second
}

func configuration(c Config) webrtc.Configuration {
	out := webrtc.Configuration{Certificates: []webrtc.Certificate{c.Certificate}}
	if c.RelayOnly {
		out.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	out.ICEServers = iceServers(c.ICE)
	return out
}

func iceServers(all []signaling.ICEServer) (out []webrtc.ICEServer) {
	for _, s := range all {
		out = append(out, iceServer(s))
	}
	return out
}

func iceServer(s signaling.ICEServer) webrtc.ICEServer {
	out := webrtc.ICEServer{URLs: s.URLs, Username: s.Username}
	if s.Credential != "" {
		out.Credential = s.Credential
	}
	return out
}
