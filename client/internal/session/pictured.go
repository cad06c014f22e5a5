package session

import (
	"time"

	"beside/client/internal/window"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// maxPictures bounds how many pictures of the screen are told of at once; then one
// each second. Nobody's page keeps more.
const maxPictures = 10

// onPictured has the person's summary and the record tell of a picture.
func (s *session) onPictured() {
	if !s.pictures.take(time.Now(), maxPictures) {
		s.violation("pictured")
		return
	}
	s.record(record.ScreenPictured{})
	s.story.add(window.Pictured, grant.Set{})
}
