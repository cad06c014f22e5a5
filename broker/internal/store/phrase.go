package store

// Phrase is an answer that technicians give often.
type Phrase struct{ ID, Title, Text string }

// Phrases lists all by their titles.
func (v *View) Phrases() (all []Phrase, err error) {
	err = v.rows("phrases", func(s scanner) error {
		var p Phrase
		err := s.Scan(&p.ID, &p.Title, &p.Text)
		all = append(all, p)
		return err
	}, `SELECT id, title, text FROM phrase ORDER BY LOWER(title), id`)
	return all, err
}

// PutPhrase adds one, or replaces that of the same id.
func (t *Tx) PutPhrase(p Phrase) error {
	_, err := t.audited("change phrase", `INSERT INTO phrase (id, title, text) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET title = $2, text = $3`, p.ID, p.Title, p.Text)
	return err
}

// DeletePhrase reports false when there is none.
func (t *Tx) DeletePhrase(id string) (bool, error) {
	return t.audited("remove phrase", `DELETE FROM phrase WHERE id = $1`, id)
}
