package session

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Unable is a client that was started where it cannot show the screen.
type Unable struct {
	Page   [32]byte // the link's page value: it proves the link and spends nothing
	Spoken bool     // the code was told as digits
	Code   string   // why, as the protocol names it
	From   string   // truncated address
}

// Unable tells the technician why the requester's machine cannot be shown, and
// leaves the link as it is: the person may start the program again elsewhere.
// A link that cannot be redeemed any more is refused as in Redeem.
func (r *Registry) Unable(ctx context.Context, q Unable) error {
	hash := sha256.Sum256(q.Page[:])
	err := r.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		i, err := tx.InvitationByPage(hash[:], q.Spoken)
		if errors.Is(err, store.ErrNotFound) {
			return nil, errUnknown
		}
		if err != nil {
			return nil, err
		}
		se, err := tx.Session(i.Session)
		if err != nil {
			return nil, err
		}
		if no := r.mayRedeem(tx, i, se, nil); no != nil {
			return nil, no
		}
		changed, err := tx.MarkUnable(i.ID, q.Code)
		if err != nil || !changed {
			return nil, err
		}
		return []record.Event{se.Event(record.InvitationUnable{Invitation: i.ID, From: q.From, Code: q.Code}, record.Actor{Kind: record.Requester})}, nil
	})
	if err != nil {
		return fmt.Errorf("note that a machine cannot be shown: %w", err)
	}
	return nil
}
