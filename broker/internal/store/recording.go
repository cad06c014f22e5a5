package store

import (
	"errors"
	"fmt"
	"time"

	format "beside/signaling/recording"
)

// Recording is what is kept of one: not its bytes.
type Recording struct {
	ID, Session          string
	HeadHash             []byte
	Head                 []byte // nil: not here
	StartedAt, DeletedAt time.Time
	Chunks               int
	Bytes                int64 // of all chunks
}

const recordingQuery = `SELECT recording.id, recording.session, recording.head_hash, recording.head, recording.started_at,
	recording.deleted_at, (SELECT COUNT(*) FROM recording_chunk c WHERE c.recording = recording.id),
	(SELECT COALESCE(SUM(length), 0) FROM recording_chunk c WHERE c.recording = recording.id) FROM recording `

func (r *Recording) scan(s scanner) error {
	return s.Scan(&r.ID, &r.Session, binary{&r.HeadHash}, binary{&r.Head}, instant{&r.StartedAt}, instant{&r.DeletedAt}, &r.Chunks, &r.Bytes)
}

// Recording reads one of a session.
func (v *View) Recording(session, id string) (r Recording, err error) {
	err = v.row("recording", r.scan, recordingQuery+`WHERE recording.id = $1 AND recording.session = $2`, id, session)
	return r, err
}

// Recordings lists those of a session, the oldest first.
func (v *View) Recordings(session string) ([]Recording, error) {
	return v.recordings(`WHERE recording.session = $1 ORDER BY recording.started_at, recording.id`, session)
}

// UnsweptRecordings lists those that were deleted and whose bytes may still be here.
func (v *View) UnsweptRecordings(limit int) ([]Recording, error) {
	return v.recordings(`WHERE recording.deleted_at <> 0 AND recording.swept_at = 0 LIMIT $1`, limit)
}

func (v *View) recordings(where string, args ...any) (all []Recording, err error) {
	err = v.rows("recordings", func(s scanner) error {
		var r Recording
		err := r.scan(s)
		all = append(all, r)
		return err
	}, recordingQuery+where, args...)
	return all, err
}

// RecordedBytes is how much all recordings have that were not deleted.
func (v *View) RecordedBytes() (n int64, err error) {
	err = v.row("recorded bytes", func(s scanner) error { return s.Scan(&n) }, `SELECT COALESCE(SUM(length), 0)
		FROM recording_chunk JOIN recording ON recording.id = recording_chunk.recording WHERE recording.deleted_at = 0`)
	return n, err
}

// RecordingLeaves reads the leaves of a recording's tree, from number first on.
func (v *View) RecordingLeaves(recording string, first, limit int) (all []format.Leaf, err error) {
	err = v.rows("chunks of a recording", func(s scanner) error {
		var l format.Leaf
		var hash []byte
		err := s.Scan(&l.N, &l.From, &l.To, &l.Flags, &l.Length, binary{&hash})
		copy(l.Hash[:], hash)
		all = append(all, l)
		return err
	}, `SELECT n, from_ms, to_ms, flags, length, sha256 FROM recording_chunk WHERE recording = $1 AND n >= $2 ORDER BY n LIMIT $3`,
		recording, first, limit)
	return all, err
}

// StartRecording makes the row of a recording that its client has announced; it
// reports false when there is one of that id.
func (t *Tx) StartRecording(session, id string, headHash []byte) (bool, error) {
	return t.audited("start recording", `INSERT INTO recording (id, session, head_hash, started_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, id, session, encode(headHash), millis(t.now))
}

// PutRecordingHead keeps a head. It is not audited: its hash is in the log.
func (t *Tx) PutRecordingHead(id string, head []byte) error {
	if _, err := t.exec(`UPDATE recording SET head = $1 WHERE id = $2 AND deleted_at = 0`, encode(head), id); err != nil {
		return fmt.Errorf("keep head of a recording: %w", err)
	}
	return nil
}

// AddRecordingChunk keeps what a chunk is; it reports false when there is one of
// that number. It is not audited: the client signs the tree.
func (t *Tx) AddRecordingChunk(recording string, l format.Leaf) (bool, error) {
	n, err := t.exec(`INSERT INTO recording_chunk (recording, n, from_ms, to_ms, flags, length, sha256)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		recording, int64(l.N), int64(l.From), int64(l.To), int64(l.Flags), int64(l.Length), encode(l.Hash[:]))
	if err != nil {
		return false, fmt.Errorf("keep chunk of a recording: %w", err)
	}
	return n > 0, nil
}

// DeleteRecording forgets what opens a recording, and marks its bytes to go; it
// reports false when that was done before. What its chunks were stays.
func (t *Tx) DeleteRecording(id string) (bool, error) {
	return t.audited("delete recording", `UPDATE recording SET deleted_at = $1, head = '' WHERE id = $2 AND deleted_at = 0`, millis(t.now), id)
}

// RecordingSwept notes that a deleted recording's bytes are gone.
func (t *Tx) RecordingSwept(id string) error {
	if _, err := t.exec(`UPDATE recording SET swept_at = $1 WHERE id = $2 AND deleted_at <> 0`, millis(t.now), id); err != nil {
		return fmt.Errorf("note that a recording is gone: %w", err)
	}
	return nil
}

// RecordingMode reads the policy of recordings; "" when there is none.
func (v *View) RecordingMode() (mode string, err error) {
	err = v.row("policy of recordings", func(s scanner) error { return s.Scan(&mode) }, `SELECT mode FROM recording_policy WHERE id = 1`)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return mode, err
}

// SetRecordingMode replaces the policy of recordings.
func (t *Tx) SetRecordingMode(mode string) error {
	_, err := t.audited("change policy of recordings", `INSERT INTO recording_policy (id, mode, changed_at) VALUES (1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET mode = $1, changed_at = $2`, mode, millis(t.now))
	return err
}
