package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

// askingSecretBytes is the length of the secret of a waiting page.
const askingSecretBytes = 16

// askingLimits bound how much strangers can write to the desk.
var askingLimits = auth.Limits{PerAddress: 5, Global: 60}

// HelpDoor is what everybody may know of the help page.
type HelpDoor struct {
	Organisation string `json:"organisation"`
	Asking       bool   `json:"asking" doc:"Whoever reaches the broker may ask for help"`
}

type (
	doorOutput struct{ Body HelpDoor }
	askInput   struct {
		From auth.Remote
		Body struct {
			Name    string     `json:"name" maxLength:"1000"`
			Reach   string     `json:"reach" maxLength:"1000" doc:"A telephone number or a mail address"`
			Words   string     `json:"words" maxLength:"20000" doc:"What is wrong, in the person's own words"`
			Impact  desk.Level `json:"impact" enum:"high,medium,low" doc:"Whom it keeps from work: everybody, several, the person alone"`
			Urgency desk.Level `json:"urgency" enum:"high,medium,low" doc:"Now, today, can wait"`
		}
	}
	askOutput struct {
		Body struct {
			Secret string `json:"secret" doc:"Of the waiting page; said once"`
		}
	}
	sayInput struct {
		From auth.Remote
		Help string `header:"Beside-Help" doc:"The waiting page's secret"`
		Body struct {
			Words string `json:"words" maxLength:"20000"`
		}
	}
	withdrawInput struct {
		Help string `header:"Beside-Help" doc:"The waiting page's secret"`
	}
)

func (s *Server) registerAsking(api huma.API) {
	register(api, open(http.MethodGet, "/help", "helpDoor", "Whether one may ask for help here"), s.helpDoor)
	register(api, created(open(http.MethodPost, "/help", "ask", "Ask for help in one's own words")), s.ask)
	register(api, open(http.MethodGet, "/help/waiting", "waiting", "How far one's call for help is"), s.waiting)
	register(api, open(http.MethodPost, "/help/words", "say", "Add words to one's call for help"), s.say)
	register(api, open(http.MethodPost, "/help/withdraw", "withdraw", "Say that one does not need help any more"), s.withdraw)
}

func (s *Server) helpDoor(ctx context.Context, _ *struct{}) (*doorOutput, error) {
	out := &doorOutput{Body: HelpDoor{Organisation: s.deps.Organisation}}
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		out.Body.Asking, err = v.AskingAllowed()
		return err
	})
	return out, err
}

func (s *Server) ask(ctx context.Context, in *askInput) (*askOutput, error) {
	if wait := s.asking.Take(in.From.Addr); wait > 0 {
		return nil, problem.TooMany(wait)
	}
	secret := make([]byte, askingSecretBytes)
	rand.Read(secret) //nolint:errcheck // it never fails
	hash := sha256.Sum256(secret)
	err := s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		if allowed, err := tx.AskingAllowed(); err != nil || !allowed {
			return nil, orNotAsking(err)
		}
		t, reach, err := desk.Asked(in.Body.Name, in.Body.Reach, in.Body.Words, in.Body.Impact, in.Body.Urgency)
		if err != nil {
			return nil, err
		}
		return ticket.Ask(tx, t, reach, hash[:])
	})
	if err != nil {
		return nil, err
	}
	out := &askOutput{}
	out.Body.Secret = base64.RawURLEncoding.EncodeToString(secret)
	return out, nil
}

func orNotAsking(err error) error {
	if err != nil {
		return err
	}
	return problem.New(http.StatusForbidden, "asking_off", "This desk takes no calls from its help page. Call the people who help you.")
}

// errNobodyWaits is one answer for a secret that nobody has and for one that expired: it tells a guesser nothing.
func errNobodyWaits() error {
	return problem.New(http.StatusNotFound, "help_unknown", "This page is not known here. It may be old. Ask for help again.")
}

// askingOf reads what belongs to a waiting page's secret.
func askingOf(v *store.View, secret string) (store.Asking, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(raw) != askingSecretBytes {
		return store.Asking{}, errNobodyWaits()
	}
	hash := sha256.Sum256(raw)
	a, err := v.AskingByHash(hash[:], time.Now())
	if errors.Is(err, store.ErrNotFound) {
		err = errNobodyWaits()
	}
	return a, err
}

func (s *Server) say(ctx context.Context, in *sayInput) (*struct{}, error) {
	if wait := s.asking.Take(in.From.Addr); wait > 0 {
		return nil, problem.TooMany(wait)
	}
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		a, err := askingOf(&tx.View, in.Help)
		if err != nil {
			return nil, err
		}
		return ticket.Say(tx, a.Ticket, in.Body.Words)
	})
}

func (s *Server) withdraw(ctx context.Context, in *withdrawInput) (*struct{}, error) {
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		a, err := askingOf(&tx.View, in.Help)
		if err != nil {
			return nil, err
		}
		return ticket.Withdraw(tx, a)
	})
}
