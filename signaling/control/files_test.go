package control_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"beside/signaling/control"
)

type goldenFrame struct {
	Name, Hex string
	Kind      control.FrameKind
	N         int
	Offset    int64
	Bytes     string
}

func rawFrame(t testing.TB, f goldenFrame) []byte {
	t.Helper()
	raw, err := hex.DecodeString(f.Hex)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestGoldenFramesSurviveARoundTrip(t *testing.T) {
	var golden []goldenFrame
	readJSON(t, "testdata/frames.json", &golden)
	for _, g := range golden {
		raw := rawFrame(t, g)
		f, err := control.DecodeFrame(raw)
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		if f.Kind != g.Kind || f.N != g.N || f.Offset != g.Offset || string(f.Bytes) != g.Bytes {
			t.Errorf("%s: got %+v", g.Name, f)
		}
		if again := control.AppendFrame(nil, f); !bytes.Equal(again, raw) {
			t.Errorf("%s: encoded again: %x", g.Name, again)
		}
	}
}

func TestRefusedFrames(t *testing.T) {
	var refused []goldenFrame
	readJSON(t, "testdata/frames-refused.json", &refused)
	for _, r := range refused {
		if f, err := control.DecodeFrame(rawFrame(t, r)); !errors.Is(err, control.ErrMessage) {
			t.Errorf("%s: %+v, %v; want ErrMessage", r.Name, f, err)
		}
	}
	long := control.AppendFrame(nil, control.Frame{Kind: control.Piece, N: 1, Bytes: make([]byte, control.MaxPieceBytes+1)})
	if _, err := control.DecodeFrame(long); !errors.Is(err, control.ErrMessage) {
		t.Errorf("a piece that is too long: %v", err)
	}
}

func FuzzDecodeFrame(f *testing.F) {
	var golden []goldenFrame
	readJSON(f, "testdata/frames.json", &golden)
	for _, g := range golden {
		f.Add(rawFrame(f, g))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		frame, err := control.DecodeFrame(in)
		if err != nil {
			if !errors.Is(err, control.ErrMessage) {
				t.Errorf("error %v is not ErrMessage", err)
			}
			return
		}
		if again := control.AppendFrame(nil, frame); !bytes.Equal(again, in) {
			t.Errorf("%x is written %x", in, again)
		}
	})
}
