package session_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

const second = "Kim Berg"

// colleague is a second technician's page, with a link that the first may introduce.
func (st *stage) colleague(change ...func(*evil.Viewer)) *evil.Viewer {
	st.t.Helper()
	call := evil.NewInvitation(st.t)
	v := evil.NewViewer(st.t, st.broker, call)
	v.Token = st.broker.TokenFor(grant.Colleague, call.Public(), seeing, grant.MaxAccessLife)
	for _, c := range change {
		c(v)
	}
	return v
}

func introduction(v *evil.Viewer) control.Introduce {
	bind := v.Invitation.Secret.Bind()
	return control.Introduce{Key: v.Invitation.Public(), Bind: bind[:]}
}

// called has first call a colleague in, who comes.
func (st *stage) called(first *evil.Viewer, change ...func(*evil.Viewer)) *evil.Viewer {
	st.t.Helper()
	v := st.colleague(change...)
	first.Say(introduction(v))
	st.is(first, control.ColleagueCalled)
	st.broker.AttachColleague(v, second)
	return v
}

// is waits until a page was told that it stands so with the colleague, last.
func (st *stage) is(v *evil.Viewer, want control.ColleagueState) {
	st.t.Helper()
	st.eventually("the colleague is "+string(want), func() bool {
		var last control.Colleague
		messages, _, _ := v.Got()
		for _, m := range messages {
			if c, ok := m.(control.Colleague); ok {
				last = c
			}
		}
		return last.State == want
	})
}

// answering answers the question about the first technician with yes, and that about
// the second as answer says.
func answering(answer func(context.Context, window.Question) window.Answer) *person {
	return newPerson(func(ctx context.Context, q window.Question) window.Answer {
		if q.CalledBy == "" {
			return window.Answer{Scopes: q.Scopes, How: window.Allowed}
		}
		return answer(ctx, q)
	})
}

// sawNothing checks that a page was shown and told nothing.
func (st *stage) sawNothing(v *evil.Viewer) {
	st.t.Helper()
	if _, updates, _ := v.Got(); updates != 0 {
		st.t.Errorf("it was shown %d updates", updates)
	}
}

func (st *stage) looksOn(first *evil.Viewer) *evil.Viewer {
	st.t.Helper()
	v := st.called(first)
	st.is(first, control.ColleagueHere)
	st.seen(v)
	return v
}

func TestColleagueLooksOnAndEverybodyKnows(t *testing.T) {
	st := play(t, allowing())
	first := st.viewer()
	st.live(first)
	v := st.looksOn(first)
	st.seen(first)
	asked := st.person.asked()
	q := asked[len(asked)-1]
	if q.Technician != second || q.CalledBy != evil.Technician || q.Scopes != seeing {
		t.Errorf("the person was asked %+v", q)
	}
	if got := st.person.theBar().now().Colleague; got != second {
		t.Errorf("the bar names %q", got)
	}
	if r := st.rights(v, seeing); r.Left == 0 {
		t.Error("the colleague may look on without an end")
	}
	st.told(record.KindColleagueAllowed, nil)
	v.Say(control.Bye{Reason: "technician"})
	st.is(first, control.ColleagueGone)
	st.eventually("the bar names nobody", func() bool { return st.person.theBar().now().Colleague == "" })
	st.told(record.KindColleagueLeft, func(data string) bool { return data == `{"by":"technician"}` })
	st.seen(first) // who goes on
	st.person.theBar().stop()
	st.ended("requester")
	var steps []window.StepKind
	for _, step := range st.person.told().Steps {
		if step.Who == second {
			steps = append(steps, step.Kind)
		}
	}
	if want := []window.StepKind{window.ColleagueCameStep, window.ColleagueLeftStep}; !slices.Equal(steps, want) {
		t.Errorf("the summary tells %v, want %v", steps, want)
	}
}

func TestNobodyLooksOnWithoutAllow(t *testing.T) {
	for _, how := range []window.How{window.Declined, window.Closed, window.TimedOut} {
		t.Run(string(how), func(t *testing.T) {
			st := play(t, answering(func(context.Context, window.Question) window.Answer { return window.Answer{How: how} }))
			first := st.viewer()
			st.live(first)
			v := st.called(first)
			st.is(first, control.ColleagueDeclined)
			st.told(record.KindColleagueDeclined, nil)
			st.seen(first)
			st.sawNothing(v)
			if got := st.person.theBar().now().Colleague; got != "" {
				t.Errorf("the bar names %q", got)
			}
		})
	}
}

// Whoever a broker brings in beside is shown nothing, unless the first technician's page
// introduced their key and the person said yes to them.
func TestBrokerBringsNobodyInBeside(t *testing.T) {
	asNobody := func(st *stage, v *evil.Viewer) { st.broker.AttachColleague(v, second) }
	for _, tt := range []struct {
		name  string
		let   func(*stage, *evil.Viewer, *evil.Viewer) *evil.Viewer
		knows string // why the client refuses; empty: it does not even connect
	}{
		{"nobody was introduced", func(st *stage, _, v *evil.Viewer) *evil.Viewer { asNobody(st, v); return v }, ""},
		{"somebody else was", func(st *stage, first, v *evil.Viewer) *evil.Viewer {
			first.Say(introduction(st.colleague()))
			st.is(first, control.ColleagueCalled)
			v.OnHello = func(control.HelloClient) {} // made for another link
			asNobody(st, v)
			return v
		}, "binding"},
		{"with the key of another and no proof", func(st *stage, first, v *evil.Viewer) *evil.Viewer {
			other := st.colleague()
			first.Say(introduction(other))
			st.is(first, control.ColleagueCalled)
			v.Hello = func(honest control.HelloViewer) []byte {
				honest.Key = other.Invitation.Public()
				raw, _ := control.Encode(honest)
				return raw
			}
			v.OnHello = func(control.HelloClient) {} // made for another link
			asNobody(st, v)
			return v
		}, "binding"},
		{"with the viewer's token", func(st *stage, first, _ *evil.Viewer) *evil.Viewer {
			return st.called(first, func(v *evil.Viewer) {
				v.Token = st.broker.AccessToken(v.Invitation.Public(), both, grant.MaxAccessLife)
			})
		}, "token"},
		{"with a token of somebody else's", func(st *stage, first, _ *evil.Viewer) *evil.Viewer {
			return st.called(first, func(v *evil.Viewer) {
				v.Token = st.broker.TokenFor(grant.Colleague, evil.NewInvitation(st.t).Public(), seeing, grant.MaxAccessLife)
			})
		}, "token"},
		{"without message 0", func(st *stage, first, _ *evil.Viewer) *evil.Viewer {
			return st.called(first, func(v *evil.Viewer) {
				v.Hello = func(control.HelloViewer) []byte {
					raw, _ := control.Encode(control.Bye{Reason: "technician"})
					return raw
				}
			})
		}, "order"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st := play(t, allowing())
			first := st.viewer()
			st.live(first)
			v := tt.let(st, first, st.colleague())
			if tt.knows != "" {
				st.told(record.KindColleagueRefused, func(data string) bool { return data == `{"reason":"`+tt.knows+`"}` })
				st.is(first, control.ColleagueGone)
			}
			st.seen(first)
			st.seen(first)
			st.sawNothing(v)
			if n := len(st.person.asked()); n != 1 {
				t.Errorf("the person was asked %d times", n)
			}
			if tt.knows == "" && v.Connections() != 0 {
				t.Error("the client connected to a stranger")
			}
			st.never(record.KindColleagueAllowed)
		})
	}
}

// A colleague may look and nothing else: whatever is more ends it with them, and the
// session goes on.
func TestColleagueMayOnlyLook(t *testing.T) {
	for name, try := range map[string]func(*evil.Viewer){
		"key":       func(v *evil.Viewer) { v.Do(control.Key{Gen: 1, Code: "KeyA", Down: true}) },
		"move":      func(v *evil.Viewer) { v.Do(control.Move{Gen: 1, N: 1}) },
		"ask":       func(v *evil.Viewer) { v.Say(control.Ask{ID: "1", Scopes: both}) },
		"say":       func(v *evil.Viewer) { v.Say(control.Say{ID: "1", Text: "hello"}) },
		"introduce": func(v *evil.Viewer) { v.Say(introduction(v)) },
		"dismiss":   func(v *evil.Viewer) { v.Say(control.Dismiss{Key: v.Invitation.Public()}) },
		"unknown":   func(v *evil.Viewer) { v.Raw(control.ChannelControl, []byte(`{"type":"watch","silently":true}`)) },
		"display":   func(v *evil.Viewer) { v.Raw(control.ChannelDisplay, []byte("nonsense")) },
	} {
		t.Run(name, func(t *testing.T) {
			st := play(t, allowing())
			first := st.viewer()
			st.live(first)
			v := st.looksOn(first)
			try(v)
			st.told(record.KindColleagueRefused, func(data string) bool { return data == `{"reason":"message"}` })
			st.is(first, control.ColleagueGone)
			_, before, _ := v.Got()
			st.seen(first)
			if _, after, _ := v.Got(); after != before {
				t.Error("it is still shown the screen")
			}
			if got := st.desk.injected_(); len(got) != 0 {
				t.Errorf("it injected %v", got)
			}
		})
	}
}

// They look on with the first technician: what ends that right ends theirs.
func TestColleagueNeverLooksAlone(t *testing.T) {
	for name, end := range map[string]func(*stage, *evil.Viewer, *evil.Viewer){
		"the first gives sight back": func(_ *stage, first, _ *evil.Viewer) { first.Say(control.Yield{Scopes: seeing}) },
		"the first sends them away": func(_ *stage, first, v *evil.Viewer) {
			first.Say(control.Dismiss{Key: v.Invitation.Public()})
		},
		"the person sends them away": func(st *stage, _, _ *evil.Viewer) { st.person.theBar().acts <- window.SendAway },
		"their token holds nothing": func(st *stage, _, v *evil.Viewer) {
			v.Say(control.Token{Token: st.broker.TokenFor(grant.Colleague, v.Invitation.Public(), grant.Set{}, grant.MaxAccessLife)})
		},
		"another is called in": func(st *stage, first, _ *evil.Viewer) { first.Say(introduction(st.colleague())) },
	} {
		t.Run(name, func(t *testing.T) {
			st := play(t, allowing())
			first := st.viewer()
			st.live(first)
			v := st.looksOn(first)
			end(st, first, v)
			st.is(v, control.ColleagueGone)
			st.told(record.KindColleagueLeft, nil)
			_, before, _ := v.Got()
			st.desk.draw()
			first.Settle(control.ChannelControl)
			if _, after, _ := v.Got(); after != before {
				t.Error("it is still shown the screen")
			}
		})
	}
}

func TestStopEndsItForBoth(t *testing.T) {
	st := play(t, allowing())
	first := st.viewer()
	st.live(first)
	v := st.looksOn(first)
	st.person.theBar().stop()
	st.ended("requester")
	for who, page := range map[string]*evil.Viewer{"first": first, "second": v} {
		heard(st, page, func(m control.Bye) bool { return m.Reason == "requester" })
		_, before, _ := page.Got()
		st.desk.draw()
		if _, after, _ := page.Got(); after != before {
			t.Errorf("%s is shown the screen after Stop", who)
		}
	}
}

func TestPauseShowsTheColleagueNothing(t *testing.T) {
	st := play(t, allowing())
	first := st.viewer()
	st.live(first)
	v := st.looksOn(first)
	st.person.theBar().acts <- window.Pause
	heard(st, v, func(r control.Rights) bool { return r.Paused })
	_, before, _ := v.Got()
	st.desk.draw()
	v.Settle(control.ChannelControl)
	if _, after, _ := v.Got(); after != before {
		t.Error("it is shown the screen in a pause")
	}
	st.person.theBar().acts <- window.Resume
	st.seen(v)
}

// A page that loads anew is the same browser: it looks on without another question. The
// first technician's may load anew as well.
// What the person looks through when they pick a file is not for who looks on either.
func TestColleagueSeesNothingWhileThePersonPicks(t *testing.T) {
	picks, pick := make(chan struct{}), make(chan struct{})
	p := allowing()
	p.picks = func(ctx context.Context) string {
		close(picks)
		select {
		case <-pick:
		case <-ctx.Done():
		}
		return ""
	}
	f := playFiles(t, p, bothFiles)
	v := f.looksOn(f.v)
	f.v.Say(control.Get{N: 1})
	<-picks
	shown := func() int { _, updates, _ := v.Got(); return updates }
	before := -1
	for now := shown(); now != before; now = shown() { // what was under way has arrived
		before = now
		time.Sleep(300 * time.Millisecond)
	}
	for range 20 {
		f.desk.draw()
		time.Sleep(10 * time.Millisecond)
	}
	if now := shown(); now != before {
		t.Errorf("the colleague was shown %d updates while the person picks", now-before)
	}
	close(pick)
	f.dropped(1, control.FileDeclined)
	f.seen(v)
}

func TestColleagueSurvivesReloads(t *testing.T) {
	st := play(t, allowing())
	first := st.viewer()
	st.live(first)
	v := st.looksOn(first)
	v.Close()
	again := v.Reload(st.broker)
	st.broker.AttachColleague(again, second)
	st.is(again, control.ColleagueHere)
	st.seen(again)
	reloaded := first.Reload(st.broker)
	st.broker.Attach(reloaded)
	st.seen(reloaded)
	st.is(reloaded, control.ColleagueHere)
	st.seen(again)
	if n := len(st.person.asked()); n != 2 {
		t.Errorf("the person was asked %d times", n)
	}
}

// The link is good for one browser: the same key from another has no part in the yes.
func TestIntroductionIsGoodForOneBrowser(t *testing.T) {
	st := play(t, allowing())
	first := st.viewer()
	st.live(first)
	v := st.looksOn(first)
	other := evil.NewViewer(t, st.broker, v.Invitation)
	other.Token = v.Token
	st.broker.AttachColleague(other, second)
	st.told(record.KindColleagueRefused, func(data string) bool { return data == `{"reason":"binding"}` })
	st.sawNothing(other)
}

// The grant is signed, names the colleague's browser and holds nothing but sight.
func TestGrantNamesTheColleague(t *testing.T) {
	st := play(t, allowing())
	first := st.viewer()
	st.live(first)
	v := st.looksOn(first)
	granted := heard(st, v, func(control.Granted) bool { return true })
	hello := heard(st, v, func(control.HelloClient) bool { return true })
	g, err := granted.Grant.Open(ed25519.PublicKey(hello.Key))
	if err != nil {
		t.Fatal(err)
	}
	print := v.Fingerprint()
	if g.Scopes != seeing || g.Technician != second || string(g.Viewer) != string(print[:]) {
		raw, _ := json.Marshal(g)
		t.Errorf("granted %s", raw)
	}
}
