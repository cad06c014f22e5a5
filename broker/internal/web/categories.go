package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

// Category is one of the tree by which tickets are sorted.
type Category struct {
	ID      string `json:"id"`
	Parent  string `json:"parent" doc:"Its id; empty: at the top"`
	Name    string `json:"name"`
	Path    string `json:"path" doc:"The names from the top, with a slash between: what tickets say"`
	Retired bool   `json:"retired"`
	Usable  bool   `json:"usable" doc:"Neither it nor one above it is retired: a ticket may be given it"`
}

type (
	categoriesOutput struct {
		Body struct {
			Categories []Category `json:"categories" nullable:"false" doc:"By their paths"`
		}
	}
	newCategoryInput struct {
		Body struct {
			Parent string `json:"parent,omitempty" maxLength:"64" doc:"Empty: at the top"`
			Name   string `json:"name"`
		}
	}
	categoryPatchInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Parent  *string `json:"parent,omitempty" maxLength:"64" doc:"Empty: to the top"`
			Name    *string `json:"name,omitempty"`
			Retired *bool   `json:"retired,omitempty" doc:"No ticket is given it any more; those that have it keep it"`
		}
	}
)

func (s *Server) registerCategories(api huma.API) {
	register(api, operation(http.MethodGet, "/categories", "listCategories", "The tree of categories"), s.listCategories)
	register(api, operation(http.MethodPost, "/categories", "addCategory", "Add a category"), s.addCategory)
	register(api, operation(http.MethodPatch, "/categories/{id}", "changeCategory", "Rename, move, retire or restore a category; its tickets follow"), s.changeCategory)
}

func (s *Server) listCategories(ctx context.Context, _ *struct{}) (*categoriesOutput, error) {
	out := &categoriesOutput{}
	return out, s.deps.Store.View(ctx, out.read)
}

func (out *categoriesOutput) read(v *store.View) error {
	all, err := v.Categories()
	out.Body.Categories = make([]Category, len(all))
	for i, c := range all {
		out.Body.Categories[i] = Category{ID: c.ID, Parent: c.Parent, Name: c.Name, Path: c.Path, Retired: c.Retired, Usable: !c.Gone}
	}
	return err
}

func (s *Server) addCategory(ctx context.Context, in *newCategoryInput) (*categoriesOutput, error) {
	return s.changeTree(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		_, events, err := ticket.AddCategory(tx, in.Body.Parent, in.Body.Name, by)
		return events, err
	})
}

func (s *Server) changeCategory(ctx context.Context, in *categoryPatchInput) (*categoriesOutput, error) {
	return s.changeTree(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return ticket.ChangeCategory(tx, in.ID, ticket.CategoryPatch{Name: in.Body.Name, Parent: in.Body.Parent, Retired: in.Body.Retired}, by)
	})
}

// changeTree answers with the whole tree: one change may concern much of it.
func (s *Server) changeTree(ctx context.Context, change func(*store.Tx, record.Actor) ([]record.Event, error)) (*categoriesOutput, error) {
	out := &categoriesOutput{}
	return out, s.change(ctx, change, out.read)
}
