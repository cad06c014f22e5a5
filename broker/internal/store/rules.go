package store

import (
	"fmt"
	"slices"
	"time"

	"beside/broker/internal/desk"
)

// DeskRules reads whose call is how grave, and what is promised.
func (v *View) DeskRules() (desk.Rules, error) {
	r := desk.DefaultRules()
	err := v.rows("matrix of priorities", func(s scanner) error {
		var impact, urgency desk.Level
		var p desk.Priority
		if err := s.Scan(&impact, &urgency, &p); err != nil {
			return err
		}
		i, u := slices.Index(desk.Levels(), impact), slices.Index(desk.Levels(), urgency)
		if i < 0 || u < 0 {
			return fmt.Errorf("no such level: %s, %s", impact, urgency)
		}
		r.Matrix[i][u] = p
		return nil
	}, `SELECT impact, urgency, priority FROM desk_priority`)
	if err != nil {
		return r, err
	}
	err = v.rows("promises", func(s scanner) error {
		var p desk.Priority
		var first, resolve int64
		if err := s.Scan(&p, &first, &resolve); err != nil {
			return err
		}
		if p < 1 || p > desk.Priorities {
			return fmt.Errorf("no such priority: %d", p)
		}
		r.Promises[p-1] = desk.Promise{First: time.Duration(first) * time.Millisecond, Resolve: time.Duration(resolve) * time.Millisecond}
		return nil
	}, `SELECT priority, first_ms, resolve_ms FROM desk_promise`)
	return r, err
}

// SetDeskRules replaces them. Tickets keep the priority that they have.
func (t *Tx) SetDeskRules(r desk.Rules) error {
	for i, row := range r.Matrix {
		for u, p := range row {
			if _, err := t.audited("change matrix of priorities", `UPDATE desk_priority SET priority = $1 WHERE impact = $2 AND urgency = $3`,
				p, desk.Levels()[i], desk.Levels()[u]); err != nil {
				return err
			}
		}
	}
	for i, p := range r.Promises {
		if _, err := t.audited("change promises", `UPDATE desk_promise SET first_ms = $1, resolve_ms = $2 WHERE priority = $3`,
			p.First.Milliseconds(), p.Resolve.Milliseconds(), i+1); err != nil {
			return err
		}
	}
	return nil
}
