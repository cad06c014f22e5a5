package session_test

import (
	"encoding/base64"
	"testing"

	"beside/internal/evil"
	"beside/signaling"
)

// TestReceiptIsOfTheBroker: the last window leads to the receipt, with a value that
// reads that page and joins nothing; and whatever the broker calls the invitation, it
// leads nowhere else.
func TestReceiptIsOfTheBroker(t *testing.T) {
	for name, leads := range map[string]bool{
		"": false, "../admin": false, "a/b": false, "a?b": false, "a#b": false, "@evil.example": false, "Zm9vYmFyLV8": true,
	} {
		t.Run(name, func(t *testing.T) {
			st := &stage{t: t, broker: evil.NewBroker(t), invite: evil.NewInvitation(t), person: allowing(), desk: newDesk(), over: make(chan struct{})}
			st.broker.Invitation = name
			st.start()
			st.live(st.viewer())
			st.broker.End(signaling.ByTechnician)
			<-st.over
			s := st.person.told()
			if s == nil {
				t.Fatal("no summary")
			}
			want := ""
			if page := st.invite.Secret.Page(); leads {
				want = st.broker.URL().String() + "/j/" + name + "#" + base64.RawURLEncoding.EncodeToString(page[:])
			}
			if s.Receipt != want {
				t.Errorf("receipt at %q, want %q", s.Receipt, want)
			}
		})
	}
}
