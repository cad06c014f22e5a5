package record

// CategoryChanged: the tree of categories changed. Change is added, renamed, moved, retired or restored.
type CategoryChanged struct {
	Category string `json:"category"`
	Change   string `json:"change"`
}

// KindCategoryChanged is about what tickets are sorted by.
const KindCategoryChanged Kind = "category.changed"

func (CategoryChanged) kind() Kind { return KindCategoryChanged }
