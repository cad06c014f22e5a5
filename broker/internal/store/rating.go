package store

import "errors"

// Rating is what the person who was helped said of a session.
type Rating string

// The closed set of ratings.
const (
	Unrated   Rating = ""
	Helped    Rating = "helped"
	NotHelped Rating = "not_helped"
)

// InsertRating notes the rating of a session. It reports false when there is one already.
func (t *Tx) InsertRating(session string, r Rating) (bool, error) {
	return t.audited("rate session", `INSERT INTO rating (session, helped, rated_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		session, number(r == Helped), millis(t.now))
}

// Rating reads that of a session; Unrated when there is none.
func (v *View) Rating(session string) (Rating, error) {
	var helped bool
	err := v.row("rating", func(s scanner) error { return s.Scan(&helped) }, `SELECT helped FROM rating WHERE session = $1`, session)
	switch {
	case errors.Is(err, ErrNotFound):
		return Unrated, nil
	case err != nil:
		return Unrated, err
	case helped:
		return Helped, nil
	default:
		return NotHelped, nil
	}
}
