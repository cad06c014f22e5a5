package window

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gioui.org/io/key"
	"gioui.org/layout"
	"gioui.org/unit"
	"gioui.org/widget"
	"gioui.org/widget/material"

	"beside/signaling/texts"
)

// picker is the window in which the person picks a file: a plain list of a folder,
// which needs nothing of the desktop. Portals and other programs' choosers are not
// everywhere, cannot be told to be deaf at first, and are not known as windows of
// ours, into which no injected input goes. All fields belong to its loop after
// PickFile; what was picked leaves through the channel.
type picker struct {
	dialog
	presses *presses
	after   time.Duration // deaf for so long after being shown
	since   time.Time     // when it was shown; zero before
	listens bool

	folder  string
	entries []entry
	cannot  bool // the folder cannot be read
	rows    []*choice
	chosen  int // of entries; -1: none
	entered stage
	files   widget.List
	send    *button
	cancel  *button
	picked  chan string // holds the one answer
	over    bool
}

// stage is how far the list of a folder is that was just entered.
type stage int

const (
	settled stage = iota
	drawNext
	drawn
)

// entry is something in a folder.
type entry struct {
	name   string
	folder bool
	size   int64
}

// maxEntries bounds what is listed of one folder.
const maxEntries = 2000

// listHeight is that of the list of files.
const listHeight = unit.Dp(300)

// PickFile implements UI.
func (u *ui) PickFile(ctx context.Context, q PickFile) (string, error) {
	if err := u.enter(); err != nil {
		return "", err
	}
	defer u.calls.Done()
	if err := u.questions.take(ctx, u.ending); err != nil {
		return "", err
	}
	defer u.questions.leave()
	home, err := os.UserHomeDir()
	if err != nil {
		home = "/"
	}
	p := newPicker(q, home, u.cfg.AllowAfter)
	p.presses = watchPresses()
	defer p.presses.close()
	f, err := u.show(ctx, roleConsent, texts.T("window.title.pick"), &p.dialog, p)
	if err != nil {
		return "", err
	}
	defer f.close()
	select {
	case path := <-p.picked:
		return path, ctx.Err()
	case <-ctx.Done():
		return "", ctx.Err()
	case <-u.ending:
		return "", ErrClosed
	case <-f.gone:
		return "", nil
	}
}

func newPicker(q PickFile, home string, after time.Duration) *picker {
	p := &picker{
		after: after, picked: make(chan string, 1), chosen: -1,
		send:   &button{text: texts.T("window.pick.send"), style: accentButton, deaf: true},
		cancel: &button{text: texts.T("window.cancel"), deaf: true},
	}
	l := newLook()
	l.cover(name(q.Technician))
	p.dialog = dialog{look: l, buttons: []*button{p.cancel, p.send}, first: &p.cancel.presser, enter: p.cancel, escape: p.cancel}
	p.files.Axis = layout.Vertical
	p.read(home)
	p.body = func(gtx layout.Context) layout.Dimensions {
		return column(14,
			column(6, l.heading(texts.T("window.pick.heading", "technician", name(q.Technician))),
				l.plain(texts.T("window.pick.hint", "technician", name(q.Technician)))),
			l.quietly(name(p.folder)), p.listed)(gtx)
	}
	return p
}

// read lists a folder: the way up, its folders, its files; nothing that is hidden.
func (p *picker) read(folder string) {
	p.folder, p.entries, p.rows, p.chosen = folder, nil, nil, -1
	p.files.Position = layout.Position{}
	list, err := os.ReadDir(folder)
	p.cannot = err != nil
	for _, e := range list {
		if strings.HasPrefix(e.Name(), ".") || len(p.entries) == maxEntries {
			continue
		}
		info, err := os.Stat(filepath.Join(folder, e.Name()))
		if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
			continue
		}
		p.entries = append(p.entries, entry{name: e.Name(), folder: info.IsDir(), size: info.Size()})
	}
	slices.SortStableFunc(p.entries, func(a, b entry) int {
		if a.folder != b.folder {
			if a.folder {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	if parent := filepath.Dir(folder); parent != folder {
		p.entries = slices.Insert(p.entries, 0, entry{name: "..", folder: true})
	}
	for _, e := range p.entries {
		p.rows = append(p.rows, &choice{title: entryTitle(e), hint: entryHint(e), round: true, deaf: !p.listens})
	}
}

func entryTitle(e entry) string {
	switch {
	case e.name == "..":
		return texts.T("window.pick.up")
	case e.folder:
		return name(e.name) + " /"
	}
	return name(e.name)
}

func entryHint(e entry) string {
	if e.folder {
		return ""
	}
	return bytesText(e.size)
}

// listed draws the list in a box of its own, which scrolls.
func (p *picker) listed(gtx layout.Context) layout.Dimensions {
	if p.cannot {
		return p.plain(texts.T("window.pick.unreadable"))(gtx)
	}
	gtx.Constraints = layout.Exact(gtx.Constraints.Constrain(gtx.Constraints.Max))
	gtx.Constraints.Max.Y = gtx.Dp(listHeight)
	gtx.Constraints.Min = gtx.Constraints.Max
	th := &material.Theme{Shaper: p.shaper, Palette: material.Palette{Bg: p.paper, Fg: p.quiet}}
	bar := material.List(th, &p.files)
	bar.AnchorStrategy = material.Occupy
	return bar.Layout(gtx, len(p.rows), func(gtx layout.Context, i int) layout.Dimensions {
		p.cover(p.rows[i].title)
		in := layout.Inset{Top: 4, Bottom: 4, Left: 5, Right: 5} // room for the ring of who has the keyboard
		return in.Layout(gtx, func(gtx layout.Context) layout.Dimensions { return p.rows[i].layout(gtx, p.look) })
	})
}

func (p *picker) layout(gtx layout.Context) time.Time {
	now := time.Now()
	p.take(gtx)
	listensAt := p.since.Add(p.after)
	p.listens = !p.over && !p.since.IsZero() && !now.Before(listensAt)
	p.hush(!p.listens)
	p.send.off = p.chosen < 0
	p.dialog.layout(gtx)
	if p.entered == drawNext {
		p.entered = drawn
		return now
	}
	if !p.listens && !p.since.IsZero() && !p.over {
		return listensAt
	}
	return time.Time{}
}

func (p *picker) hush(deaf bool) {
	p.deafen(deaf)
	for _, r := range p.rows {
		r.deaf = deaf
	}
}

// take handles the events since the last frame.
func (p *picker) take(gtx layout.Context) {
	p.hush(!p.listens)
	if p.entered == drawn && len(p.rows) > 0 {
		gtx.Execute(key.FocusCmd{Tag: &p.rows[0].presser})
		p.entered = settled
	}
	for i, row := range p.rows {
		if !row.pressed(gtx, row.deaf) {
			continue
		}
		if p.entries[i].folder {
			p.enterFolder(filepath.Join(p.folder, p.entries[i].name))
			return
		}
		for j, other := range p.rows {
			other.ticked = j == i
		}
		p.chosen = i
	}
	p.send.off = p.chosen < 0
	switch p.pressed(gtx) {
	case p.send:
		if !p.presses.genuine(p.since) {
			p.since, p.listens = time.Now(), false // deaf anew: a person presses again
			return
		}
		p.reply(filepath.Join(p.folder, p.entries[p.chosen].name))
	case p.cancel:
		p.reply("")
	}
}

// enterFolder lists another folder, whose first row has the keyboard as soon as it was drawn.
func (p *picker) enterFolder(folder string) {
	p.read(filepath.Clean(folder))
	p.entered = drawNext
}

func (p *picker) reply(path string) {
	if !p.over {
		p.over = true
		p.picked <- path
	}
}

func (p *picker) shown(now time.Time) { p.since = now }

func (p *picker) closing() (stay bool) {
	p.reply("")
	return false
}

func (p *picker) ended() {}
