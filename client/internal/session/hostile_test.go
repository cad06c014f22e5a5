package session_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/display"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
)

// nothing checks that the viewer was shown nothing and did nothing, and that the
// person was not even asked.
func (st *stage) nothing(viewers ...*evil.Viewer) {
	st.t.Helper()
	if n, _ := st.desk.captured_(); n != 0 || st.desk.opened != 0 || len(st.desk.injected_()) != 0 {
		st.t.Errorf("%d captures, %d inputs, want none", n, len(st.desk.injected_()))
	}
	if n := len(st.person.asked()); n != 0 {
		st.t.Errorf("the person was asked %d times", n)
	}
	for _, v := range viewers {
		messages, updates, _ := v.Got()
		if updates != 0 {
			st.t.Errorf("a viewer got %d updates", updates)
		}
		for _, m := range messages {
			if _, hello := m.(control.HelloClient); !hello {
				st.t.Errorf("a viewer got %s", control.Type(m))
			}
		}
	}
}

func (st *stage) refused(reason string) {
	st.t.Helper()
	st.ended("not_verified")
	st.told(record.KindVerifyFailed, func(data string) bool { return data == `{"reason":"`+reason+`"}` })
	st.never(record.KindPeerVerified)
	if s := st.person.summary; s == nil || s.End != window.EndedBySafety {
		st.t.Errorf("summary: got %+v", s)
	}
}

var roles = map[string]webrtc.DTLSRole{"viewer active": webrtc.DTLSRoleClient, "viewer passive": webrtc.DTLSRoleServer}

func TestEitherDTLSRole(t *testing.T) {
	for name, role := range roles {
		t.Run(name, func(t *testing.T) {
			st := play(t, allowing())
			st.live(st.viewer(func(v *evil.Viewer) { v.Role = role }))
		})
	}
}

func TestSwappedFingerprintNeverGetsAPixel(t *testing.T) {
	for name, role := range roles {
		t.Run(name, func(t *testing.T) {
			st := play(t, allowing())
			honest := evil.NewViewer(t, st.broker, st.invite)
			believed := make(chan error, 1)
			honest.OnHello = func(h control.HelloClient) {
				believed <- honest.Binding().CheckClient(st.invite.Secret, h.Proof)
			}
			m := evil.NewMiddle(t, st.broker, honest)
			m.Front.Role = role
			st.broker.Attach(m.Front)
			st.broker.Accept()
			st.refused("binding")
			st.nothing(m.Front, honest)
			select {
			case err := <-believed:
				if !errors.Is(err, invite.ErrBinding) {
					t.Errorf("the viewer: got %v, want ErrBinding", err)
				}
			default: // the end came before the client's message 0 was passed on
			}
		})
	}
}

func TestReaderOfLinkCannotPlayTechnician(t *testing.T) {
	_, own, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		hello  func(*stage, *evil.Viewer, control.HelloViewer) control.HelloViewer
		reason string
	}{
		{"own key", func(st *stage, v *evil.Viewer, h control.HelloViewer) control.HelloViewer {
			pub := own.Public().(ed25519.PublicKey)
			return control.HelloViewer{Proof: v.Binding().ViewerProof(own), Key: pub, Token: st.broker.AccessToken(pub, both, time.Minute)}
		}, "binding"},
		{"the link's key, own signature", func(_ *stage, v *evil.Viewer, h control.HelloViewer) control.HelloViewer {
			h.Proof = v.Binding().ViewerProof(own)
			return h
		}, "binding"},
		{"signature of another session", func(st *stage, v *evil.Viewer, h control.HelloViewer) control.HelloViewer {
			b := v.Binding()
			b.Session = evil.ID()
			h.Proof = b.ViewerProof(st.invite.Key)
			return h
		}, "binding"},
		{"token of another holder", func(st *stage, _ *evil.Viewer, h control.HelloViewer) control.HelloViewer {
			h.Token = st.broker.AccessToken(own.Public().(ed25519.PublicKey), both, time.Minute)
			return h
		}, "token"},
		{"token of another broker", func(_ *stage, v *evil.Viewer, h control.HelloViewer) control.HelloViewer {
			h.Token = evil.NewBroker(t).AccessToken(v.Invitation.Public(), both, time.Minute)
			return h
		}, "token"},
		{"no token", func(_ *stage, _ *evil.Viewer, h control.HelloViewer) control.HelloViewer {
			h.Token = "none"
			return h
		}, "token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := play(t, allowing())
			v := st.viewer(func(v *evil.Viewer) {
				v.Hello = func(honest control.HelloViewer) []byte {
					raw, err := control.Encode(tt.hello(st, v, honest))
					if err != nil {
						t.Error(err)
					}
					return raw
				}
			})
			st.refused(tt.reason)
			st.nothing(v)
		})
	}
}

func TestMessagesBeforeHelloAreDropped(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer(func(v *evil.Viewer) {
		v.First = func(v *evil.Viewer) {
			v.Do(control.Move{Gen: 1, N: 1})
			v.Raw(control.ChannelPointer, []byte("nonsense"))
			v.Raw(control.ChannelDisplay, display.AppendResync(nil, display.Resync{Reason: display.ReasonAsked}))
			v.Raw(control.ChannelDisplay, []byte("nonsense"))
			v.Raw(control.ChannelRepeat, []byte("nonsense"))
			v.Settle(control.ChannelPointer)
			v.Settle(control.ChannelDisplay)
		}
	})
	st.verified(v)
	if got := st.desk.injected_(); len(got) != 0 {
		t.Errorf("injected %v, want nothing", got)
	}
	st.live(v)
}

func TestHelloMustBeFirst(t *testing.T) {
	for name, raw := range map[string]string{
		"ask":      `{"type":"ask","id":"1","scopes":"view"}`,
		"key":      `{"type":"key","gen":1,"code":"KeyA","down":true}`,
		"nonsense": `nonsense`,
		"half":     `{"type":"hello","proof":"","key":"","token":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			st := play(t, allowing())
			v := st.viewer(func(v *evil.Viewer) {
				v.Hello = func(control.HelloViewer) []byte { return []byte(raw) }
			})
			st.refused("order")
			st.nothing(v)
		})
	}
}

func TestHelloHasALimit(t *testing.T) {
	st := play(t, allowing(), func(c *session.Config) { c.Times.Hello = 200 * time.Millisecond })
	v := st.viewer(func(v *evil.Viewer) {
		v.Hello = func(control.HelloViewer) []byte { return nil }
	})
	st.refused("timeout")
	st.nothing(v)
}

func TestDescriptionWithAnotherFingerprintIsRefused(t *testing.T) {
	other := "a=fingerprint:sha-256 " + strings.Repeat("AB:", 31) + "AB\r\n"
	for name, tamper := range map[string]func(string) string{
		"a second one": func(sdp string) string { return sdp + other },
		"none": func(sdp string) string {
			var out []string
			for line := range strings.SplitSeq(sdp, "\r\n") {
				if !strings.HasPrefix(line, "a=fingerprint") {
					out = append(out, line)
				}
			}
			return strings.Join(out, "\r\n")
		},
		"another hash": func(sdp string) string { return strings.Replace(sdp, "sha-256", "sha-1", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			st := play(t, allowing())
			v := st.viewer(func(v *evil.Viewer) { v.Tamper = tamper })
			st.refused("fingerprint")
			st.nothing(v)
		})
	}
}

// Whatever is granted, a message that needs another right ends the session and
// does nothing.
func TestAppliedIsWithinGrant(t *testing.T) {
	type act struct {
		name  string
		needs grant.Scope
		do    func(*evil.Viewer, uint64)
	}
	acts := []act{
		{"key", grant.Control, func(v *evil.Viewer, gen uint64) { v.Do(control.Key{Gen: gen, Code: "KeyA", Down: true}) }},
		{"text", grant.Control, func(v *evil.Viewer, gen uint64) { v.Do(control.Text{Gen: gen, Text: "x"}) }},
		{"move", grant.Control, func(v *evil.Viewer, gen uint64) { v.Do(control.Move{Gen: gen, N: 1}) }},
		{"button", grant.Control, func(v *evil.Viewer, gen uint64) { v.Do(control.Button{Gen: gen, N: 1, Down: true}) }},
		{"wheel", grant.Control, func(v *evil.Viewer, gen uint64) { v.Do(control.Wheel{Gen: gen, N: 1, DY: 120}) }},
		{"key", grant.Control, func(v *evil.Viewer, gen uint64) {
			v.Again(1, control.Key{Gen: gen, Code: "KeyA", Down: true})
		}},
		{"point", grant.Point, func(v *evil.Viewer, gen uint64) { v.Do(control.Point{Gen: gen, N: 1}) }},
		{"here", grant.Point, func(v *evil.Viewer, gen uint64) { v.Do(control.Here{Gen: gen, N: 1}) }},
		{"here", grant.Point, func(v *evil.Viewer, gen uint64) { v.Again(1, control.Here{Gen: gen, N: 1}) }},
		{"pictured", grant.View, func(v *evil.Viewer, _ uint64) { v.Say(control.Pictured{ID: "1"}) }},
		{"clip", grant.ClipboardSend, func(v *evil.Viewer, _ uint64) { v.Say(control.Clip{ID: "1", Part: 1, Parts: 1, Text: "x"}) }},
		{"take", grant.ClipboardFetch, func(v *evil.Viewer, _ uint64) { v.Say(control.Take{ID: "1"}) }},
		{"show", grant.View, func(v *evil.Viewer, _ uint64) { v.Say(control.Show{Monitor: "main"}) }},
		{"display", grant.View, func(v *evil.Viewer, _ uint64) {
			v.Raw(control.ChannelDisplay, display.AppendResync(nil, display.Resync{Reason: display.ReasonAsked}))
		}},
		{"repeat", grant.View, func(v *evil.Viewer, _ uint64) {
			v.Raw(control.ChannelRepeat, display.AppendAck(nil, display.Ack{Seq: 1}))
		}},
	}
	for _, scope := range []grant.Scope{grant.View, grant.Control} {
		for _, a := range acts {
			if a.needs == scope {
				continue
			}
			t.Run(fmt.Sprintf("%s with %s", a.name, scope), func(t *testing.T) {
				st := play(t, allowing())
				v := st.viewer()
				st.verified(v)
				v.Say(control.Ask{ID: "1", Scopes: grant.SetOf(scope)})
				r := st.rights(v, grant.SetOf(scope))
				a.do(v, r.Generation)
				st.ended("violation")
				want := fmt.Sprintf(`{"message":"%s","needs":"%s"}`, a.name, a.needs)
				st.told(record.KindScopeViolation, func(data string) bool { return data == want })
				if got := st.desk.injected_(); len(got) != 0 {
					t.Errorf("injected %v", got)
				}
				if n, _ := st.desk.captured_(); scope != grant.View && n != 0 {
					t.Errorf("%d captures", n)
				}
			})
		}
	}
}
