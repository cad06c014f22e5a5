package store

import "errors"

// BeginForwarding reads where a forwarder is: where it began, and the last event that
// was taken. One that is new begins after what there is.
func (t *Tx) BeginForwarding(name string) (began, at int64, err error) {
	err = t.row("forwarding to "+name, func(s scanner) error { return s.Scan(&began, &at) }, `SELECT began, at FROM forwarding WHERE name = $1`, name)
	if !errors.Is(err, ErrNotFound) {
		return began, at, err
	}
	last, err := t.LastSeq()
	if err != nil {
		return 0, 0, err
	}
	_, err = t.exec(`INSERT INTO forwarding (name, began, at) VALUES ($1, $2, $2)`, name, last)
	return last, last, err
}

// Forwarded keeps where a forwarder is.
func (t *Tx) Forwarded(name string, at int64) error {
	_, err := t.exec(`UPDATE forwarding SET at = $1 WHERE name = $2`, at, name)
	return err
}

// Forwards reports whether there is a forwarder of this name.
func (v *View) Forwards(name string) (bool, error) {
	var at int64
	err := v.row("forwarding to "+name, func(s scanner) error { return s.Scan(&at) }, `SELECT at FROM forwarding WHERE name = $1`, name)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
