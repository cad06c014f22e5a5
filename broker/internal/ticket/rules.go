package ticket

import (
	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// SetRules changes whose call is how grave, and what is promised. Tickets keep their priority until their impact or
// urgency changes; when they are due follows the promises at once.
func SetRules(tx *store.Tx, r desk.Rules, by record.Actor) ([]record.Event, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	before, err := tx.DeskRules()
	if err != nil || before == r {
		return nil, err
	}
	data := record.DeskRulesChanged{}
	for _, row := range r.Matrix {
		for _, p := range row {
			data.Matrix = append(data.Matrix, int(p))
		}
	}
	for _, p := range r.Promises {
		data.First = append(data.First, int(p.First.Minutes()))
		data.Resolve = append(data.Resolve, int(p.Resolve.Minutes()))
	}
	return []record.Event{record.New(data, record.ByBroker, by)}, tx.SetDeskRules(r)
}
