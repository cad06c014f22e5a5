package window_test

import (
	"bytes"
	"context"
	"image"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/window"
	"beside/signaling/grant"
)

// Who asks can be read in their own script, as far as this computer has fonts
// for it; where it has none, whatever else the name holds is still there.
func TestNamesInTheirOwnScript(t *testing.T) {
	d := newDesk(t, false)
	u := d.open(window.Config{AllowAfter: time.Millisecond})
	tests := []struct {
		name, a, b string
		alike      bool // neither can be drawn: only that something stands there
	}{
		{"Chinese", "王小明", "李大文", false},
		{"Japanese", "山田 はなこ", "佐藤 タロウ", false},
		{"Korean", "김민수", "이서준", false},
		{"Arabic", "ليلى حداد", "سامي خوري", false},
		{"Hebrew", "דנה לוי", "דוד כהן", false},
		{"no font, the same besides", "𐘀𐘁 Ada", "𐘂𐘃 Ada", true},
		{"no font, another name besides", "𐘀𐘁 Ada", "𐘀𐘁 Eva", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := d.with(t)
			a, b := d.heading(u, tt.a), d.heading(u, tt.b)
			if got := bytes.Equal(a, b); got != tt.alike {
				t.Errorf("%q and %q look the same: %v, want %v", tt.a, tt.b, got, tt.alike)
			}
			for _, picture := range [][]byte{a, b} {
				if len(bytes.Trim(picture, "\xff")) == 0 {
					t.Error("nothing is drawn")
				}
			}
		})
	}
}

// heading is a picture of the name in a consent window.
func (d *desk) heading(u window.UI, technician string) []byte {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.t.Context())
	defer cancel()
	answer := ask(ctx, u, window.Question{Party: window.Party{Organisation: "Example"}, Technician: technician, Scopes: grant.SetOf(grant.View)})
	win := d.shown(u)
	d.ready(win)                                           // drawn whole
	r := image.Rect(96, 28, 470, 60).Add(d.place(win).Min) // beside the badge
	img, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root), int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), 0xffffff).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	cancel()
	await(d, "the window to go", answer)
	rgb := img.Data
	for i := 3; i < len(rgb); i += 4 {
		rgb[i] = 0xff // no colour
	}
	return rgb
}
