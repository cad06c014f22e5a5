package record

// RolesChanged: an account's roles are others now.
type RolesChanged struct {
	Technician string   `json:"technician"`
	Roles      []string `json:"roles"` // those after
}

// AccountDisabled: an account was closed; it was signed out everywhere and its sessions ended.
type AccountDisabled struct {
	Technician string `json:"technician"`
}

// AccountEnabled: a closed account was opened again.
type AccountEnabled struct {
	Technician string `json:"technician"`
}

func (RolesChanged) kind() Kind    { return KindRolesChanged }
func (AccountDisabled) kind() Kind { return KindAccountDisabled }
func (AccountEnabled) kind() Kind  { return KindAccountEnabled }
