package session

import (
	"context"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/files"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// vouched are the rights that rest while nobody vouches for the technician.
var vouched = grant.SetOf(grant.Control, grant.FilesSend, grant.FilesFetch)

// maxOffers is from when on a page that goes on offering files is no honest one: it
// was told a good while before that there are too many.
const maxOffers = 2 * control.MaxFiles

// Why a file came to nothing, besides the reasons that the viewer is told.
const (
	fileByTechnician = "technician" // they stopped it
	fileByEnd        = "ended"      // the session did
)

// transfers is what a session moves of files.
type transfers struct {
	// Owned by run.
	folder *files.Folder // nil until the first file
	offers int           // so far, both ways
	all    []*transfer   // in order; those of other pages too
	window window.Files  // nil while it is closed
	pick   rest          // rights that rest while the person picks

	mu    sync.Mutex        // of what follows: pieces come on the goroutine of their channel
	byN   map[int]*transfer // of the viewer that is there
	drawn time.Time         // when the window was brought up to date last
}

// transfer is one file. Its state is guarded by transfers.mu.
type transfer struct {
	n      int
	way    record.Direction
	name   string
	size   int64
	moved  int64 // bytes that are there
	state  window.FileState
	lease  *consent.Lease
	reason control.DropReason // when state is FileFailed and the viewer is to be told

	in     *files.Incoming // nil unless it is under way
	sum    []byte          // what the technician's page says that it is; nil before
	missed bool            // pieces came while the right rested

	out     *files.Outgoing // nil unless it is under way
	flights []flight        // pieces that were not answered yet, oldest first
	given   bool            // all was sent
	stop    context.CancelFunc
}

// flight is a piece under way.
type flight struct {
	end  int64 // where it ends in the file
	size int
	at   time.Time
}

// active reports whether the file is under way; mu is held.
func (t *transfer) active() bool {
	return t.state == window.FileMoving || t.state == window.FilePicking
}

// find is the file that a viewer calls n, or nil.
func (f *transfers) find(n int) *transfer {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byN[n]
}

// add takes a file up.
func (f *transfers) add(t *transfer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byN == nil {
		f.byN = make(map[int]*transfer)
	}
	f.byN[t.n] = t
	f.all = append(f.all, t)
}

// underWay are the files that are not over.
func (f *transfers) underWay() (out []*transfer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.all {
		if t.active() {
			out = append(out, t)
		}
	}
	return out
}

// admit says whether one more file may begin; else it tells the viewer why not.
func (s *session) admit(r *road, n int, right grant.Scope, message string) (*consent.Lease, bool) {
	s.files.offers++
	lease, live := s.gate.Lease(right)
	var why control.DropReason
	switch {
	case s.files.offers > maxOffers:
		s.violation(message)
		return nil, false
	case s.files.offers > control.MaxFiles:
		why = control.FileTooMany
	case len(s.files.underWay()) >= control.MaxParallelFiles:
		why = control.FileBusy
	case !live || errors.Is(lease.Do(func() error { return nil }), consent.ErrHeld):
		why = control.FileNoRight
	default:
		return lease, true
	}
	s.tellViewer(r, control.Dropped{N: n, Reason: why})
	return nil, false
}

// onPut takes a file of the technician up, or goes on with it over a new connection.
func (s *session) onPut(r *road, m control.Put) {
	if t := s.files.find(m.N); t != nil {
		if t.way != record.Sent || t.name != files.Name(m.Name) || t.size != m.Size {
			s.violation("put")
			return
		}
		s.goOn(r, t)
		return
	}
	lease, ok := s.admit(r, m.N, grant.FilesSend, "put")
	if !ok {
		return
	}
	t := &transfer{n: m.N, way: record.Sent, name: files.Name(m.Name), size: m.Size, lease: lease, state: window.FileMoving}
	s.files.add(t)
	in, err := s.receive(lease, m)
	if err != nil {
		s.log.Warn("file not taken", "error", err)
		s.failFile(t, dropReason(err))
		return
	}
	s.files.mu.Lock()
	t.in = in
	s.files.mu.Unlock()
	s.showFiles(true)
	s.tellViewer(r, control.Taking{N: t.n})
}

func (s *session) receive(l *consent.Lease, m control.Put) (*files.Incoming, error) {
	if s.files.folder == nil {
		if s.cfg.Devices.FilesFolder == nil {
			return nil, errors.ErrUnsupported
		}
		path, err := s.cfg.Devices.FilesFolder()
		if err != nil {
			return nil, err
		}
		if s.files.folder, err = files.OpenFolder(path, s.cfg.Broker.Scheme+"://"+s.cfg.Broker.Host+"/"); err != nil {
			return nil, err
		}
	}
	return s.files.folder.Receive(l, m.Name, m.Size)
}

// goOn goes on with a file for a viewer that lost its connection, or says again
// what became of it.
func (s *session) goOn(r *road, t *transfer) {
	s.files.mu.Lock()
	state, sum, reason, got := t.state, t.sum, t.reason, t.moved
	t.missed = false
	s.files.mu.Unlock()
	switch state {
	case window.FileMoving:
		s.tellViewer(r, control.Taking{N: t.n, From: got})
	case window.FileDone:
		s.tellViewer(r, control.Stored{N: t.n, SHA256: sum})
	case window.FilePicking, window.FileFailed:
		s.tellViewer(r, control.Dropped{N: t.n, Reason: reason})
	}
}

// onFrame takes a message of the channel of files, on that channel's goroutine: a
// disk that is slow holds up nothing else.
func (s *session) onFrame(r *road, post func(func()), data []byte) {
	f, err := control.DecodeFrame(data)
	if err != nil {
		post(func() { s.violation("piece") })
		return
	}
	switch s.gate.Judge(f.Kind.Name(), 0) {
	case consent.Late:
		return
	case consent.Violation:
		post(func() { s.violation(f.Kind.Name()) })
		return
	}
	if f.Kind == control.Took {
		s.onTook(r, post, f)
		return
	}
	s.onPiece(r, post, f)
}

// onPiece posts what is left to do when nothing is held any more: run may wait for
// what is.
func (s *session) onPiece(r *road, post func(func()), f control.Frame) {
	rest, draw := s.takePiece(r, f)
	if rest != nil {
		post(rest)
	}
	if draw {
		post(func() { s.showFiles(false) })
	}
}

func (s *session) takePiece(r *road, f control.Frame) (rest func(), draw bool) {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	t := s.files.byN[f.N]
	if t == nil || t.in == nil {
		return nil, false // stopped meanwhile
	}
	err := t.in.Write(f.Offset, f.Bytes)
	switch {
	case err == nil:
		t.moved = t.in.Got()
		took := control.AppendFrame(nil, control.Frame{Kind: control.Took, N: t.n, Offset: t.moved})
		_ = r.peer.Send(control.ChannelFiles, took) // a viewer that is gone asks again
		if t.moved == t.size {
			return func() { s.settle(r, t) }, true
		}
		return nil, s.files.due()
	case errors.Is(err, files.ErrOffset), errors.Is(err, consent.ErrRevoked):
		// It was under way when the file went on from another place, or when the right went.
	case errors.Is(err, consent.ErrHeld):
		t.missed = true
	case errors.Is(err, files.ErrOverrun):
		return func() { s.violation("piece") }, false
	default:
		s.log.Warn("file not written", "error", err)
		return func() { s.failFile(t, dropReason(err)) }, false
	}
	return nil, false
}

// onWhole hears what a file must be.
func (s *session) onWhole(r *road, m control.Whole) {
	t := s.files.find(m.N)
	if t == nil || t.way != record.Sent {
		return // one that was not taken
	}
	s.files.mu.Lock()
	if t.in != nil {
		t.sum = m.SHA256
	}
	s.files.mu.Unlock()
	s.settle(r, t)
}

// settle gives a file its name once all of it is there and known to be what was sent.
func (s *session) settle(r *road, t *transfer) {
	s.files.mu.Lock()
	if t.in == nil || t.sum == nil || t.in.Got() != t.size {
		s.files.mu.Unlock()
		return
	}
	if errors.Is(t.lease.Do(func() error { return nil }), consent.ErrHeld) {
		t.missed = true // followFiles comes by when it rests no more
		s.files.mu.Unlock()
		return
	}
	in := t.in
	t.in = nil
	name, err := in.Finish(t.sum)
	if err == nil {
		t.state, t.name, t.moved = window.FileDone, name, t.size
	}
	s.files.mu.Unlock()
	if err != nil {
		s.log.Warn("file not kept", "error", err)
		s.failFile(t, dropReason(err))
		return
	}
	s.record(record.FileReceived{Size: t.size, Hash: hex.EncodeToString(t.sum)})
	s.story.file(window.GotFile, name)
	s.tellViewer(r, control.Stored{N: t.n, SHA256: t.sum})
	s.showFiles(false)
}

// onDrop stops a file at the technician's word.
func (s *session) onDrop(m control.Drop) {
	if t := s.files.find(m.N); t != nil {
		s.endFile(t, fileByTechnician)
	}
}

// stopFile stops a file at the person's.
func (s *session) stopFile(place int) {
	if place < 0 || place >= len(s.files.all) {
		return
	}
	s.failFile(s.files.all[place], control.FileStopped)
}

// failFile ends a file and tells the viewer why.
func (s *session) failFile(t *transfer, why control.DropReason) {
	s.files.mu.Lock()
	t.reason = why
	s.files.mu.Unlock()
	if s.endFile(t, string(why)) {
		if r := s.verifiedRoad(); r != nil {
			s.tellViewer(r, control.Dropped{N: t.n, Reason: why})
		}
	}
}

// endFile ends a file that is under way and records why. Nothing of it stays on the
// disk. It reports whether it was.
func (s *session) endFile(t *transfer, why string) bool {
	s.files.mu.Lock()
	if !t.active() {
		s.files.mu.Unlock()
		return false
	}
	if t.state = window.FileFailed; t.reason == "" {
		t.reason = control.FileLost
	}
	if t.in != nil {
		t.in.Discard()
		t.in = nil
	}
	if t.stop != nil {
		t.stop()
	}
	if t.out != nil {
		t.moved = t.out.Sent() // what is on its way is out of our hands
		t.out.Close()
		t.out = nil
	}
	moved, size := t.moved, t.size
	s.files.mu.Unlock()
	s.record(record.FileFailed{Direction: t.way, Size: size, Moved: moved, Reason: why})
	s.showFiles(false)
	return true
}

// followFiles has files follow the rights: one whose right is gone ends, and one that
// lost pieces while it rested goes on.
func (s *session) followFiles(r *road) {
	for _, t := range s.files.underWay() {
		select {
		case <-t.lease.Done():
			s.failFile(t, control.FileNoRight)
			continue
		default:
		}
		s.files.mu.Lock()
		again := t.missed && t.lease.Do(func() error { return nil }) == nil
		if again {
			t.missed = false
		}
		got := t.moved
		s.files.mu.Unlock()
		if again {
			s.tellViewer(r, control.Taking{N: t.n, From: got})
			s.settle(r, t)
		}
	}
}

// forgetFiles ends the files of a page that is gone for good.
func (s *session) forgetFiles() {
	for _, t := range s.files.underWay() {
		s.endFile(t, string(control.FileLost))
	}
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	s.files.byN = nil
}

// endFiles ends them all with the session.
func (s *session) endFiles() {
	for _, t := range s.files.underWay() {
		s.endFile(t, fileByEnd)
	}
	if s.files.folder != nil {
		_ = s.files.folder.Close() // what is in it is whole
	}
}

// dropReason is what the viewer is told of an error.
func dropReason(err error) control.DropReason {
	switch {
	case errors.Is(err, files.ErrTooLarge):
		return control.FileTooLarge
	case errors.Is(err, files.ErrNoSpace):
		return control.FileNoSpace
	case errors.Is(err, files.ErrDiffers):
		return control.FileDiffers
	case errors.Is(err, consent.ErrRevoked), errors.Is(err, consent.ErrHeld):
		return control.FileNoRight
	}
	return control.FileFailed
}
