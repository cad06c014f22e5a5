package store

import "time"

// Attachment is a file of a ticket, without its bytes.
type Attachment struct {
	ID, Ticket, Name, Type string
	Author, AuthorName     string
	Size                   int64
	At                     time.Time
}

// Object is where its bytes are.
func (a Attachment) Object() string { return "attachments/" + a.Ticket + "/" + a.ID }

// Attachments lists those of a ticket, the oldest first.
func (v *View) Attachments(ticket string) (all []Attachment, err error) {
	err = v.rows("attachments", func(s scanner) error {
		var a Attachment
		err := s.Scan(&a.ID, &a.Ticket, &a.Name, &a.Type, &a.Size, &a.Author, &a.AuthorName, instant{&a.At})
		all = append(all, a)
		return err
	}, `SELECT attachment.id, attachment.ticket, attachment.name, type, size, COALESCE(author, ''), COALESCE(technician.name, ''), at
		FROM attachment LEFT JOIN technician ON technician.id = attachment.author WHERE attachment.ticket = $1 ORDER BY at, attachment.id`, ticket)
	return all, err
}

// InsertAttachment adds one whose bytes are kept already.
func (t *Tx) InsertAttachment(a Attachment) error {
	_, err := t.audited("add attachment", `INSERT INTO attachment (id, ticket, name, type, size, author, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.ID, a.Ticket, a.Name, a.Type, a.Size, nullable(a.Author), millis(t.now))
	return err
}

// DeleteAttachment reports false when there is none. Its bytes are deleted later: see GoneObjects.
func (t *Tx) DeleteAttachment(ticket, id string) (bool, error) {
	return t.audited("remove attachment", `DELETE FROM attachment WHERE ticket = $1 AND id = $2`, ticket, id)
}

// eraseAttachments deletes those of a session's ticket, unless another session of it is held or goes on.
func (t *Tx) eraseAttachments(session string) (bool, error) {
	return t.audited("erase attachments", `DELETE FROM attachment WHERE ticket = (SELECT ticket FROM session WHERE id = $1)
		AND NOT EXISTS (SELECT 1 FROM session WHERE session.ticket = attachment.ticket AND session.id <> $1 AND (session.ended_at = 0 OR `+held+`))`, session)
}

// OldAttachments lists at most limit attachments of tickets that were resolved before a time and took no session.
func (v *View) OldAttachments(before time.Time, limit int) (all []Attachment, err error) {
	err = v.rows("old attachments", func(s scanner) error {
		var a Attachment
		err := s.Scan(&a.ID, &a.Ticket)
		all = append(all, a)
		return err
	}, `SELECT attachment.id, attachment.ticket FROM attachment JOIN ticket ON ticket.id = attachment.ticket
		WHERE ticket.resolved_at > 0 AND ticket.resolved_at < $1 AND NOT EXISTS (SELECT 1 FROM session WHERE session.ticket = ticket.id) LIMIT $2`,
		millis(before), limit)
	return all, err
}

// GoneObjects lists at most limit objects of attachments that were deleted.
func (v *View) GoneObjects(limit int) ([]string, error) {
	return v.texts("objects of deleted attachments", `SELECT object FROM attachment_gone LIMIT $1`, limit)
}

// ForgetObject is for an object that is deleted.
func (t *Tx) ForgetObject(object string) error {
	_, err := t.exec(`DELETE FROM attachment_gone WHERE object = $1`, object)
	return err
}
