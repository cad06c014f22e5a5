package store

import "strings"

// like turns what a person searches for into a LIKE pattern, in which their
// own % and _ mean themselves. Case does not matter (ASCII in SQLite).
func like(q string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(q)) + "%"
}
