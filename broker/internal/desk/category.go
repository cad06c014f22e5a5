package desk

import "strings"

// Between joins the names of a category's path, from the top of the tree. No name holds a slash.
const Between = " / "

// Limits of the tree of categories.
const (
	MaxDepth        = 4
	MaxCategories   = 500
	MaxCategoryPath = MaxDepth*MaxCategory + (MaxDepth-1)*len(Between)
)

// CategoryName tidies the name of one category.
func CategoryName(s string) (string, error) {
	s, err := Line("name", s, 1, MaxCategory)
	if err == nil && strings.Contains(s, "/") {
		return "", &Problem{Field: "name", Text: "must not contain a slash"}
	}
	return s, err
}

// Branches names every category that a path is in: those above it from the top, and itself. Where
// there is none it is the empty one alone.
func Branches(path string) []string {
	names := strings.Split(path, Between)
	for i := range names {
		names[i] = strings.Join(strings.Split(path, Between)[:i+1], Between)
	}
	return names
}
