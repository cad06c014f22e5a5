package session

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/grant"
	"beside/signaling/record"
	format "beside/signaling/recording"
)

// RecordingMode is the organisation's policy of recordings.
type RecordingMode string

// The modes. Off is what counts while nobody chose, and while no list of auditors
// is published: nobody could open a recording.
const (
	RecordingOff      RecordingMode = "off"
	RecordingAllowed  RecordingMode = "allowed"  // a technician may ask for it
	RecordingRequired RecordingMode = "required" // without recording there is no session
)

var recordingModes = []RecordingMode{RecordingOff, RecordingAllowed, RecordingRequired}

// Recording is what a client is told of recordings. The list is as it was published.
type Recording struct {
	Mode RecordingMode
	List []byte
}

// RecordingPolicy is what holds now. chosen is what the administrator chose, whether
// somebody could open recordings or not.
func RecordingPolicy(v *store.View) (now Recording, chosen RecordingMode, err error) {
	mode, err := v.RecordingMode()
	if err != nil {
		return Recording{Mode: RecordingOff}, RecordingOff, err
	}
	chosen = RecordingMode(mode)
	if mode == "" {
		chosen = RecordingOff
	}
	list, published, err := v.Auditors()
	if err != nil || chosen == RecordingOff || !published {
		return Recording{Mode: RecordingOff}, chosen, err
	}
	return Recording{Mode: chosen, List: list.List}, chosen, nil
}

// SetRecordingPolicy changes it, inside a transaction of the caller's. Sessions that
// are redeemed from now on follow, and what may be asked for in live ones.
func SetRecordingPolicy(tx *store.Tx, mode RecordingMode, by record.Actor) ([]record.Event, error) {
	if !slices.Contains(recordingModes, mode) {
		return nil, &desk.Problem{Field: "recording", Text: "choose off, allowed or required"}
	}
	_, chosen, err := RecordingPolicy(&tx.View)
	if err != nil || chosen == mode {
		return nil, err
	}
	if mode != RecordingOff {
		if _, published, err := tx.Auditors(); err != nil || !published {
			return nil, orNoAuditors(err)
		}
	}
	e := record.New(record.RecordingPolicyChanged{Recording: string(mode)}, record.ByBroker, by)
	return []record.Event{e}, tx.SetRecordingMode(string(mode))
}

func orNoAuditors(err error) error {
	if err != nil {
		return err
	}
	return &desk.Problem{Field: "recording", Text: "publish who can open recordings first"}
}

// Recording is what holds now, for a client that has redeemed.
func (r *Registry) Recording(ctx context.Context) (now Recording, err error) {
	err = r.store.View(ctx, func(v *store.View) (err error) {
		now, _, err = RecordingPolicy(v)
		return err
	})
	if err != nil {
		return now, fmt.Errorf("policy of recordings: %w", err)
	}
	return now, nil
}

// withRecording adds the right to be asked for a recording where there may be one.
func withRecording(v *store.View, scopes grant.Set) (grant.Set, error) {
	now, _, err := RecordingPolicy(v)
	if err != nil || now.Mode == RecordingOff {
		return scopes, err
	}
	return scopes.Union(grant.SetOf(grant.Record)), nil
}

// onRecordingStarted makes room for a recording. One that is announced in another form
// than the format's is in the log and nowhere else.
func onRecordingStarted(tx *store.Tx, se store.Session, d record.RecordingStarted) error {
	hash, err := hex.DecodeString(d.Head)
	if err != nil || len(hash) != 32 || !format.ValidID(d.Recording) {
		return nil
	}
	_, err = tx.StartRecording(se.ID, d.Recording, hash)
	return err
}
