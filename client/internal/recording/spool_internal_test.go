package recording

import (
	"bytes"
	"errors"
	"testing"
)

// The spool gives back what it was given, in order, in bounded room.
func TestSpoolIsARing(t *testing.T) {
	s, err := openSpool(1000 + spoolForEnd)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var waiting [][]byte
	kept, refused := 0, 0
	for i := range 2000 {
		c := bytes.Repeat([]byte{byte(i)}, 1+i*37%300)
		switch err := s.add(c, false); {
		case err == nil:
			waiting = append(waiting, c)
			kept++
		case errors.Is(err, errSpoolFull):
			refused++
		default:
			t.Fatal(err)
		}
		for len(waiting) > 0 && (i%20 > 14 || i > 1990) {
			got, err := s.oldest()
			if err != nil || !bytes.Equal(got, waiting[0]) {
				t.Fatalf("chunk %d: got %d bytes, %v", i, len(got), err)
			}
			s.drop()
			waiting = waiting[1:]
			if i%3 == 0 {
				break
			}
		}
	}
	if kept < 500 || refused < 100 {
		t.Errorf("%d kept, %d refused: the test wants more of both", kept, refused)
	}
	if info, err := s.file.Stat(); err != nil || info.Size() > 1000+spoolForEnd {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}

// The last chunk, which says that nothing follows, finds room when others do not.
func TestSpoolKeepsRoomForTheEnd(t *testing.T) {
	s, err := openSpool(100 + spoolForEnd)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := s.add(make([]byte, 100), false); err != nil {
		t.Fatal(err)
	}
	if err := s.add(make([]byte, 50), false); !errors.Is(err, errSpoolFull) {
		t.Errorf("got %v, want errSpoolFull", err)
	}
	if err := s.add(make([]byte, 50), true); err != nil {
		t.Errorf("the last: %v", err)
	}
}
