package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"testing"

	"beside/client/internal/window"
	"beside/signaling/invite"
	"beside/signaling/slot"
)

// typist pastes links and answers about hosts; nothing else may be asked of it.
type typist struct {
	window.UI
	links []string
	yes   bool
	hosts []string
	asked []window.LinkQuestion
}

func (p *typist) AskLink(_ context.Context, q window.LinkQuestion) (string, error) {
	p.asked = append(p.asked, q)
	if len(p.links) == 0 {
		return "", window.ErrClosed
	}
	link := p.links[0]
	p.links = p.links[1:]
	return link, nil
}

func (p *typist) AskHost(_ context.Context, host string) (bool, error) {
	p.hosts = append(p.hosts, host)
	return p.yes, nil
}

func TestFind(t *testing.T) {
	pub, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	link := invite.Link{
		Broker: &url.URL{Scheme: "https", Host: "help.example"}, ID: "abc", Secret: invite.NewSecret(), Key: invite.HashKey(pub),
	}
	told, err := invite.ParseSpoken("012345678")
	if err != nil {
		t.Fatal(err)
	}
	code := link.Secret.Reveal() + string(link.Key)
	elsewhere := strings.Replace(link.String(), "help.example", "evil.example", 1)
	plain := strings.Replace(link.String(), "https:", "http:", 1)
	filled := slot.Config{Broker: "https://help.example", Organisation: "Example"}
	tests := []struct {
		name   string
		finder finder
		person typist
		err    func(error) bool // nil: found
		hosts  int
	}{
		{"file name", finder{config: filled, fileName: "Beside-" + code}, typist{}, nil, 0},
		{"file name, renamed by the browser", finder{config: filled, fileName: "Beside-" + code + " (1)"}, typist{}, nil, 0},
		{"argument", finder{config: filled, fileName: "beside-client", argument: link.String()}, typist{}, nil, 0},
		{"standard input", finder{config: filled, input: strings.NewReader(link.String() + "\n")}, typist{}, nil, 0},
		{"standard input without an end of line", finder{config: filled, input: strings.NewReader(link.String())}, typist{}, nil, 0},
		{"pasted", finder{config: filled, input: strings.NewReader("")}, typist{links: []string{"hello", elsewhere, link.String()}}, nil, 0},
		{"digits in the file name", finder{config: filled, fileName: "Beside-012345678 (1)"}, typist{}, nil, 0},
		{"digits as argument", finder{config: filled, argument: "012 345 678"}, typist{}, nil, 0},
		{"digits typed", finder{config: filled}, typist{links: []string{"012 345 67", "012-345-678"}}, nil, 0},
		{"empty slot, digits", finder{empty: true, argument: "012 345 678"}, typist{}, func(err error) bool { return errors.Is(err, errNowhere) }, 0},
		{"empty slot, digits in the file name", finder{empty: true, fileName: "Beside-012345678"}, typist{}, func(err error) bool { return errors.Is(err, errLeft) }, 0},
		{"left", finder{config: filled}, typist{}, func(err error) bool { return errors.Is(err, errLeft) }, 0},
		{"another host", finder{config: filled, argument: elsewhere}, typist{}, isOther, 0},
		{"another scheme", finder{config: filled, argument: plain}, typist{}, func(err error) bool { return err != nil }, 0},
		{"empty slot, file name", finder{empty: true, fileName: "Beside-" + code}, typist{}, func(err error) bool { return errors.Is(err, errLeft) }, 0},
		{"empty slot, host confirmed", finder{empty: true, argument: link.String()}, typist{yes: true}, nil, 1},
		{"empty slot, host refused", finder{empty: true, argument: link.String()}, typist{}, func(err error) bool { return errors.Is(err, errLeft) }, 1},
		{"empty slot, pasted", finder{empty: true}, typist{links: []string{link.String()}, yes: true}, nil, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			person := &tt.person
			tt.finder.ui = func() (window.UI, error) { return person, nil }
			got, err := tt.finder.find(t.Context())
			if len(person.hosts) != tt.hosts {
				t.Errorf("hosts confirmed: got %v, want %d", person.hosts, tt.hosts)
			}
			for _, q := range person.asked[min(1, len(person.asked)):] {
				if q.Problem == "" || q.Text == "" {
					t.Errorf("a refused link: asked again with %+v, want the link and why", q)
				}
			}
			if tt.err != nil {
				if !tt.err(err) {
					t.Errorf("find: got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := target{secret: link.Secret, key: link.Key}
			if strings.HasPrefix(tt.name, "digits") {
				want = target{secret: told, spoken: true}
			}
			if got.broker.String() != "https://help.example" || got.secret != want.secret || got.key != want.key || got.spoken != want.spoken {
				t.Errorf("find: got %v at %v", got.key, got.broker)
			}
			if named := got.organisation == "Example"; named == tt.finder.empty {
				t.Errorf("organisation: got %q", got.organisation)
			}
		})
	}
}

func isOther(err error) bool {
	var other *otherHostError
	return errors.As(err, &other) && other.host == "evil.example" && other.expected == "help.example"
}

// TestWhyALinkIsRefused: each reason has words of its own, and they quote no secret.
func TestWhyALinkIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"client.bad-link":     {errors.New("a link of CANARY"), "type all 9 digits"},
		"client.code-nowhere": {errNowhere, "does not know which"},
		"client.other-host":   {&otherHostError{host: "evil.example", expected: "help.example"}, "this program is for help.example"},
	} {
		if got := problemOf(tt.err); !strings.Contains(got, tt.want) || strings.Contains(got, "CANARY") {
			t.Errorf("%s: got %q, want %q in it", name, got, tt.want)
		}
	}
}
