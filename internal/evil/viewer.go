package evil

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/display"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/words"
)

// Viewer answers a client's offers. It is honest but for what its fields say;
// they are set before Broker.Attach.
type Viewer struct {
	t       testing.TB
	session string
	epoch   string
	send    func(signaling.PeerMessage)

	Invitation  Invitation
	Certificate *webrtc.Certificate // kept over a reload
	Role        webrtc.DTLSRole     // in the answer; auto when zero
	Token       string
	// Hello, when set, makes message 0; nothing is sent when it returns nil.
	Hello func(honest control.HelloViewer) []byte
	// First, when set, is called with the channels before anything is sent.
	First func(*Viewer)
	// Tamper, when set, changes the answer.
	Tamper func(sdp string) string
	// OnHello, when set, gets the client's message 0 and decides alone.
	OnHello func(control.HelloClient)
	// Mute leaves updates unacknowledged.
	Mute bool
	// OnWords, when set, gets what the client says of the words in place of the honest part.
	OnWords func(control.Message)
	// Words delivers the words of each comparison, for the technician to read out.
	Words chan words.Words

	sending  sync.Mutex
	mu       sync.Mutex
	out      *signaling.Outbox
	in       *signaling.Inbox
	client   string
	pc       *webrtc.PeerConnection
	channels map[string]*webrtc.DataChannel
	got      []control.Message
	picture  display.Decoder
	opens    int
	frames   []control.Frame
	updates  int
	bytes    int
	closed   bool
	notify   chan struct{} // replaced at each change
	commit   words.Commit  // of the client; for the goroutine of control alone, as nonce
	nonce    words.Nonce
}

// NewViewer makes a viewer of a session.
func NewViewer(t testing.TB, b *Broker, i Invitation) *Viewer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := webrtc.GenerateCertificate(key)
	if err != nil {
		t.Fatal(err)
	}
	v := &Viewer{
		t: t, session: b.Session, epoch: ID(), Invitation: i, Certificate: cert,
		channels: make(map[string]*webrtc.DataChannel), notify: make(chan struct{}),
		Words: make(chan words.Words, 4),
		Token: b.AccessToken(i.Public(), grant.SetOf(grant.View, grant.Control), grant.MaxAccessLife),
	}
	t.Cleanup(v.Close)
	return v
}

// Reload is the same page again: a new instance with the same keys.
func (v *Viewer) Reload(b *Broker) *Viewer {
	again := NewViewer(v.t, b, v.Invitation)
	again.Certificate, again.Token = v.Certificate, v.Token
	return again
}

// Epoch names this running instance.
func (v *Viewer) Epoch() string { return v.epoch }

// Close ends the connection.
func (v *Viewer) Close() {
	v.mu.Lock()
	pc := v.pc
	v.pc, v.closed = nil, true
	v.mu.Unlock()
	if pc != nil {
		_ = pc.GracefulClose()
	}
}

// Freeze stops the viewer without a word, as an unplugged network does.
func (v *Viewer) Freeze() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
}

// Drop closes the PeerConnection and takes the next offer with a new one.
func (v *Viewer) Drop() {
	v.mu.Lock()
	pc := v.pc
	v.pc, v.channels, v.picture = nil, make(map[string]*webrtc.DataChannel), display.Decoder{}
	v.mu.Unlock()
	if pc != nil {
		_ = pc.GracefulClose()
	}
}

// Connections counts the PeerConnections so far.
func (v *Viewer) Connections() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.opens
}

// Hi sends an honest message 0 once more.
func (v *Viewer) Hi() { v.Say(v.honest()) }

// present says which instance of the client is there.
func (v *Viewer) present(epoch string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.client == epoch {
		for _, m := range v.out.Unacked() {
			go v.send(m)
		}
		return
	}
	v.client = epoch
	v.out, v.in = signaling.NewOutbox(v.epoch, epoch), signaling.NewInbox(v.epoch, epoch)
}

func (v *Viewer) post(m signaling.PeerMessage) {
	v.sending.Lock() // numbered in the order of sending
	defer v.sending.Unlock()
	v.mu.Lock()
	if v.out == nil {
		v.mu.Unlock()
		return
	}
	m, err := v.out.Add(m)
	v.mu.Unlock()
	if err == nil {
		v.send(m)
	}
}

func (v *Viewer) receive(m signaling.PeerMessage) {
	v.mu.Lock()
	if ack, ok := m.(signaling.Ack); ok {
		v.out.Acked(ack.Upto)
		v.mu.Unlock()
		return
	}
	next := v.in.Take(m)
	ack := v.in.Ack()
	v.mu.Unlock()
	v.send(ack)
	if !next {
		return
	}
	switch m := m.(type) {
	case signaling.Offer:
		v.onOffer(m.SDP)
	case signaling.Candidate:
		v.onCandidate(m)
	}
}

func (v *Viewer) onCandidate(m signaling.Candidate) {
	line := uint16(m.Line)
	init := webrtc.ICECandidateInit{Candidate: m.Candidate, SDPMid: &m.Mid, SDPMLineIndex: &line}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.pc == nil || m.Candidate == "" {
		return
	}
	if err := v.pc.AddICECandidate(init); err != nil {
		v.t.Logf("viewer: candidate: %v", err)
	}
}

func (v *Viewer) onOffer(sdp string) {
	v.mu.Lock()
	pc := v.pc
	v.mu.Unlock()
	if pc == nil {
		if pc = v.open(); pc == nil {
			return
		}
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp}); err != nil {
		v.t.Logf("viewer: offer: %v", err)
		return
	}
	answer, err := pc.CreateAnswer(nil)
	if err == nil {
		err = pc.SetLocalDescription(answer)
	}
	if err != nil {
		v.t.Logf("viewer: answer: %v", err)
		return
	}
	text := answer.SDP
	if v.Tamper != nil {
		text = v.Tamper(text)
	}
	v.post(signaling.Answer{SDP: text})
}

func (v *Viewer) open() *webrtc.PeerConnection {
	pc, err := API(v.t, v.Role).NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{*v.Certificate}})
	if err != nil {
		v.t.Error(err)
		return nil
	}
	pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c == nil {
			return
		}
		init := c.ToJSON()
		v.post(signaling.Candidate{Candidate: init.Candidate, Mid: *init.SDPMid, Line: int(*init.SDPMLineIndex)})
	})
	for _, d := range Channels(v.t, pc) {
		d.OnMessage(func(m webrtc.DataChannelMessage) { v.onMessage(d.Label(), m.Data) })
		d.OnOpen(func() { v.opened(d) })
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		go pc.Close()
		return nil
	}
	v.pc = pc
	v.opens++
	return pc
}

// opened sends message 0 when all channels are there.
func (v *Viewer) opened(d *webrtc.DataChannel) {
	v.mu.Lock()
	v.channels[d.Label()] = d
	all := len(v.channels) == len(control.Channels())
	v.changed()
	v.mu.Unlock()
	if !all {
		return
	}
	hello, there := v.hello() // before First, at which the client may close everything
	if !there {
		return
	}
	if v.First != nil {
		v.First(v)
	}
	raw, err := control.Encode(hello)
	if err != nil {
		v.t.Error(err)
		return
	}
	if v.Hello != nil {
		if raw = v.Hello(hello); raw == nil {
			return
		}
	}
	v.Raw(control.ChannelControl, raw)
}

// Settle waits until the client's transport has taken all that was sent on a
// channel, and a little for what it would do with it.
func (v *Viewer) Settle(channel string) {
	v.mu.Lock()
	d := v.channels[channel]
	v.mu.Unlock()
	for d != nil && d.BufferedAmount() > 0 {
		<-time.After(time.Millisecond)
	}
	<-time.After(100 * time.Millisecond)
}

// Binding is what message 0 of both ends is over.
func (v *Viewer) Binding() invite.Binding {
	b, there := v.binding()
	if !there {
		v.t.Error("viewer: no connection")
	}
	return b
}

func (v *Viewer) binding() (b invite.Binding, there bool) {
	v.mu.Lock()
	pc := v.pc
	v.mu.Unlock()
	own, err := v.Certificate.GetFingerprints()
	if err != nil || pc == nil {
		return b, false
	}
	return invite.Binding{
		Session: v.session, Client: sha256.Sum256(pc.SCTP().Transport().GetRemoteCertificate()), Viewer: parse(v.t, own[0].Value),
	}, true
}

func (v *Viewer) honest() control.HelloViewer {
	return v.helloFor(v.Binding())
}

func (v *Viewer) hello() (control.HelloViewer, bool) {
	b, there := v.binding()
	return v.helloFor(b), there
}

func (v *Viewer) helloFor(b invite.Binding) control.HelloViewer {
	return control.HelloViewer{Proof: b.ViewerProof(v.Invitation.Key), Key: v.Invitation.Public(), Token: v.Token}
}

func (v *Viewer) onMessage(channel string, data []byte) {
	v.mu.Lock()
	frozen := v.closed
	v.mu.Unlock()
	if frozen {
		return
	}
	if channel == control.ChannelDisplay || channel == control.ChannelRepeat {
		v.onUpdate(channel, data)
		return
	}
	if channel == control.ChannelFiles {
		v.onFrame(data)
		return
	}
	m, err := control.DecodeFromClient(data)
	if err != nil {
		v.t.Errorf("viewer: %v", err)
		return
	}
	if hello, ok := m.(control.HelloClient); ok {
		if v.OnHello != nil {
			v.OnHello(hello)
		} else if b, there := v.binding(); !there {
			return // closed in the meantime
		} else if err := b.CheckClient(v.Invitation.Secret, hello.Proof); err != nil {
			v.t.Errorf("viewer: %v", err)
		}
	}
	if v.OnWords != nil {
		v.OnWords(m)
	} else {
		v.compare(m)
	}
	v.mu.Lock()
	v.got = append(v.got, m)
	v.changed()
	v.mu.Unlock()
}

func (v *Viewer) onUpdate(channel string, data []byte) {
	v.mu.Lock()
	v.updates++
	v.bytes += len(data)
	v.changed()
	receive := v.picture.Receive
	if channel == control.ChannelRepeat {
		receive = v.picture.ReceiveRepeat
	}
	seq, ack, err := receive(data)
	v.mu.Unlock()
	if err != nil {
		v.t.Errorf("viewer: update: %v", err)
	}
	if ack && !v.Mute {
		v.Raw(channel, display.AppendAck(nil, display.Ack{Seq: seq}))
	}
}

// changed wakes whoever waits; v.mu is held.
func (v *Viewer) changed() {
	close(v.notify)
	v.notify = make(chan struct{})
}

// Raw sends bytes on a channel, whatever they are.
func (v *Viewer) Raw(channel string, data []byte) {
	v.mu.Lock()
	d := v.channels[channel]
	v.mu.Unlock()
	if d == nil {
		return
	}
	var err error
	if channel == control.ChannelControl || channel == control.ChannelPointer {
		err = d.SendText(string(data))
	} else {
		err = d.Send(data)
	}
	if err != nil {
		v.t.Logf("viewer: send on %s: %v", channel, err)
	}
}

// Say sends a message on control.
func (v *Viewer) Say(m control.Message) {
	raw, err := control.Encode(m)
	if err != nil {
		v.t.Fatal(err)
	}
	v.Raw(control.ChannelControl, raw)
}

// Do sends one input on the channel that it belongs to.
func (v *Viewer) Do(in control.Input) {
	raw, err := control.EncodeInput(in)
	if err != nil {
		v.t.Fatal(err)
	}
	channel := control.ChannelControl
	switch in.(type) {
	case control.Move, control.Point:
		channel = control.ChannelPointer
	}
	v.Raw(channel, raw)
}

// Again sends an act once more, as the one with this number.
func (v *Viewer) Again(seq uint32, in control.Input) {
	raw, err := control.EncodeAgain(control.Again{Seq: seq, Input: in})
	if err != nil {
		v.t.Fatal(err)
	}
	v.Raw(control.ChannelPointer, raw)
}

// Got returns what the client said, and how many updates and bytes of picture came.
func (v *Viewer) Got() (messages []control.Message, updates, bytes int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]control.Message(nil), v.got...), v.updates, v.bytes
}

// Changed is closed at the next change of what Got returns.
func (v *Viewer) Changed() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.notify
}

// Fingerprint is that of the viewer's certificate.
func (v *Viewer) Fingerprint() invite.Fingerprint {
	own, err := v.Certificate.GetFingerprints()
	if err != nil {
		v.t.Fatal(err)
	}
	return parse(v.t, own[0].Value)
}
