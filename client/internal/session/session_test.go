package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

func TestStory(t *testing.T) {
	st := play(t, allowing())
	st.eventually("the person waits for the technician", func() bool { return st.person.page() == window.AwaitingTechnician })
	v := st.viewer()
	rights := st.live(v)
	q := st.person.asked()[0]
	if q.Organisation != "Example" || q.Technician != evil.Technician || q.Scopes != both {
		t.Errorf("question: got %+v", q)
	}
	v.Do(control.Key{Gen: rights.Generation, Code: "KeyA", Down: true})
	st.eventually("the key is down", st.desk.anyDown)
	st.told(record.KindControlStarted, nil)
	heard(st, v, func(s control.Screens) bool { return len(s.Monitors) == 1 && s.Shown == "main" })
	st.eventually("the bar says so", func() bool {
		s := st.person.theBar().now()
		return s.Sees && s.Controls && s.StopKey == "Ctrl+Alt+Shift+S" && s.Technician == evil.Technician
	})
	st.person.theBar().stop()
	heard(st, v, func(b control.Bye) bool { return b.Reason == signaling.ByRequester })
	st.ended("requester")
	if st.desk.anyDown() {
		t.Error("a key is down after the end")
	}
	if s := st.person.summary; s == nil || s.End != window.EndedByYou || s.Allowed != both || len(s.Steps) == 0 {
		t.Errorf("summary: got %+v", s)
	}
}

func TestNoCaptureBeforeAllow(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	st := play(t, newPerson(func(_ context.Context, q window.Question) window.Answer {
		close(asked)
		<-answer
		return window.Answer{Scopes: q.Scopes, How: window.Allowed}
	}))
	v := st.viewer()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: seeing})
	<-asked
	st.desk.draw()
	if n, _ := st.desk.captured_(); n != 0 || st.desk.opened != 0 {
		t.Errorf("before Allow: %d captures of %d sources, want none", n, st.desk.opened)
	}
	if _, updates, _ := v.Got(); updates != 0 {
		t.Errorf("before Allow: %d updates, want none", updates)
	}
	close(answer)
	st.rights(v, seeing)
	st.seen(v)
}

func TestDeclineShowsNothing(t *testing.T) {
	st := play(t, declining())
	v := st.viewer()
	st.verified(v)
	for _, id := range []string{"1", "2", "3"} {
		v.Say(control.Ask{ID: id, Scopes: both})
		heard(st, v, func(d control.AskDeclined) bool { return d.ID == id && d.Reason == control.Declined })
	}
	v.Say(control.Ask{ID: "4", Scopes: both})
	heard(st, v, func(d control.AskDeclined) bool { return d.ID == "4" && d.Reason == control.NotOffered })
	if n := len(st.person.asked()); n != 3 {
		t.Errorf("questions: got %d, want 3: the technician nags", n)
	}
	if n, _ := st.desk.captured_(); n != 0 {
		t.Errorf("captures: got %d, want none", n)
	}
	st.eventually("the person waits again", func() bool { return st.person.page() == window.AwaitingTechnician })
	close(st.person.cancel)
	st.ended("declined")
	if s := st.person.summary; s == nil || s.End != window.EndedByDecline {
		t.Errorf("summary: got %+v", s)
	}
}

func TestPersonChoosesLess(t *testing.T) {
	st := play(t, newPerson(func(context.Context, window.Question) window.Answer {
		return window.Answer{Scopes: seeing.Union(grant.SetOf(grant.Voice)), How: window.Allowed}
	}))
	v := st.viewer()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: both})
	r := st.rights(v, seeing)
	st.seen(v)
	v.Do(control.Key{Gen: r.Generation, Code: "KeyA", Down: true})
	st.ended("violation")
	st.told(record.KindScopeViolation, func(data string) bool { return data == `{"message":"key","needs":"control"}` })
	if got := st.desk.injected_(); len(got) != 0 {
		t.Errorf("injected %v, want nothing", got)
	}
}

func TestRevokeStopsInputAtOnce(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	rights := st.live(v)
	v.Do(control.Key{Gen: rights.Generation, Code: "ShiftLeft", Down: true})
	st.eventually("the key is down", st.desk.anyDown)
	st.person.theBar().acts <- window.TakeBack
	// The technician types on: it has not heard yet.
	st.eventually("control is revoked", func() bool {
		v.Do(control.Key{Gen: rights.Generation, Code: "KeyB", Down: true})
		for _, k := range st.kinds() {
			if k == record.KindRightsRevoked {
				return true
			}
		}
		return false
	})
	before := len(st.desk.injected_())
	if st.desk.anyDown() {
		t.Error("a key is down after control was taken back")
	}
	st.rights(v, seeing)
	for range 20 {
		v.Do(control.Key{Gen: rights.Generation, Code: "KeyC", Down: true})
	}
	st.seen(v) // the picture goes on, and the keys have passed
	if after := len(st.desk.injected_()); after != before || st.desk.anyDown() {
		t.Errorf("%d inputs after control was taken back", after-before)
	}
	st.never(record.KindScopeViolation)
}

func TestPauseMakesAllRest(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	rights := st.live(v)
	st.person.theBar().acts <- window.Pause
	heard(st, v, func(r control.Rights) bool { return r.Paused })
	captures, _ := st.desk.captured_()
	st.desk.draw()
	v.Do(control.Key{Gen: rights.Generation, Code: "KeyA", Down: true})
	v.Say(control.Ask{ID: "2", Scopes: both}) // answered after the key was
	heard(st, v, func(g control.Granted) bool { return g.ID == "2" })
	if n, _ := st.desk.captured_(); n != captures || len(st.desk.injected_()) != 0 {
		t.Errorf("while paused: %d captures, %d inputs", n-captures, len(st.desk.injected_()))
	}
	st.person.theBar().acts <- window.Resume
	st.rights(v, both)
	st.seen(v)
}

func TestInputRestsWhileQuestionIsOpen(t *testing.T) {
	asked, answer := make(chan struct{}, 2), make(chan window.Answer)
	st := play(t, newPerson(func(context.Context, window.Question) window.Answer {
		asked <- struct{}{}
		return <-answer
	}))
	v := st.viewer()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: grant.SetOf(grant.Control)})
	<-asked
	answer <- window.Answer{Scopes: grant.SetOf(grant.Control), How: window.Allowed}
	rights := st.rights(v, grant.SetOf(grant.Control))
	v.Say(control.Ask{ID: "2", Scopes: seeing})
	<-asked
	heard(st, v, func(r control.Rights) bool { return r.Asking && r.Scopes == grant.SetOf(grant.Control) })
	for range 50 {
		v.Do(control.Key{Gen: rights.Generation, Code: "Enter", Down: true})
	}
	v.Say(control.Ask{ID: "3", Scopes: seeing})
	heard(st, v, func(d control.AskDeclined) bool { return d.ID == "3" && d.Reason == control.Busy })
	if got := st.desk.injected_(); len(got) != 0 {
		t.Errorf("while the window is open: injected %v", got)
	}
	answer <- window.Answer{How: window.Declined}
	heard(st, v, func(d control.AskDeclined) bool { return d.ID == "2" })
}

func TestQuestionGoesWithWhoAsked(t *testing.T) {
	asked := make(chan struct{}, 2)
	st := play(t, newPerson(func(ctx context.Context, _ window.Question) window.Answer {
		asked <- struct{}{}
		<-ctx.Done()
		return window.Answer{}
	}))
	v := st.viewer()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: seeing})
	<-asked
	again := v.Reload(st.broker)
	st.broker.Attach(again)
	v.Close()
	heard(st, again, func(r control.Rights) bool { return !r.Asking })
	again.Say(control.Ask{ID: "2", Scopes: seeing})
	<-asked
	st.never(record.KindConsentDeclined)
}

func TestReloadKeepsItsGrantAndAnotherViewerStartsWithNothing(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	again := v.Reload(st.broker)
	st.broker.Attach(again)
	v.Close()
	st.rights(again, both)
	st.seen(again)
	if n := len(st.person.asked()); n != 1 {
		t.Errorf("questions after a reload: got %d, want 1", n)
	}
	other := st.viewer() // the same invite key in another browser
	again.Close()
	heard(st, other, func(r control.Rights) bool { return r.Scopes.Empty() })
	st.told(record.KindRightsRevoked, nil)
	if _, updates, _ := other.Got(); updates != 0 {
		t.Errorf("the other viewer got %d updates unasked", updates)
	}
	other.Say(control.Ask{ID: "1", Scopes: seeing})
	st.rights(other, seeing)
	if n := len(st.person.asked()); n != 2 {
		t.Errorf("questions: got %d, want 2", n)
	}
	g := heard(st, other, func(control.Granted) bool { return true })
	hello := heard(st, other, func(control.HelloClient) bool { return true })
	signed, err := g.Grant.Open(hello.Key)
	if fp := other.Fingerprint(); err != nil || string(signed.Viewer) != string(fp[:]) || signed.Scopes != seeing {
		t.Errorf("grant: got %+v, %v, want view for this viewer", signed, err)
	}
}

func TestPictureOutlivesTheSocket(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	st.broker.Cut(true)
	for range 20 {
		st.seen(v)
	}
	st.person.theBar().acts <- window.Pause // recorded when the broker is back
	heard(st, v, func(r control.Rights) bool { return r.Paused })
	st.never(record.KindSharingPaused)
	st.broker.Cut(false)
	st.told(record.KindSharingPaused, nil)
	if n := st.broker.Sockets(); n < 2 {
		t.Errorf("sockets: got %d, want another", n)
	}
	st.person.theBar().acts <- window.Resume
	st.rights(v, both)
	st.seen(v)
}

func TestAnotherPathAfterTheConnectionFailed(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	v.Drop() // its PeerConnection alone: the page stays
	st.eventually("the viewer is connected anew", func() bool { return v.Connections() == 2 })
	st.seen(v)
	if n := len(st.person.asked()); n != 1 {
		t.Errorf("questions: got %d, want 1", n)
	}
}

func TestTokenExpiryPausesControlAndLaterEndsView(t *testing.T) {
	const later = 500 * time.Millisecond
	st := play(t, allowing(), func(c *session.Config) { c.Times.ViewAfter = later })
	v := st.viewer(func(v *evil.Viewer) {
		v.Token = st.broker.AccessToken(v.Invitation.Public(), both, 2*time.Second)
	})
	st.live(v)
	v.Say(control.Token{Token: st.broker.AccessToken(v.Invitation.Public(), both, 2*time.Second)}) // a renewal
	rights := st.rights(v, both)
	if got := st.rights(v, seeing); got.Generation != rights.Generation {
		t.Errorf("expiry: generation %d, want %d: nothing was revoked", got.Generation, rights.Generation)
	}
	v.Do(control.Key{Gen: rights.Generation, Code: "KeyA", Down: true})
	st.seen(v)
	if got := st.desk.injected_(); len(got) != 0 {
		t.Errorf("after the token's end: injected %v", got)
	}
	st.ended("lost_token")
	if s := st.person.summary; s == nil || s.End != window.EndedByTime {
		t.Errorf("summary: got %+v", s)
	}
}

func TestTokenWithLessNarrowsTheGrant(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	v.Say(control.Token{Token: st.broker.AccessToken(v.Invitation.Public(), seeing, time.Minute)})
	st.rights(v, seeing)
	st.told(record.KindRightsRevoked, nil)
	v.Say(control.Token{Token: st.broker.AccessToken(v.Invitation.Public(), both, time.Minute)})
	v.Say(control.Yield{Scopes: seeing})
	st.rights(v, grant.Set{}) // a token with more gives nothing back
}

// The broker changed its signing key: the client reads the keys anew.
func TestTokenOfANewKey(t *testing.T) {
	st := play(t, allowing())
	st.eventually("the client is there", func() bool { return st.broker.Sockets() == 1 })
	st.broker.Rotate()
	st.live(st.viewer())
}

func TestRedeemRefused(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusGone)
		_, _ = w.Write([]byte(`{"code":"invitation_expired","detail":"x"}`))
	}))
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := declining()
	close(p.cancel) // whatever is told is read and closed
	p.cancel = make(chan struct{})
	st := &stage{t: t, broker: evil.NewBroker(t), invite: evil.NewInvitation(t), person: p, desk: newDesk(), over: make(chan struct{})}
	st.start(func(c *session.Config) { c.Broker = u })
	st.eventually("the person is told", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.problems) == 1 && p.problems[0].What == "This link is too old."
	})
	close(p.cancel)
	<-st.over
	if !errors.Is(st.err, session.ErrRefused) {
		t.Errorf("Run: got %v, want ErrRefused", st.err)
	}
}
