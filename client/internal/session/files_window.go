package session

import (
	"time"

	"beside/client/internal/window"
	"beside/signaling/record"
)

// drawEvery is how often the window of files follows what moves, at most: to draw it
// takes time that the picture needs, which shows it, too.
const drawEvery = time.Second

// showFiles brings the window of files up to date. begun opens it: a file begins to
// move, and the person sees that.
func (s *session) showFiles(begun bool) {
	if s.isOver() {
		return
	}
	if s.files.window == nil {
		if !begun {
			return
		}
		w, err := s.cfg.UI.OpenFiles(s.filesState())
		if err != nil {
			s.log.Warn("no window for files", "error", err)
			s.unseenFiles()
			return
		}
		s.files.window = w
		s.go_(func() { s.watchFiles(w) })
		return
	}
	s.files.window.Set(s.filesState())
}

// unseenFiles ends what the person cannot see.
func (s *session) unseenFiles() {
	for _, t := range s.files.underWay() {
		s.failFile(t, "failed")
	}
}

// due reports whether the window is to follow now; mu is held.
func (f *transfers) due() bool {
	now := time.Now()
	if now.Sub(f.drawn) < drawEvery {
		return false
	}
	f.drawn = now
	return true
}

func (s *session) filesState() window.FilesState {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	st := window.FilesState{Party: s.party(), Technician: s.technician}
	for _, t := range s.files.all {
		st.Files = append(st.Files, window.FileLine{
			Name: t.name, Size: t.size, Moved: t.moved, Out: t.way == record.Fetched, State: t.state,
		})
	}
	if s.files.folder != nil && s.cfg.Devices.Browse != nil {
		st.Folder = s.files.folder.Path()
	}
	return st
}

// watchFiles brings what the person does in the window of files.
func (s *session) watchFiles(w window.Files) {
	for {
		select {
		case place := <-w.Stops():
			s.post(func() { s.stopFile(place) })
		case <-w.Opens():
			s.openFolder()
		case <-w.Closed():
			s.post(func() {
				w.Close()
				if s.files.window == w {
					s.files.window = nil
				}
			})
			return
		case <-s.over:
			return
		}
	}
}

// openFolder shows the person their files, on a goroutine of its own.
func (s *session) openFolder() {
	s.post(func() {
		if s.files.folder == nil || s.cfg.Devices.Browse == nil {
			return
		}
		path := s.files.folder.Path()
		s.go_(func() {
			if err := s.cfg.Devices.Browse(path); err != nil {
				s.log.Warn("folder not opened", "error", err)
			}
		})
	})
}
