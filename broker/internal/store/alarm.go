package store

import "time"

// Alarm is a requester's word that a session feels wrong.
type Alarm struct {
	Session                                                string
	RaisedAt, SeenAt, ToldAt                               time.Time // zero: not yet
	SeenBy                                                 string    // id of the administrator
	Tries                                                  int       // of telling the webhook, so far
	Ticket, Technician, TechnicianName, Requester, Subject string
	TicketNumber                                           int64
}

const alarmQuery = `SELECT alarm.session, alarm.raised_at, alarm.seen_at, alarm.told_at, alarm.seen_by, alarm.tries,
	session.ticket, session.technician, technician.name, ticket.requester, ticket.subject, ticket.number
	FROM alarm JOIN session ON session.id = alarm.session JOIN technician ON technician.id = session.technician
	JOIN ticket ON ticket.id = session.ticket `

func (a *Alarm) scan(s scanner) error {
	return s.Scan(&a.Session, instant{&a.RaisedAt}, instant{&a.SeenAt}, instant{&a.ToldAt}, &a.SeenBy, &a.Tries,
		&a.Ticket, &a.Technician, &a.TechnicianName, &a.Requester, &a.Subject, &a.TicketNumber)
}

// RaiseAlarm raises one and holds the session. It reports false when there is
// one already.
func (t *Tx) RaiseAlarm(session string) (bool, error) {
	return t.audited("raise alarm", `INSERT INTO alarm (session, raised_at, try_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING`,
		session, millis(t.now))
}

// SeeAlarm notes who took it up; it reports false when somebody has, or there is
// none.
func (t *Tx) SeeAlarm(session, technician string) (bool, error) {
	return t.audited("see alarm", `UPDATE alarm SET seen_at = $1, seen_by = $2 WHERE session = $3 AND seen_at = 0`,
		millis(t.now), technician, session)
}

// AlarmTried notes that the webhook did not take it, and when to try again.
func (t *Tx) AlarmTried(session string, again time.Time) error {
	_, err := t.exec(`UPDATE alarm SET tries = tries + 1, try_at = $1 WHERE session = $2`, millis(again), session)
	return err
}

// AlarmTold notes that the webhook took it.
func (t *Tx) AlarmTold(session string) error {
	_, err := t.audited("tell alarm", `UPDATE alarm SET tries = tries + 1, told_at = $1 WHERE session = $2`, millis(t.now), session)
	return err
}

// Alarms lists the latest, those first that nobody took up.
func (v *View) Alarms(limit int) (all []Alarm, err error) {
	return v.alarms(`ORDER BY alarm.seen_at <> 0, alarm.raised_at DESC LIMIT $1`, limit)
}

// UntoldAlarms lists those that the webhook is to be told of now.
func (v *View) UntoldAlarms(now time.Time, limit int) (all []Alarm, err error) {
	return v.alarms(`WHERE alarm.told_at = 0 AND alarm.try_at <= $1 ORDER BY alarm.try_at LIMIT $2`, millis(now), limit)
}

func (v *View) alarms(where string, args ...any) (all []Alarm, err error) {
	err = v.rows("alarms", func(s scanner) error {
		var a Alarm
		err := a.scan(s)
		all = append(all, a)
		return err
	}, alarmQuery+where, args...)
	return all, err
}
