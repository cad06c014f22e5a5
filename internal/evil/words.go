package evil

import (
	"testing"

	"github.com/pion/webrtc/v4"

	"beside/signaling/control"
	"beside/signaling/words"
)

// compare plays the viewer's honest part of the verification words: the technician
// reads out what Words delivers.
func (v *Viewer) compare(m control.Message) {
	b, there := v.binding()
	if !there {
		return
	}
	switch m := m.(type) {
	case control.Commit:
		v.commit, v.nonce = words.Commit(m.Commit), words.NewNonce()
		v.Say(control.Nonce{Nonce: v.nonce[:]})
	case control.Reveal:
		if err := v.commit.Check(b, words.Nonce(m.Nonce)); err != nil {
			v.t.Errorf("viewer: %v", err)
			return
		}
		w, err := words.Of(b, words.Nonce(m.Nonce), v.nonce)
		if err != nil {
			v.t.Error(err)
			return
		}
		v.Words <- w
	}
}

// NewSpokenMiddle stands between a client and an honest viewer as a broker can that
// found a spoken code out: it holds the secret, so message 0 of both sides is good,
// and it compares words with each.
func NewSpokenMiddle(t testing.TB, b *Broker, honest *Viewer) *Middle {
	m := NewMiddle(t, b, honest)
	m.Front.Hello, m.Front.OnHello = nil, nil // with the key of its own that NewViewer gave it
	nonce := words.NewNonce()
	say := func(out control.Message) {
		raw, err := control.Encode(out)
		if err != nil {
			t.Error(err)
			return
		}
		_ = m.client.SendText(string(raw)) // it may be gone
	}
	m.client.OnMessage(func(msg webrtc.DataChannelMessage) {
		in, err := control.DecodeFromViewer(msg.Data)
		if err != nil {
			t.Error(err)
			return
		}
		binding := honest.Binding()
		switch in.(type) {
		case control.HelloViewer:
			say(control.HelloClient{Proof: binding.ClientProof(honest.Invitation.Secret), Key: make([]byte, 32)})
			commit := nonce.Commit(binding)
			say(control.Commit{Commit: commit[:]})
		case control.Nonce:
			say(control.Reveal{Nonce: nonce[:]})
		}
	})
	return m
}
