package store

// Externals are the numbers of tickets that came from elsewhere, by the ids that they have there.
func (v *View) Externals() (map[string]int64, error) {
	known := make(map[string]int64)
	err := v.rows("ids of imported tickets", func(s scanner) error {
		var id string
		var number int64
		err := s.Scan(&id, &number)
		known[id] = number
		return err
	}, `SELECT ticket_external.id, ticket.number FROM ticket_external JOIN ticket ON ticket.id = ticket_external.ticket`)
	return known, err
}

// KeepExternal keeps by which id a ticket is known elsewhere.
func (t *Tx) KeepExternal(id, ticket string) error {
	_, err := t.exec(`INSERT INTO ticket_external (id, ticket) VALUES ($1, $2)`, id, ticket)
	return err
}
