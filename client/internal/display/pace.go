package display

import "time"

const (
	restless     = 30 * time.Millisecond  // a change this soon after the last is one of a series
	coalesce     = 750 * time.Microsecond // in a series: let the program finish drawing
	seriesPeriod = 16 * time.Millisecond  // holds at most two grabs
)

// pace says when to look at news. The first change after rest is looked at at
// once; in a series the program gets a moment to finish, and there are no more
// than about 125 looks a second.
type pace struct {
	last, before time.Time // the last two grabs
}

func (p *pace) grabbed(at time.Time) { p.before, p.last = p.last, at }

// due is when to look at news that came then.
func (p *pace) due(news time.Time) time.Time {
	if news.Sub(p.last) >= restless {
		return news
	}
	at := news.Add(coalesce)
	if soonest := p.before.Add(seriesPeriod); at.Before(soonest) {
		return soonest
	}
	return at
}
