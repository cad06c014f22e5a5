package session_test

import (
	"context"
	"crypto/ed25519"
	"slices"
	"testing"
	"time"

	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/record"
	"beside/signaling/words"
)

// spoken makes the road that of a spoken code.
func spoken(c *session.Config) { c.Spoken, c.Key = true, "" }

// listening picks the words that are read out, and else none of these.
func listening(said <-chan words.Words) *person {
	p := allowing()
	p.pick = func(ctx context.Context, q window.WordsQuestion) window.Pick {
		select {
		case w := <-said:
			if i := slices.Index(q.Choices[:], w.String()); i >= 0 {
				return window.Pick{How: window.PickedWords, Choice: i}
			}
			return window.Pick{How: window.PickedNone}
		case <-ctx.Done():
			return window.Pick{}
		}
	}
	return p
}

// picking always answers the same.
func picking(f func(context.Context, window.WordsQuestion) window.Pick) *person {
	p := allowing()
	p.pick = f
	return p
}

// speaking plays a session on the road of a spoken code, with an honest technician.
func speaking(t *testing.T, p *person, change ...func(*session.Config)) (*stage, *evil.Viewer) {
	t.Helper()
	st := play(t, p, append(change, spoken)...)
	v := st.viewer()
	return st, v
}

// apart checks that nothing was shown or done, and nothing asked but for the words.
func (st *stage) apart(how string) {
	st.t.Helper()
	st.ended("words")
	st.told(record.KindWordsRefused, func(data string) bool { return data == `{"how":"`+how+`"}` })
	st.never(record.KindWordsCompared)
	st.never(record.KindPeerVerified)
	st.nothing()
	alarm := slices.Contains(st.kinds(), record.KindAlarmRaised)
	if want := how == "other" || how == "none"; alarm != want {
		st.t.Errorf("alarm: %v, want %v", alarm, want)
	}
	if s := st.person.summary; s == nil || s.End != window.EndedByWords {
		st.t.Errorf("summary: got %+v", s)
	}
}

func TestRightWordsLetTheTechnicianIn(t *testing.T) {
	said := make(chan words.Words, 1)
	st := play(t, listening(said), spoken)
	v := evil.NewViewer(t, st.broker, st.invite)
	v.Words = said
	st.broker.Attach(v)
	st.broker.Accept()
	st.live(v)
	heard(st, v, func(c control.Compared) bool { return c.Matched })
	kinds := st.kinds()
	if c, p := slices.Index(kinds, record.KindWordsCompared), slices.Index(kinds, record.KindPeerVerified); c < 0 || p < c {
		t.Errorf("told %v, want the words before the proof", kinds)
	}

	// The same page once more is the same technician: nobody is asked again.
	st.broker.Attach(v.Reload(st.broker))
	st.eventually("it is verified again", func() bool {
		n := 0
		for _, k := range st.kinds() {
			if k == record.KindPeerVerified {
				n++
			}
		}
		return n == 2
	})
	if st.person.compared != 1 {
		t.Errorf("words were compared %d times, want once", st.person.compared)
	}

	// Another page is not, and there is no second try.
	st.broker.Attach(evil.NewViewer(t, st.broker, st.invite))
	st.ended("not_verified")
	st.told(record.KindVerifyFailed, func(data string) bool { return data == `{"reason":"words"}` })
}

func TestOtherWordsEndTheSession(t *testing.T) {
	closed := picking(func(context.Context, window.WordsQuestion) window.Pick { return window.Pick{} })
	for how, p := range map[string]*person{
		"none":   picking(func(context.Context, window.WordsQuestion) window.Pick { return window.Pick{How: window.PickedNone} }),
		"closed": closed,
		"timeout": picking(func(ctx context.Context, _ window.WordsQuestion) window.Pick {
			<-ctx.Done()
			return window.Pick{}
		}),
	} {
		t.Run(how, func(t *testing.T) {
			st, _ := speaking(t, p, func(c *session.Config) { c.Times.Words = 300 * time.Millisecond })
			st.apart(how)
		})
	}
	t.Run("other", func(t *testing.T) {
		said := make(chan words.Words, 1)
		st := play(t, picking(func(_ context.Context, q window.WordsQuestion) window.Pick {
			right := (<-said).String()
			i := slices.IndexFunc(q.Choices[:], func(c string) bool { return c != right })
			return window.Pick{How: window.PickedWords, Choice: i}
		}), spoken)
		v := evil.NewViewer(t, st.broker, st.invite)
		v.Words = said
		st.broker.Attach(v)
		st.broker.Accept()
		st.apart("other")
	})
}

// A broker that found the code out stands between, and both ends are honest.
func TestMiddleOfASpokenCodeHasOtherWords(t *testing.T) {
	said := make(chan words.Words, 1)
	st := play(t, listening(said), spoken)
	honest := evil.NewViewer(t, st.broker, st.invite)
	honest.Words = said // the technician reads these out
	m := evil.NewSpokenMiddle(t, st.broker, honest)
	_, own, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Front.Invitation.Key = own
	m.Front.Token = st.broker.AccessToken(own.Public().(ed25519.PublicKey), both, time.Minute)
	st.broker.Attach(m.Front)
	st.broker.Accept()
	st.apart("none")
}

// Whoever knows both parts knows whether the words would match: there is no second try.
func TestConnectionLostWhileComparingEndsTheSession(t *testing.T) {
	asked := make(chan struct{}, 1)
	st, v := speaking(t, picking(func(ctx context.Context, _ window.WordsQuestion) window.Pick {
		asked <- struct{}{}
		<-ctx.Done()
		return window.Pick{}
	}))
	st.eventually("the person is asked", func() bool { return len(asked) == 1 })
	v.Close()
	st.apart("lost")
}

func TestWordsComeInTheirOrder(t *testing.T) {
	nonce := control.Nonce{Nonce: make([]byte, 32)}
	t.Run("an early question is not heard", func(t *testing.T) {
		said := make(chan words.Words, 1)
		st := play(t, picking(func(ctx context.Context, _ window.WordsQuestion) window.Pick {
			<-said
			return window.Pick{How: window.PickedNone}
		}), spoken)
		v := evil.NewViewer(t, st.broker, st.invite)
		v.OnWords = func(m control.Message) {
			if _, ok := m.(control.Commit); ok {
				v.Say(control.Ask{ID: "1", Scopes: both})
				v.Say(nonce)
				v.Say(control.Ask{ID: "2", Scopes: both})
				v.Do(control.Key{Gen: 1, Code: "KeyA", Down: true})
				said <- words.Words{}
			}
		}
		st.broker.Attach(v)
		st.broker.Accept()
		st.apart("none")
	})
	t.Run("a second nonce", func(t *testing.T) {
		st := play(t, picking(func(ctx context.Context, _ window.WordsQuestion) window.Pick {
			<-ctx.Done()
			return window.Pick{}
		}), spoken)
		v := evil.NewViewer(t, st.broker, st.invite)
		v.OnWords = func(m control.Message) {
			if _, ok := m.(control.Commit); ok {
				v.Say(nonce)
				v.Say(nonce)
			}
		}
		st.broker.Attach(v)
		st.broker.Accept()
		st.ended("violation")
		st.nothing()
	})
	t.Run("no nonce", func(t *testing.T) {
		st := play(t, allowing(), spoken, func(c *session.Config) { c.Times.Hello = 300 * time.Millisecond })
		v := evil.NewViewer(t, st.broker, st.invite)
		v.OnWords = func(control.Message) {}
		st.broker.Attach(v)
		st.broker.Accept()
		st.ended("not_verified")
		st.nothing()
	})
	t.Run("a nonce on the road of a link", func(t *testing.T) {
		st := play(t, allowing())
		v := st.viewer()
		st.verified(v)
		v.Say(nonce)
		st.ended("violation")
	})
}

// A link is proved by its key, and no words can stand in for that.
func TestLinkCannotBeDowngradedToWords(t *testing.T) {
	_, own, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	st := play(t, allowing())
	v := evil.NewViewer(t, st.broker, st.invite)
	v.Invitation.Key = own // its token is good: the broker plays along
	v.Token = st.broker.AccessToken(own.Public().(ed25519.PublicKey), both, time.Minute)
	st.broker.Attach(v)
	st.broker.Accept()
	st.refused("binding")
	st.nothing(v)
	if st.person.compared != 0 {
		t.Error("the person was asked about words")
	}
}
