package window

import (
	"context"
	"fmt"
	"image"
	"sync"
	"time"

	"gioui.org/layout"

	"beside/signaling/texts"
)

// panel is the one window of the pages before and between sessions.
type panel struct {
	*frame

	mu       sync.Mutex
	page     *page
	resting  bool // no call waits for the page
	departed bool // closed by the person
}

// page is one content of the panel. Its dialog belongs to the panel's loop.
type page struct {
	dialog
	onward *button // the page's yes
	back   *button // the page's no; Escape and closing the window are the same
	accept func() (text string, ok bool)
	after  func(gtx layout.Context) // reads events of further controls; may be nil
	result chan outcome             // holds the one result
}

// outcome is how the person left a page.
type outcome struct {
	onward bool
	text   string
}

// minPanelHeight keeps small pages from looking lost.
const minPanelHeight = 330 // dp

// visit shows a page and waits for its outcome.
func (u *ui) visit(ctx context.Context, pg *page) (outcome, error) {
	if err := u.enter(); err != nil {
		return outcome{}, err
	}
	defer u.calls.Done()
	if err := u.pages.take(ctx, u.ending); err != nil {
		return outcome{}, err
	}
	defer u.pages.leave()
	pn, open := u.turnTo(pg)
	if !open {
		u.dropPanel()
		return outcome{}, nil
	}
	defer pn.rest()
	select {
	case out := <-pg.result:
		return out, nil
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	case <-u.ending:
		return outcome{}, ErrClosed
	case <-pn.gone:
	}
	if err := pn.failure(); err != nil {
		return outcome{}, fmt.Errorf("show the panel: %w", err)
	}
	select {
	case out := <-pg.result: // the person closed it
		return out, nil
	case <-ctx.Done(): // it made room for another window
		return outcome{}, ctx.Err()
	case <-u.ending:
		return outcome{}, ErrClosed
	}
}

// turnTo puts pg into the panel, opening one if there is none. It reports false
// when the person closed the panel since the last page.
func (u *ui) turnTo(pg *page) (*panel, bool) {
	place := panelPlace(u.desk, pg)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.panel != nil {
		select {
		case <-u.panel.gone:
		default:
			return u.panel, u.panel.turn(pg)
		}
		if u.panel.left() {
			return nil, false
		}
	}
	pn := &panel{page: pg}
	pn.frame = newFrame(u.desk, rolePanel, texts.T("window.title.panel"), place, pn)
	pn.start()
	u.panel = pn
	return pn, true
}

// panelPlace is where a panel that starts with pg stands.
func panelPlace(d *desktop, pg *page) image.Rectangle {
	area, place := d.area(), dialogPlace(d, &pg.dialog)
	if h := min(int(minPanelHeight*d.scale()), area.Dy()); place.Dy() < h {
		return centred(area, image.Pt(place.Dx(), h))
	}
	return place
}

// dropPanel takes the panel away, if there is one.
func (u *ui) dropPanel() {
	u.mu.Lock()
	pn := u.panel
	u.panel = nil
	u.mu.Unlock()
	if pn != nil {
		pn.frame.close()
	}
}

// turn shows another page. It reports false when the person has closed the panel.
func (p *panel) turn(pg *page) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.departed {
		return false
	}
	p.page, p.resting = pg, false
	p.change()
	return true
}

// rest leaves the page in sight and its buttons without effect.
func (p *panel) rest() {
	p.mu.Lock()
	p.resting = true
	p.mu.Unlock()
	p.change()
}

func (p *panel) left() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.departed
}

func (p *panel) layout(gtx layout.Context) time.Time {
	p.mu.Lock()
	pg, resting := p.page, p.resting
	p.mu.Unlock()
	pg.deafen(resting)
	if pg.after != nil {
		pg.after(gtx)
	}
	switch pg.pressed(gtx) {
	case nil:
	case pg.onward:
		if text, ok := pg.accept(); ok {
			pg.finish(outcome{onward: true, text: text})
		}
	default:
		pg.finish(outcome{})
	}
	pg.dialog.layout(gtx)
	return time.Time{}
}

func (pg *page) finish(out outcome) {
	select {
	case pg.result <- out:
	default: // there is one already
	}
}

func (p *panel) shown(time.Time) {}

// closing counts as the page's no, also for the next page if this one rests.
func (p *panel) closing() (stay bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resting {
		p.departed = true
	} else {
		p.page.finish(outcome{})
	}
	return false
}

func (p *panel) ended() {}
