package window

import (
	"image"
	"strings"
	"sync"
	"time"

	"gioui.org/io/key"
	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
	"gioui.org/widget"
	"gioui.org/widget/material"

	"beside/signaling/control"
	"beside/signaling/texts"
)

// chat is the window in which the two people write to each other.
type chat struct {
	ui    *ui
	frame *frame
	wrote chan string
	seen  chan struct{}

	mu    sync.Mutex
	state ChatState
	news  bool // something came that the person has not seen

	// The rest belongs to the frame's loop.
	*look
	called bool // the person asked for it
	has    bool // the keyboard
	began  bool // the field was given it
	send   *button
	field  widget.Editor
	list   widget.List
	shaped []widgets // of the lines, by their place; drawn again and again
}

type widgets struct {
	line ChatLine
	draw layout.Widget
}

const (
	chatWidth   = unit.Dp(380)
	chatHeight  = unit.Dp(440)
	chatMargin  = unit.Dp(16)
	fieldHeight = unit.Dp(116) // at most
	wroteAhead  = 4            // that the session has not taken yet
)

// OpenChat implements UI.
func (u *ui) OpenChat(s ChatState, called bool) (Chat, error) {
	if err := u.enter(); err != nil {
		return nil, err
	}
	defer u.calls.Done()
	c := &chat{
		ui: u, wrote: make(chan string, wroteAhead), seen: make(chan struct{}, 1), look: newLook(), called: called,
		send:  &button{text: texts.T("window.chat.send"), style: accentButton},
		field: widget.Editor{Submit: true},
	}
	c.list.Axis, c.list.ScrollToEnd = layout.Vertical, true
	c.put(s)
	role := roleNews
	if called {
		role = roleChat
	}
	c.frame = newFrame(u.desk, role, texts.T("window.title.chat"), chatPlace(u.desk), c)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return nil, ErrClosed
	}
	u.chats[c] = struct{}{}
	c.frame.start()
	return c, nil
}

// chatPlace is the lower right corner, out of the way of most windows.
func chatPlace(d *desktop) image.Rectangle { return cornerPlace(d, chatWidth, chatHeight, false) }

// cornerPlace is a lower corner of the desktop, for a window of this size at most.
func cornerPlace(d *desktop, width, height unit.Dp, left bool) image.Rectangle {
	area, scale := d.area(), d.scale()
	px := func(dp unit.Dp) int { return int(float32(dp) * scale) }
	size := image.Pt(min(px(width), area.Dx()), min(px(height), area.Dy()-px(frameRoom)))
	at := area.Max.Sub(image.Pt(px(chatMargin), px(chatMargin)+px(frameRoom)/2)).Sub(size)
	if left {
		at.X = area.Min.X + px(chatMargin)
	}
	return inside(image.Rectangle{Min: at, Max: at.Add(size)}, area)
}

func (c *chat) Set(s ChatState) {
	c.put(s)
	c.frame.change()
}

func (c *chat) put(s ChatState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(s.Lines); n > 0 && (len(c.state.Lines) == 0 || c.state.Lines[len(c.state.Lines)-1] != s.Lines[n-1]) {
		c.news = true
	}
	c.state = s
}

func (c *chat) Written() <-chan string  { return c.wrote }
func (c *chat) Seen() <-chan struct{}   { return c.seen }
func (c *chat) Closed() <-chan struct{} { return c.frame.gone }
func (c *chat) Front()                  { c.ui.desk.bringForward(c.frame.window()) }

func (c *chat) Close() {
	c.ui.mu.Lock()
	delete(c.ui.chats, c)
	c.ui.mu.Unlock()
	c.frame.close()
}

// now is the state, and whether the person now sees something new.
func (c *chat) now() (s ChatState, news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if news = c.news && c.has; news {
		c.news = false
	}
	return c.state, news
}

func (c *chat) shown(time.Time)      {}
func (c *chat) closing() (stay bool) { return false }
func (c *chat) ended()               {}
func (c *chat) focused(has bool)     { c.has = has; c.frame.change() }

func (c *chat) layout(gtx layout.Context) time.Time {
	s, news := c.now()
	if news {
		select {
		case c.seen <- struct{}{}:
		default: // a token waits already
		}
	}
	if !c.began {
		c.began = true
		gtx.Execute(key.FocusCmd{Tag: &c.field})
	}
	c.update(gtx, s)
	c.cover(name(s.Technician), c.field.Text())
	paint.FillShape(gtx.Ops, c.paper, clip.Rect{Max: gtx.Constraints.Max}.Op())
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(c.head(s)),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return c.lines(gtx, s) }),
		layout.Rigid(c.foot(s)))
	return time.Time{}
}

// update takes what the person did.
func (c *chat) update(gtx layout.Context, s ChatState) {
	c.send.off = s.Away || strings.TrimSpace(c.field.Text()) == ""
	submit := c.send.update(gtx)
	for {
		e, ok := c.field.Update(gtx)
		if !ok {
			break
		}
		if _, enter := e.(widget.SubmitEvent); enter {
			submit = true
		}
	}
	for {
		e, ok := gtx.Event(key.Filter{Name: key.NameEscape})
		if !ok {
			break
		}
		if k, is := e.(key.Event); is && k.State == key.Press {
			c.frame.leave()
		}
	}
	if submit && !s.Away {
		c.say()
	}
}

// say hands over what stands in the field; it stays there when it cannot be taken.
func (c *chat) say() {
	text := written(c.field.Text())
	if control.CheckChat(text) != nil {
		return
	}
	select {
	case c.wrote <- text:
		c.field.SetText("")
	default:
	}
}

// head says with whom the person writes.
func (c *chat) head(s ChatState) layout.Widget {
	who := column(1, c.strong(texts.T("window.chat.with", "technician", name(s.Technician))), c.quietly(s.of()))
	return c.box(c.paper, 0, layout.UniformInset(14), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.X = gtx.Constraints.Max.X
		return who(gtx)
	})
}

func (c *chat) lines(gtx layout.Context, s ChatState) layout.Dimensions {
	size := gtx.Constraints.Max
	if len(s.Lines) == 0 {
		layout.UniformInset(14).Layout(gtx, c.quietly(texts.T("window.chat.empty", "technician", name(s.Technician))))
		return layout.Dimensions{Size: size}
	}
	c.shape(s)
	th := &material.Theme{Shaper: c.shaper, Palette: material.Palette{Bg: c.paper, Fg: c.quiet}}
	bar := material.List(th, &c.list)
	bar.AnchorStrategy = material.Overlay
	bar.Layout(gtx, len(c.shaped), func(gtx layout.Context, i int) layout.Dimensions {
		return layout.Inset{Top: 8, Bottom: 2, Left: 14, Right: 14}.Layout(gtx, c.shaped[i].draw)
	})
	return layout.Dimensions{Size: size}
}

// shape makes what draws the lines, for those that changed.
func (c *chat) shape(s ChatState) {
	c.shaped = c.shaped[:min(len(c.shaped), len(s.Lines))]
	for i, line := range s.Lines {
		switch {
		case i == len(c.shaped):
			c.shaped = append(c.shaped, widgets{})
		case c.shaped[i].line == line:
			continue
		}
		c.shaped[i] = widgets{line: line, draw: c.line(line, s)}
	}
}

// line is who wrote, when, and the text: in a box, so that no text can look like
// the words of somebody else.
func (c *chat) line(line ChatLine, s ChatState) layout.Widget {
	who, ground := name(s.Technician), c.ground
	if line.Own {
		who, ground = texts.T("window.chat.you"), c.tint
	}
	text := written(line.Text)
	c.cover(text)
	return c.box(ground, corner, layout.UniformInset(10), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.X = gtx.Constraints.Max.X
		return column(3,
			c.label(label{text: who + " · " + line.At.Local().Format("15:04"), size: 13, weight: bold, colour: c.quiet, lines: 1}),
			c.label(label{text: text, size: 15, colour: c.ink}))(gtx)
	})
}

// foot is the field and the button.
func (c *chat) foot(s ChatState) layout.Widget {
	hint := texts.T("window.chat.hint")
	if s.Away {
		hint = texts.T("window.chat.away")
	}
	return c.box(c.ground, 0, layout.UniformInset(14), func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Max.Y = gtx.Dp(fieldHeight)
				return c.box(c.paper, corner, layout.Inset{}, c.look.field(&c.field, texts.T("window.chat.field")))(gtx)
			}),
			layout.Rigid(layout.Spacer{Height: 10}.Layout),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
					layout.Flexed(1, c.label(label{text: hint, size: 13, colour: c.quiet})),
					layout.Rigid(layout.Spacer{Width: 12}.Layout),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return c.send.layout(gtx, c.look) }))
			}))
	})
}
