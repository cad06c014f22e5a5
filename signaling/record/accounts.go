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

// SignInProved: somebody signed in proved anew, by a passkey, who it is.
type SignInProved struct {
	From string `json:"from" personal:"true"`
}

// DeviceSignedOut: browsers of the actor's account were signed out from another one.
type DeviceSignedOut struct {
	Count int64 `json:"count"`
}

// PasskeyAdded: the actor's account has another passkey. Synced tells that it
// may be on several devices.
type PasskeyAdded struct {
	Passkey string `json:"passkey"`
	Synced  bool   `json:"synced"`
}

// PasskeyRenamed: a passkey has another name.
type PasskeyRenamed struct {
	Passkey string `json:"passkey"`
}

// PasskeyRemoved: a passkey is good no more.
type PasskeyRemoved struct {
	Passkey string `json:"passkey"`
}

// RecoveryCodesMade: the actor's account has new recovery codes; earlier ones are good no more.
type RecoveryCodesMade struct {
	Count int `json:"count"`
}

// ProviderLinked: the actor's account is linked to the single sign-on.
type ProviderLinked struct {
	Issuer string `json:"issuer"`
}

// ProviderUnlinked: it is no more.
type ProviderUnlinked struct {
	Issuer string `json:"issuer"`
}

func (ProviderLinked) kind() Kind   { return KindProviderLinked }
func (ProviderUnlinked) kind() Kind { return KindProviderUnlinked }

// TechnicianRenamed: an account has another name, as requesters are shown it.
type TechnicianRenamed struct {
	Technician string `json:"technician"`
}

// PolicyChanged: clients may be asked for these scopes and no others.
type PolicyChanged struct {
	Scopes string `json:"scopes"`
}

// KeyRotated: Key signs tokens from now on; Before is the thumbprint of the one that did.
type KeyRotated struct {
	Key    string `json:"key"`
	Before string `json:"before"`
}

func (TechnicianRenamed) kind() Kind { return KindTechnicianRenamed }
func (PolicyChanged) kind() Kind     { return KindPolicyChanged }
func (KeyRotated) kind() Kind        { return KindKeyRotated }
func (RolesChanged) kind() Kind      { return KindRolesChanged }
func (AccountDisabled) kind() Kind   { return KindAccountDisabled }
func (AccountEnabled) kind() Kind    { return KindAccountEnabled }
func (SignInProved) kind() Kind      { return KindSignInProved }
func (DeviceSignedOut) kind() Kind   { return KindDeviceSignedOut }
func (PasskeyAdded) kind() Kind      { return KindPasskeyAdded }
func (PasskeyRenamed) kind() Kind    { return KindPasskeyRenamed }
func (PasskeyRemoved) kind() Kind    { return KindPasskeyRemoved }
func (RecoveryCodesMade) kind() Kind { return KindRecoveryCodesMade }
