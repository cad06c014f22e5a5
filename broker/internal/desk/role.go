package desk

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what an account may do. One account may hold several.
type Role string

// The closed set of roles.
const (
	Technician    Role = "technician"    // helps
	Auditor       Role = "auditor"       // reads the audit events
	Administrator Role = "administrator" // runs the desk; reads the audit events
)

// AllRoles lists every role.
func AllRoles() []Role { return []Role{Technician, Auditor, Administrator} }

// ParseRoles reads a list of roles. It refuses unknown ones and the empty
// list, drops doubles and returns the fixed order of AllRoles.
func ParseRoles(names []string) ([]Role, error) {
	for _, n := range names {
		if !slices.Contains(AllRoles(), Role(n)) {
			return nil, &Problem{Field: "roles", Text: fmt.Sprintf("unknown role %q; roles are technician, auditor, administrator", n)}
		}
	}
	var roles []Role
	for _, r := range AllRoles() {
		if slices.Contains(names, string(r)) {
			roles = append(roles, r)
		}
	}
	if len(roles) == 0 {
		return nil, &Problem{Field: "roles", Text: "name at least one of technician, auditor, administrator"}
	}
	return roles, nil
}

// JoinRoles writes roles as one space-separated word list.
func JoinRoles(roles []Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}
