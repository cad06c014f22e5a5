package ticket

import (
	"fmt"
	"slices"
	"strings"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// categoryOf is the path of the tree that somebody means, in the tree's own spelling. Empty is none.
func categoryOf(v *store.View, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	all, err := v.Categories()
	if err != nil {
		return "", err
	}
	return among(all, path)
}

func among(all []store.Category, path string) (string, error) {
	for _, c := range all {
		if strings.EqualFold(c.Path, path) && !c.Gone {
			return c.Path, nil
		}
	}
	return "", &desk.Problem{Field: "category", Text: "is not one of this desk's categories; choose one of them, or none"}
}

// Checker returns what says whether Add would take a ticket, for many tickets against one reading of the tree.
func Checker(v *store.View) (func(desk.Ticket) error, error) {
	all, err := v.Categories()
	return func(t desk.Ticket) error {
		t, err := desk.New(t)
		if err == nil && t.Category != "" {
			_, err = among(all, t.Category)
		}
		return err
	}, err
}

// CategoryPatch is a change of a category: only the fields that are not nil change. An empty Parent is the top.
type CategoryPatch struct {
	Name, Parent *string
	Retired      *bool
}

// AddCategory adds a category below another, or at the top where parent is empty.
func AddCategory(tx *store.Tx, parent, name string, by record.Actor) (string, []record.Event, error) {
	all, err := tx.Categories()
	if err != nil {
		return "", nil, err
	}
	if len(all) >= desk.MaxCategories {
		return "", nil, &desk.Problem{Field: "name", Text: fmt.Sprintf("there are %d categories; retired ones can be used again", len(all))}
	}
	if name, err = desk.CategoryName(name); err != nil {
		return "", nil, err
	}
	if err := fits(all, store.Category{Parent: parent, Name: name}, 1); err != nil {
		return "", nil, err
	}
	id, err := tx.InsertCategory(parent, name)
	return id, []record.Event{categoryEvent(id, "added", by)}, err
}

// ChangeCategory renames, moves, retires or restores a category. Its tickets follow to its new path; one
// that is retired stays on the tickets that have it.
func ChangeCategory(tx *store.Tx, id string, p CategoryPatch, by record.Actor) ([]record.Event, error) {
	all, err := tx.Categories()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(c store.Category) bool { return c.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("category %s: %w", id, store.ErrNotFound)
	}
	before, after := all[i], all[i]
	if p.Name != nil {
		if after.Name, err = desk.CategoryName(*p.Name); err != nil {
			return nil, err
		}
	}
	if p.Parent != nil {
		after.Parent = *p.Parent
	}
	if p.Retired != nil {
		after.Retired = *p.Retired
	}
	changes := categoryChanges(before, after)
	if len(changes) == 0 {
		return nil, nil
	}
	if err := fits(all, after, height(all, before)); err != nil {
		return nil, err
	}
	if err := tx.UpdateCategory(after); err != nil {
		return nil, err
	}
	if after.Path = pathOf(all, after); after.Path != before.Path {
		if err := tx.RenamePath(before.Path, after.Path); err != nil {
			return nil, err
		}
	}
	events := make([]record.Event, len(changes))
	for i, change := range changes {
		events[i] = categoryEvent(id, change, by)
	}
	return events, nil
}

func categoryChanges(before, after store.Category) (changes []string) {
	if after.Name != before.Name {
		changes = append(changes, "renamed")
	}
	if after.Parent != before.Parent {
		changes = append(changes, "moved")
	}
	switch {
	case after.Retired && !before.Retired:
		changes = append(changes, "retired")
	case !after.Retired && before.Retired:
		changes = append(changes, "restored")
	}
	return changes
}

// fits refuses a place in the tree that is none: below itself, too deep, or beside another of the same name.
func fits(all []store.Category, c store.Category, height int) error {
	depth := 0
	if c.Parent != "" {
		i := slices.IndexFunc(all, func(p store.Category) bool { return p.ID == c.Parent })
		if i < 0 {
			return &desk.Problem{Field: "parent", Text: "must be the id of a category, or empty"}
		}
		if c.ID != "" && within(all, all[i], c.ID) {
			return &desk.Problem{Field: "parent", Text: "a category cannot be below itself"}
		}
		depth = all[i].Depth
	}
	if depth+height > desk.MaxDepth {
		return &desk.Problem{Field: "parent", Text: fmt.Sprintf("the tree has at most %d levels", desk.MaxDepth)}
	}
	for _, other := range all {
		if other.ID != c.ID && other.Parent == c.Parent && strings.EqualFold(other.Name, c.Name) {
			return &desk.Problem{Field: "name", Text: "there is a category of this name in the same place; it may be retired"}
		}
	}
	return nil
}

// within reports whether c is the category of that id or below it.
func within(all []store.Category, c store.Category, id string) bool {
	for range desk.MaxDepth {
		if c.ID == id {
			return true
		}
		i := slices.IndexFunc(all, func(p store.Category) bool { return p.ID == c.Parent })
		if i < 0 {
			return false
		}
		c = all[i]
	}
	return false
}

// height is how many levels a category and what is below it have.
func height(all []store.Category, c store.Category) int {
	deepest := c.Depth
	for _, other := range all {
		if within(all, other, c.ID) {
			deepest = max(deepest, other.Depth)
		}
	}
	return deepest - c.Depth + 1
}

func pathOf(all []store.Category, c store.Category) string {
	for _, p := range all {
		if p.ID == c.Parent {
			return p.Path + desk.Between + c.Name
		}
	}
	return c.Name
}

func categoryEvent(id, change string, by record.Actor) record.Event {
	return record.New(record.CategoryChanged{Category: id, Change: change}, record.ByBroker, by)
}
