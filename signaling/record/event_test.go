package record_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"beside/signaling/record"
)

func TestLeafRoundTrip(t *testing.T) {
	e := record.New(record.SessionEnded{Reason: "technician"}, record.ByBroker, record.Actor{Kind: record.Technician, ID: "t1"})
	e.Seq, e.ID, e.Time, e.Session = 7, "e1", time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), "s1"
	leaf, err := e.Leaf()
	if err != nil {
		t.Fatal(err)
	}
	back, err := record.ParseLeaf(leaf)
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Leaf()
	if err != nil || !bytes.Equal(leaf, again) {
		t.Errorf("leaf changed on the way:\n%s\n%s (%v)", leaf, again, err)
	}
}

func TestClosedSet(t *testing.T) {
	if _, err := record.DecodeData("made.up", []byte(`{}`)); !errors.Is(err, record.ErrKind) {
		t.Errorf("unknown kind: got %v, want ErrKind", err)
	}
	if _, err := record.DecodeData(record.KindSessionEnded, []byte(`{"reason":"x","more":1}`)); err == nil {
		t.Error("unknown field was taken")
	}
	wrong := record.New(record.SignedOut{}, record.ByBroker, record.Actor{Kind: record.Broker})
	wrong.Kind = record.KindSignedIn
	if _, err := wrong.Leaf(); err == nil {
		t.Error("data of another kind was taken")
	}
	for _, k := range record.Kinds() {
		if _, err := record.DecodeData(k, []byte(`{}`)); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
}

func FuzzParseLeaf(f *testing.F) {
	e := record.New(record.BrokerStarted{Version: "1"}, record.ByBroker, record.Actor{Kind: record.Broker})
	leaf, err := e.Leaf()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(leaf)
	f.Add([]byte(record.LeafPrefix + `{"kind":"x"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		if e, err := record.ParseLeaf(in); err == nil {
			if _, err := e.Leaf(); err != nil {
				t.Errorf("parsed leaf does not encode: %v", err)
			}
		}
	})
}
