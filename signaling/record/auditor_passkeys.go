package record

// The kinds of passkeys that open auditors' keys.
const (
	KindAuditorPasskeyKept      Kind = "auditors.passkey_kept"
	KindAuditorPasskeyForgotten Kind = "auditors.passkey_forgotten"
)

// AuditorPasskeyKept: a key that opens recordings can be opened by a passkey too; Name is that of the device.
type AuditorPasskeyKept struct {
	Recipient string `json:"recipient"`
	Name      string `json:"name"`
}

// AuditorPasskeyForgotten: it cannot any more.
type AuditorPasskeyForgotten struct {
	Recipient string `json:"recipient"`
}

func (AuditorPasskeyKept) kind() Kind      { return KindAuditorPasskeyKept }
func (AuditorPasskeyForgotten) kind() Kind { return KindAuditorPasskeyForgotten }
