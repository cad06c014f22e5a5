package evil

import (
	"bytes"
	"slices"

	"beside/signaling/control"
)

// onFrame keeps a frame of the channel of files, and answers a piece unless the
// viewer is mute.
func (v *Viewer) onFrame(data []byte) {
	f, err := control.DecodeFrame(bytes.Clone(data))
	if err != nil {
		v.t.Errorf("viewer: frame: %v", err)
		return
	}
	v.mu.Lock()
	v.frames = append(v.frames, f)
	v.changed()
	v.mu.Unlock()
	if f.Kind == control.Piece && !v.Mute {
		v.Frame(control.Frame{Kind: control.Took, N: f.N, Offset: f.Offset + int64(len(f.Bytes))})
	}
}

// Frame sends a frame on the channel of files, whatever is in it.
func (v *Viewer) Frame(f control.Frame) {
	v.Raw(control.ChannelFiles, control.AppendFrame(nil, f))
}

// Frames returns what came on the channel of files.
func (v *Viewer) Frames() []control.Frame {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.frames)
}
