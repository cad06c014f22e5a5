package session

import (
	"testing"

	"beside/signaling/control"
)

// The name by which a message is judged is the name by which it is decoded.
func FuzzMessageName(f *testing.F) {
	for _, seed := range []string{
		`{"type":"yield","scopes":"view"}`, `{"type":"key","gen":1,"code":"KeyA","down":true}`,
		`{"type":"bye","reason":"technician","type":"yield"}`, `{"Type":"key","type":"show","monitor":"x"}`, `[]`, `{"type":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		name := messageName(data)
		if m, err := control.DecodeFromViewer(data); err == nil && control.Type(m) != name {
			t.Errorf("judged as %q, decoded as %q", name, control.Type(m))
		}
		in, err := control.DecodeInput(data)
		if err != nil {
			return
		}
		raw, err := control.EncodeInput(in)
		if err != nil || !inputs[name] || messageName(raw) != name {
			t.Errorf("judged as %q, decoded as %T (%v)", name, in, err)
		}
	})
}
