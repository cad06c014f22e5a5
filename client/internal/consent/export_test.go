package consent

import (
	"maps"
	"slices"
)

// Messages lists the names in the scope table.
func Messages() []string { return slices.Sorted(maps.Keys(table)) }
