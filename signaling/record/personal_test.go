package record_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"beside/signaling/record"
)

func TestPersonalDataIsBesideTheLog(t *testing.T) {
	e := record.New(record.SessionJoined{From: "192.0.2.0/24", Key: "k", OS: "linux", Requester: "Grace"}, record.ByBroker, record.Actor{Kind: record.Requester})
	salt := bytes.Repeat([]byte{7}, record.SaltBytes)
	part, personal, err := e.Part()
	if err != nil || string(personal) != `{"from":"192.0.2.0/24","requester":"Grace"}` {
		t.Fatalf("parted %s, %v", personal, err)
	}
	part.Personal = record.Commit(salt, personal)
	leaf, err := part.Leaf()
	if err != nil || strings.Contains(string(leaf), "192.0.2") || strings.Contains(string(leaf), "Grace") {
		t.Fatalf("the leaf tells: %s, %v", leaf, err)
	}
	back, err := record.ParseLeaf(leaf)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := back.Restore(salt, personal)
	if err != nil || whole.Data != e.Data {
		t.Errorf("restored %+v, %v; want %+v", whole.Data, err, e.Data)
	}
	for name, tc := range map[string]struct{ salt, personal []byte }{
		"other data": {salt, bytes.Replace(personal, []byte("Grace"), []byte("Mallo"), 1)},
		"other salt": {bytes.Repeat([]byte{8}, record.SaltBytes), personal},
		"no salt":    {nil, personal},
		"nothing":    {salt, nil},
	} {
		if got, err := back.Restore(tc.salt, tc.personal); !errors.Is(err, record.ErrPersonal) || got.Data != back.Data {
			t.Errorf("%s: %+v, %v; want ErrPersonal", name, got.Data, err)
		}
	}
	none := record.New(record.SessionEnded{Reason: "technician"}, record.ByBroker, record.Actor{Kind: record.Broker})
	if same, personal, err := none.Part(); err != nil || personal != nil || same.Data != none.Data {
		t.Errorf("an event without personal data: %s, %v", personal, err)
	}
}
