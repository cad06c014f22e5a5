package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

const (
	maxPhrases    = 200
	maxPhrase     = 1000 // characters: as many as one message of the chat takes
	maxPhraseName = 60
)

// Phrase is an answer that technicians give often.
type Phrase struct {
	ID    string `json:"id" readOnly:"true"`
	Title string `json:"title" doc:"At most 60 characters"`
	Text  string `json:"text" doc:"At most 1000 characters"`
}

type (
	phrasesOutput struct {
		Body struct {
			Phrases []Phrase `json:"phrases" nullable:"false" doc:"By their titles"`
		}
	}
	phraseFields struct {
		Title string `json:"title"`
		Text  string `json:"text"`
	}
	newPhraseInput struct{ Body phraseFields }
	phraseInput    struct {
		ID   string `path:"id" maxLength:"64"`
		Body phraseFields
	}
	phraseIDInput struct {
		ID string `path:"id" maxLength:"64"`
	}
)

func (s *Server) registerPhrases(api huma.API) {
	register(api, operation(http.MethodGet, "/phrases", "listPhrases", "Answers that technicians give often"), s.listPhrases)
	register(api, operation(http.MethodPost, "/phrases", "addPhrase", "Add an answer"), s.addPhrase)
	register(api, operation(http.MethodPut, "/phrases/{id}", "changePhrase", "Change an answer"), s.changePhrase)
	register(api, operation(http.MethodDelete, "/phrases/{id}", "removePhrase", "Remove an answer"), s.removePhrase)
}

func (s *Server) listPhrases(ctx context.Context, _ *struct{}) (*phrasesOutput, error) {
	out := &phrasesOutput{}
	return out, s.deps.Store.View(ctx, out.read)
}

func (out *phrasesOutput) read(v *store.View) error {
	all, err := v.Phrases()
	out.Body.Phrases = make([]Phrase, len(all))
	for i, p := range all {
		out.Body.Phrases[i] = Phrase(p)
	}
	return err
}

func (s *Server) addPhrase(ctx context.Context, in *newPhraseInput) (*phrasesOutput, error) {
	return s.putPhrase(ctx, "", in.Body)
}

func (s *Server) changePhrase(ctx context.Context, in *phraseInput) (*phrasesOutput, error) {
	return s.putPhrase(ctx, in.ID, in.Body)
}

// putPhrase adds one where id is empty.
func (s *Server) putPhrase(ctx context.Context, id string, fields phraseFields) (*phrasesOutput, error) {
	title, err := desk.Line("title", fields.Title, 1, maxPhraseName)
	if err != nil {
		return nil, err
	}
	text, err := desk.Text("text", fields.Text, 1, maxPhrase)
	if err != nil {
		return nil, err
	}
	return s.changePhrases(ctx, func(tx *store.Tx) (record.PhraseChanged, error) {
		all, err := tx.Phrases()
		if err != nil {
			return record.PhraseChanged{}, err
		}
		change := record.PhraseChanged{Phrase: id, Change: "changed"}
		switch known := slices.ContainsFunc(all, func(p store.Phrase) bool { return p.ID == id }); {
		case id == "" && len(all) >= maxPhrases:
			return change, &desk.Problem{Field: "title", Text: fmt.Sprintf("there are %d answers; remove one first", len(all))}
		case id == "":
			change = record.PhraseChanged{Phrase: store.NewID(), Change: "added"}
		case !known:
			return change, store.ErrNotFound
		}
		return change, tx.PutPhrase(store.Phrase{ID: change.Phrase, Title: title, Text: text})
	})
}

func (s *Server) removePhrase(ctx context.Context, in *phraseIDInput) (*phrasesOutput, error) {
	return s.changePhrases(ctx, func(tx *store.Tx) (record.PhraseChanged, error) {
		found, err := tx.DeletePhrase(in.ID)
		if err == nil && !found {
			err = store.ErrNotFound
		}
		return record.PhraseChanged{Phrase: in.ID, Change: "removed"}, err
	})
}

func (s *Server) changePhrases(ctx context.Context, change func(*store.Tx) (record.PhraseChanged, error)) (*phrasesOutput, error) {
	out := &phrasesOutput{}
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		data, err := change(tx)
		return []record.Event{record.New(data, record.ByBroker, by)}, err
	}, out.read)
}
