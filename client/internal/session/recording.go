package session

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/client/internal/recording"
	"beside/client/internal/window"
	"beside/signaling/auditors"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
	format "beside/signaling/recording"
)

// keptEvery is how often the root of a growing recording is signed, at most.
const keptEvery = time.Minute

// Why a recording ended.
const (
	recordingOver    = "ended"   // with the session, or with what it shows
	recordingStopped = "stopped" // by the person
	recordingFailed  = "failed"  // it could not go on
)

// recordings is what a session knows of recording. Owned by run.
type recordings struct {
	list     *auditors.List // who can open them; nil: none that this machine believes
	pinned   bool           // the list's root is the configuration's
	required bool           // without recording there is no session
	now      *recording.Recorder
	all      []*recording.Recorder // with those that are still being uploaded
	told     grant.Set             // what the recording was told of rights
	chunks   int                   // that the broker has
	root     [32]byte
	kept     time.Time   // when that was signed last
	timer    *time.Timer // until it is signed again
}

// learnRecording reads what the broker says of recording. It can make sessions
// impossible without one; what is recorded and for whom the person decides.
func (s *session) learnRecording(j *joined) recordings {
	out := recordings{required: j.Recording == "required"}
	if j.Recording != "required" && j.Recording != "allowed" || len(j.Auditors) == 0 {
		return out
	}
	list, err := auditors.Parse(j.Auditors)
	root := list.Root
	if err == nil && s.cfg.AuditorsKey != "" {
		out.pinned = true
		root, err = auditors.ParseRoot(s.cfg.AuditorsKey)
	}
	if err == nil {
		err = list.Verify(root)
	}
	if err != nil {
		s.log.Warn("nothing can be recorded: auditors are not known", "error", err)
		return out
	}
	out.list = &list
	return out
}

// askable is what may be asked for: with recording where it must be, without where
// it cannot be, since it needs the picture and somebody to open it. It reports false
// when there is no session without recording and it cannot be asked for.
func (s *session) askable(wanted, token, granted grant.Set) (grant.Set, bool) {
	right := grant.SetOf(grant.Record)
	r := &s.recordings
	if r.required && !granted.Contains(grant.Record) {
		if r.list == nil || !token.Contains(grant.Record) {
			s.log.Warn("no session without recording, and no recording")
			return grant.Set{}, false
		}
		wanted = wanted.Union(right)
	}
	if r.list == nil || !granted.Union(wanted).Contains(grant.View) {
		wanted = wanted.Without(right)
	}
	return wanted, true
}

// terms are what the person is told when recording is asked for.
func (r *recordings) terms(asked grant.Set) window.Recording {
	if r.list == nil || !asked.Contains(grant.Record) {
		return window.Recording{}
	}
	t := window.Recording{Names: r.list.Names(), Required: r.required}
	if !r.pinned {
		t.Root = auditors.Fingerprint(r.list.Root)
	}
	return t
}

// suits reports whether these rights may hold together.
func (r *recordings) suits(all grant.Set) bool {
	records := all.Contains(grant.Record)
	return records && all.Contains(grant.View) || !records && !r.required
}

// names are those of who can open what is recorded under these rights.
func (r *recordings) names(scopes grant.Set) []string {
	if r.list == nil || !scopes.Contains(grant.Record) {
		return nil
	}
	return r.list.Names()
}

// withRest adds what does not go on without gone: a recording without the picture,
// and everything without a recording where there must be one.
func (r *recordings) withRest(gone grant.Set) grant.Set {
	if gone.Contains(grant.View) {
		gone = gone.Union(grant.SetOf(grant.Record))
	}
	if r.required && gone.Contains(grant.Record) {
		gone = gone.Union(consent.Offered())
	}
	return gone
}

// followRecording begins or ends the recording with the right to it.
func (s *session) followRecording() {
	lease, live := s.gate.Lease(grant.Record)
	if now := s.recordings.now; now != nil && (!live || now.Lease().Generation() != lease.Generation()) {
		why := recordingOver
		if s.taken == control.ByRequester {
			why = recordingStopped
		}
		s.endRecording(why)
	}
	if live && s.recordings.now == nil && s.recordings.list != nil && !s.isOver() {
		s.startRecording()
	}
	if now := s.recordings.now; now != nil {
		if granted, _ := s.gate.Granted(); granted != s.recordings.told {
			s.recordings.told = granted
			now.Rights(granted)
		}
	}
}

func (s *session) startRecording() {
	r := &s.recordings
	lease, live := s.gate.Lease(grant.Record)
	if !live {
		return
	}
	hash := r.list.Hash()
	var rec *recording.Recorder
	rec, err := recording.New(recording.Config{
		Session: s.id, Key: s.key, Lease: lease, List: format.List{Number: r.list.Number, Hash: hash[:]}, Recipients: r.list.Keys(),
		Put:  s.api.put,
		Kept: func(chunks int, root [32]byte) { s.post(func() { s.onKept(rec, chunks, root) }) },
		Log:  s.log,
	})
	if err != nil {
		s.log.Error("no recording", "error", err)
		s.takeBack(grant.SetOf(grant.Record), control.ByToken)
		return
	}
	r.now, r.all = rec, append(r.all, rec)
	r.told, r.chunks, r.kept = grant.Set{}, 0, time.Now()
	sum := sha256.Sum256(rec.Head())
	s.record(record.RecordingStarted{
		Recording: rec.ID(), Head: hex.EncodeToString(sum[:]), List: r.list.Number,
		Root: base64.RawURLEncoding.EncodeToString(r.list.Root), Recipients: r.list.Names(),
	})
	s.tape.Store(rec)
	if road := s.verifiedRoad(); road != nil {
		if seat := road.seat.Load(); seat != nil {
			s.recordSeat(seat)
		}
	}
	s.go_(func() {
		select {
		case <-rec.Uploaded():
			s.post(func() { s.onUploaded(rec) })
		case <-s.done:
		}
	})
}

// recordSeat has what a viewer is sent recorded, while that is allowed.
func (s *session) recordSeat(seat *display.Seat) {
	if rec := s.recordings.now; rec != nil {
		seat.Record(rec.Lease(), rec)
	}
}

// gapRecording says that nothing is shown, and so nothing recorded.
func (s *session) gapRecording(reason string) {
	if rec := s.recordings.now; rec != nil {
		rec.Gap(reason)
	}
}

// onKept signs the root of what the broker has, at most once a minute.
func (s *session) onKept(rec *recording.Recorder, chunks int, root [32]byte) {
	r := &s.recordings
	if r.now != rec || s.isOver() {
		return
	}
	r.chunks, r.root = chunks, root
	if r.timer == nil {
		r.timer = s.after(time.Until(r.kept.Add(keptEvery)), func() { s.signKept(rec) })
	}
}

func (s *session) signKept(rec *recording.Recorder) {
	r := &s.recordings
	r.timer = nil
	if r.now != rec || s.isOver() {
		return
	}
	r.kept = time.Now()
	s.record(record.RecordingKept{Recording: rec.ID(), Chunks: r.chunks, Root: r.root[:]})
}

// onUploaded notices a broker that takes no more of a recording that goes on.
func (s *session) onUploaded(rec *recording.Recorder) {
	if s.recordings.now != rec || s.isOver() {
		return
	}
	s.endRecording(recordingFailed)
	s.takeBack(grant.SetOf(grant.Record), control.ByToken)
}

// endRecording seals the recording that runs and says what it came to. The upload
// goes on.
func (s *session) endRecording(why string) {
	r := &s.recordings
	rec := r.now
	if rec == nil {
		return
	}
	s.tape.Store(nil)
	r.now = nil
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	res := rec.End()
	e, err := s.journal.Add(time.Now(), record.RecordingEnded{
		Recording: rec.ID(), Chunks: res.Chunks, Root: res.Root[:], Milliseconds: res.Length.Milliseconds(),
		Missing: res.Missing.Milliseconds(), Reason: why,
	})
	if err != nil {
		s.log.Error("end of the recording not recorded", "error", err)
		return
	}
	s.send(e)
}

// uploads reports whether the broker does not have all that was recorded.
func (r *recordings) uploads() bool {
	for _, rec := range r.all {
		select {
		case <-rec.Uploaded():
		default:
			return true
		}
	}
	return false
}

// closeRecordings gives up what is not uploaded.
func (s *session) closeRecordings() {
	for _, rec := range s.recordings.all {
		rec.Close()
	}
}
