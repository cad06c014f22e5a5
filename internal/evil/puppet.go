package evil

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"

	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
)

// System is what a puppet says of its machine.
type System struct {
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Name    string `json:"name,omitempty"`
	Version string `json:"version"`
}

// Puppet is a client at a real broker that shows nothing, asks nobody, and says
// whatever it is told to. It holds the link, so the technician's page believes that it
// is the client. It owns its goroutines until Close.
type Puppet struct {
	// Heard gets what the page says on the channel control. Set it before Join.
	Heard func(raw []byte)
	// Spoken says that the link's secret is that of a spoken code. Set it before Join.
	Spoken bool

	broker  *url.URL
	secret  invite.Secret
	key     ed25519.PrivateKey
	session string
	epoch   string
	page    string // the epoch of the page that we offered to last
	conn    *signaling.Conn
	out     *signaling.Outbox
	in      *signaling.Inbox
	seq     uint64
	prev    []byte

	offers sync.Mutex // of page, out and in: Again is called from another goroutine than Run

	mu    sync.Mutex // of what follows: Say is called from another goroutine than Run
	pc    *webrtc.PeerConnection
	lines map[string]*webrtc.DataChannel
}

// Join redeems the link and keeps its socket until the technician accepts.
func (p *Puppet) Join(ctx context.Context, link invite.Link, s System, version string) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	p.broker, p.secret, p.key, p.epoch, p.prev = link.Broker, link.Secret, key, ID(), []byte{}
	public := key.Public().(ed25519.PublicKey)
	join := p.secret.Join()
	var pass pass
	err = p.post(ctx, "/api/v1/redeem", map[string]any{
		"join": text64(join[:]), "spoken": p.Spoken, "key": text64(public), "proof": text64(ed25519.Sign(key, grant.RedeemStatement(join, public))),
		"system": s, "version": version,
	}, &pass)
	if err != nil {
		return err
	}
	p.session = pass.Session
	if p.conn, err = signaling.Dial(ctx, &websocket.Dialer{}, pass.Signaling); err != nil {
		return err
	}
	m, err := p.conn.Read(signaling.AuthTimeout)
	challenge, ok := m.(signaling.Challenge)
	if err != nil || !ok {
		return fmt.Errorf("no challenge: %v %w", m, err)
	}
	at, err := url.Parse(pass.Signaling)
	if err != nil {
		return err
	}
	return p.conn.Write(signaling.Auth{
		Token: pass.Token, Proof: ed25519.Sign(key, grant.PopStatement(challenge.Nonce, pass.Token, at.Host)), Epoch: p.epoch,
	})
}

func (p *Puppet) post(ctx context.Context, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.broker.JoinPath(path).String(), bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s %s %w", path, res.Status, answer, err)
	}
	return json.Unmarshal(answer, into)
}

func text64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// Run follows the broker until the session or ctx ends, and offers itself to each
// instance of the page.
func (p *Puppet) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, p.conn.Close)
	defer stop()
	for {
		m, err := p.conn.Read(signaling.DeadAfter)
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case signaling.Welcome:
			err = p.follow(m.State)
		case signaling.StateChange:
			err = p.follow(m.State)
		case signaling.Answer:
			if p.take(m) {
				err = p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: m.SDP})
			}
		case signaling.Candidate:
			if p.take(m) && m.Candidate != "" {
				_ = p.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: m.Candidate, SDPMid: &m.Mid}) // others may do
			}
		}
		if err != nil {
			return err
		}
	}
}

func (p *Puppet) take(m signaling.PeerMessage) bool {
	p.offers.Lock()
	defer p.offers.Unlock()
	if p.in == nil {
		return false
	}
	next := p.in.Take(m)
	_ = p.conn.Write(p.in.Ack()) // a socket that is gone shows at the next read
	return next
}

// follow offers a connection to a page that is new.
func (p *Puppet) follow(s signaling.State) error {
	p.offers.Lock()
	defer p.offers.Unlock()
	accepted := s.Phase == signaling.Asking || s.Phase == signaling.Live || s.Phase == signaling.Paused
	if !accepted || s.Peer == "" || s.Peer == p.page {
		return nil
	}
	p.page = s.Peer
	p.out, p.in = signaling.NewOutbox(p.epoch, s.Peer), signaling.NewInbox(p.epoch, s.Peer)
	return p.offer()
}

// Again drops the connection and offers another to the same page.
func (p *Puppet) Again() error {
	p.offers.Lock()
	defer p.offers.Unlock()
	return p.offer()
}

// offer offers a new connection; p.offers is held.
func (p *Puppet) offer() error {
	if p.pc != nil {
		_ = p.pc.GracefulClose()
	}
	api, err := engine(0)
	if err != nil {
		return err
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return err
	}
	made, err := lines(pc)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.pc, p.lines = pc, made
	p.mu.Unlock()
	talk := made[control.ChannelControl]
	talk.OnOpen(func() { p.hello(pc) })
	talk.OnMessage(func(m webrtc.DataChannelMessage) { p.Heard(m.Data) })
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	m, err := p.out.Add(signaling.Offer{SDP: pc.LocalDescription().SDP})
	if err != nil {
		return err
	}
	return p.conn.Write(m)
}

// hello proves that the link is held, which is true.
func (p *Puppet) hello(pc *webrtc.PeerConnection) {
	own, err := pc.GetConfiguration().Certificates[0].GetFingerprints()
	if err != nil {
		return
	}
	print, err := fingerprint(own[0].Value)
	if err != nil {
		return
	}
	b := invite.Binding{Session: p.session, Client: print, Viewer: sha256.Sum256(pc.SCTP().Transport().GetRemoteCertificate())}
	raw, err := control.Encode(control.HelloClient{Proof: b.ClientProof(p.secret), Key: p.key.Public().(ed25519.PublicKey)})
	if err == nil {
		err = p.Say(control.ChannelControl, string(raw))
	}
	_ = err // the page then says that nobody proved anything
}

// Say sends a text on a channel, whatever it is.
func (p *Puppet) Say(channel, text string) error {
	return p.send(channel, func(d *webrtc.DataChannel) error { return d.SendText(text) })
}

// Bytes sends bytes on a channel, whatever they are.
func (p *Puppet) Bytes(channel string, raw []byte) error {
	return p.send(channel, func(d *webrtc.DataChannel) error { return d.Send(raw) })
}

func (p *Puppet) send(channel string, by func(*webrtc.DataChannel) error) error {
	p.mu.Lock()
	line := p.lines[channel]
	p.mu.Unlock()
	if line == nil {
		return fmt.Errorf("no channel %q", channel)
	}
	return by(line)
}

// State signs a statement of any kind with any data, as the next of the chain, and
// sends it to the broker.
func (p *Puppet) State(kind record.Kind, data json.RawMessage) error {
	p.seq++
	body, err := json.Marshal(record.Claim{
		Session: p.session, Seq: p.seq, Prev: p.prev, Time: time.Now().UTC().Truncate(time.Millisecond), Kind: kind, Data: data,
	})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	p.prev = sum[:]
	signed := ed25519.Sign(p.key, append([]byte(record.StatementLabel), body...))
	return p.conn.Write(signaling.Event{Seq: p.seq, Statement: record.Statement{Body: body, Signature: signed}})
}

// Close ends the connection.
func (p *Puppet) Close() {
	if p.conn != nil {
		p.conn.Close()
	}
	if p.pc != nil {
		_ = p.pc.GracefulClose()
	}
}
