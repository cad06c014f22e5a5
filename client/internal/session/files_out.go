package session

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/files"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// restFor is how often a file looks whether its right rests no more.
const restFor = 50 * time.Millisecond

// onGet has the person pick a file, or goes on with the one they picked.
func (s *session) onGet(r *road, m control.Get) {
	if t := s.files.find(m.N); t != nil {
		s.onGetAgain(r, t, m.From)
		return
	}
	switch {
	case m.From != 0:
		s.tellViewer(r, control.Dropped{N: m.N, Reason: control.FileLost})
		return
	case s.files.pick.end != nil:
		s.tellViewer(r, control.Dropped{N: m.N, Reason: control.FileBusy})
		return
	}
	lease, ok := s.admit(r, m.N, grant.FilesFetch, "get")
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(r.ctx)
	t := &transfer{n: m.N, way: record.Fetched, lease: lease, state: window.FilePicking, stop: cancel}
	s.files.add(t)
	// What the person looks through is not for the technician, who sees and moves
	// nothing meanwhile, nor for who looks on.
	s.files.pick.hold(consent.Offered().Without(grant.SetOf(grant.FilesSend, grant.FilesFetch)), s.gate, s.onlook)
	s.releaseHands()
	s.apply()
	question := window.PickFile{Party: s.party(), Technician: s.technician}
	s.go_(func() {
		defer cancel()
		path, err := s.cfg.UI.PickFile(ctx, question)
		if err != nil || ctx.Err() != nil {
			path = ""
		}
		s.post(func() { s.onFilePicked(r, t, path) })
	})
}

// onFilePicked begins to send what the person picked; nothing when path is empty.
func (s *session) onFilePicked(r *road, t *transfer, path string) {
	s.files.pick.release()
	if s.isOver() {
		return
	}
	s.apply()
	s.files.mu.Lock()
	waits := t.state == window.FilePicking
	s.files.mu.Unlock()
	switch {
	case !waits:
		return // stopped meanwhile
	case path == "" || r.link.road != r:
		s.failFile(t, control.FileDeclined)
		return
	}
	out, err := files.Send(t.lease, path)
	if err != nil {
		s.log.Warn("file not sent", "error", err)
		s.failFile(t, dropReason(err))
		return
	}
	s.files.mu.Lock()
	t.out, t.name, t.size, t.state = out, out.Name(), out.Size(), window.FileMoving
	s.files.mu.Unlock()
	s.showFiles(true)
	s.give(r, t, 0)
}

// onGetAgain goes on with a file for a viewer that lost its connection.
func (s *session) onGetAgain(r *road, t *transfer, from int64) {
	if t.way != record.Fetched {
		s.violation("get")
		return
	}
	s.files.mu.Lock()
	reason, moving := t.reason, t.out != nil
	beyond := moving && from > t.out.Sent()
	s.files.mu.Unlock()
	switch {
	case beyond:
		s.violation("get") // nobody has what was not sent
	case moving:
		s.give(r, t, from)
	case reason != "":
		s.tellViewer(r, control.Dropped{N: t.n, Reason: reason})
	}
}

// give sends a file over a connection, from there on, on a goroutine of its own.
func (s *session) give(r *road, t *transfer, from int64) {
	ctx, cancel := context.WithCancel(r.ctx)
	s.files.mu.Lock()
	if t.stop != nil {
		t.stop()
	}
	t.stop, t.given, t.flights = cancel, false, nil
	s.files.mu.Unlock()
	s.tellViewer(r, control.Giving{N: t.n, Name: t.name, Size: t.size, From: from})
	s.go_(func() {
		defer cancel()
		err := s.sendPieces(ctx, r, t, from)
		s.post(func() { s.onGiven(ctx, r, t, err) })
	})
}

// sendPieces sends pieces as the pace of the connection allows.
func (s *session) sendPieces(ctx context.Context, r *road, t *transfer, from int64) error {
	var head, piece [control.FrameHead + control.MaxPieceBytes]byte
	for at := from; at < t.size; {
		n := int(min(control.MaxPieceBytes, t.size-at))
		if wait := r.pace.Take(n); wait != nil {
			select {
			case <-wait:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := s.sendPiece(ctx, r, t, at, piece[:n], head[:0])
		if err != nil {
			r.pace.Gone(n)
		}
		switch {
		case errors.Is(err, consent.ErrHeld):
			select {
			case <-time.After(restFor):
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		case err != nil:
			return err
		}
		at += int64(n)
	}
	return nil
}

func (s *session) sendPiece(ctx context.Context, r *road, t *transfer, at int64, piece, frame []byte) error {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	if t.out == nil || ctx.Err() != nil {
		return context.Canceled // stopped
	}
	_, err := t.out.Read(at, piece, func(b []byte) error {
		frame = control.AppendFrame(frame, control.Frame{Kind: control.Piece, N: t.n, Offset: at, Bytes: b})
		return r.peer.Send(control.ChannelFiles, frame)
	})
	if err == nil {
		t.flights = append(t.flights, flight{end: at + int64(len(piece)), size: len(piece), at: time.Now()})
	}
	return err
}

// onGiven says that all of a file was sent.
func (s *session) onGiven(ctx context.Context, r *road, t *transfer, err error) {
	s.files.mu.Lock()
	current := t.out != nil && (err == nil || ctx.Err() == nil)
	var sum []byte
	if current && err == nil {
		t.given, sum = true, t.out.Sum()
	}
	s.files.mu.Unlock()
	switch {
	case !current || r.link.road != r:
		// Stopped, or it goes on over another connection.
	case errors.Is(err, consent.ErrRevoked):
		s.failFile(t, control.FileNoRight)
	case errors.Is(err, files.ErrNoFile):
		s.failFile(t, control.FileFailed)
	case err == nil:
		s.tellViewer(r, control.Given{N: t.n, SHA256: sum})
	}
}

// onTook hears what arrived, on the goroutine of the channel of files.
func (s *session) onTook(r *road, post func(func()), f control.Frame) {
	lies, draw := s.takeTook(r, f)
	if lies {
		post(func() { s.violation("took") })
	}
	if draw {
		post(func() { s.showFiles(false) })
	}
}

func (s *session) takeTook(r *road, f control.Frame) (lies, draw bool) {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	t := s.files.byN[f.N]
	if t == nil || t.out == nil {
		return false, false // stopped meanwhile
	}
	if f.Offset > t.out.Sent() {
		return true, false // nobody has what was not sent
	}
	n, last := 0, time.Time{}
	for len(t.flights) > 0 && t.flights[0].end <= f.Offset {
		n += t.flights[0].size
		last = t.flights[0].at
		t.flights = t.flights[1:]
	}
	if n > 0 {
		now := time.Now()
		r.pace.Answered(n, now.Sub(last), now)
	}
	t.moved = max(t.moved, f.Offset)
	return false, s.files.due()
}

// onFileKept hears that the technician's page has all of a file, and what it got.
func (s *session) onFileKept(m control.Kept) {
	t := s.files.find(m.N)
	if t == nil || t.way != record.Fetched {
		return // one that was not given
	}
	s.files.mu.Lock()
	if t.out == nil {
		s.files.mu.Unlock()
		return // stopped meanwhile
	}
	given, equal := t.given, t.out.Is(m.SHA256)
	if given && equal {
		t.out.Close()
		t.out, t.state, t.moved = nil, window.FileDone, t.size
	}
	s.files.mu.Unlock()
	switch {
	case !given:
		s.violation("kept")
	case !equal:
		s.failFile(t, control.FileDiffers)
	default:
		s.record(record.FileSent{Size: t.size, Hash: hex.EncodeToString(m.SHA256)})
		s.story.file(window.GaveFile, t.name)
		s.showFiles(false)
	}
}
