package input

import (
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/res"
	"github.com/jezek/xgb/xproto"
)

// guard keeps injected input from windows of this program: the technician must
// not be able to answer the requester's questions. Whose a window is, the X
// server itself says (X-Resource extension: the process of the client that made
// it), so no window needs to register and none can be mistaken.
type guard struct {
	conn   *xgb.Conn
	root   xproto.Window
	idMask uint32 // bits of a resource id that number a client's resources
	self   uint32 // this process, as the server numbers it
}

// Bounds of the search for a window of ours in one toplevel window: what a
// window manager puts around a window is a handful.
const (
	maxGuardDepth   = 4
	maxGuardWindows = 256
)

func openGuard(conn *xgb.Conn) (*guard, error) {
	if err := res.Init(conn); err != nil {
		return nil, fmt.Errorf("%w: no X-Resource extension: %w", ErrNoInput, err)
	}
	version, err := res.QueryVersion(conn, 1, 2).Reply()
	if err != nil {
		return nil, fmt.Errorf("query X-Resource version: %w", err)
	}
	if version.ServerMajor == 1 && version.ServerMinor < 2 {
		return nil, fmt.Errorf("%w: X-Resource extension is older than 1.2", ErrNoInput)
	}
	setup := xproto.Setup(conn)
	g := &guard{conn: conn, root: setup.DefaultScreen(conn).Root, idMask: setup.ResourceIdMask}
	pids, err := g.processes([]xproto.Window{xproto.Window(setup.ResourceIdBase)})
	if err != nil {
		return nil, err
	}
	if len(pids) != 1 || pids[0] == 0 {
		return nil, fmt.Errorf("%w: the X server does not say whose windows are whose", ErrNoInput)
	}
	g.self = pids[0]
	return g, nil
}

// exclusively runs f while no other program can change anything on the display,
// so that what f finds out still holds when it injects. When it returns, the
// server has done all of it.
func (g *guard) exclusively(f func() error) error {
	xproto.GrabServer(g.conn)
	err := f()
	xproto.UngrabServer(g.conn)
	if syncErr := g.sync(); err == nil {
		err = syncErr
	}
	return err
}

// sync waits until the server has done all that was asked of it.
func (g *guard) sync() error {
	if _, err := xproto.GetInputFocus(g.conn).Reply(); err != nil {
		return fmt.Errorf("wait for the X server: %w", err)
	}
	return nil
}

// checkPointer refuses a press where the pointer is when a window of ours is
// there, its window manager's frame included.
func (g *guard) checkPointer() error {
	at, err := xproto.QueryPointer(g.conn, g.root).Reply()
	if err != nil {
		return fmt.Errorf("query pointer: %w", err)
	}
	return g.checkTree(at.Child)
}

// checkFocus refuses a key when a window of ours would get it.
func (g *guard) checkFocus() error {
	focus, err := xproto.GetInputFocus(g.conn).Reply()
	if err != nil {
		return fmt.Errorf("get input focus: %w", err)
	}
	switch focus.Focus {
	case xproto.WindowNone:
		return nil
	case xproto.InputFocusPointerRoot, g.root: // keys go to the window under the pointer
		return g.checkPointer()
	}
	top := focus.Focus
	for range maxGuardWindows {
		tree, err := xproto.QueryTree(g.conn, top).Reply()
		if err != nil {
			return fmt.Errorf("query tree: %w", err)
		}
		if tree.Parent == g.root || tree.Parent == xproto.WindowNone {
			break
		}
		top = tree.Parent
	}
	return g.checkTree(top, focus.Focus)
}

// checkTree returns ErrOwnWindow when one of the windows is ours or holds one of
// ours.
func (g *guard) checkTree(windows ...xproto.Window) error {
	seen := 0
	for range maxGuardDepth {
		if len(windows) == 0 || windows[0] == xproto.WindowNone {
			return nil
		}
		pids, err := g.processes(windows)
		if err != nil {
			return err
		}
		for _, pid := range pids {
			if pid == g.self {
				return ErrOwnWindow
			}
		}
		if seen += len(windows); seen > maxGuardWindows {
			return nil
		}
		if windows, err = g.children(windows); err != nil {
			return err
		}
	}
	return nil
}

func (g *guard) children(windows []xproto.Window) ([]xproto.Window, error) {
	cookies := make([]xproto.QueryTreeCookie, len(windows))
	for i, w := range windows {
		cookies[i] = xproto.QueryTree(g.conn, w)
	}
	var out []xproto.Window
	var failed error
	for _, cookie := range cookies { // all of them, or the replies would pile up
		tree, err := cookie.Reply()
		if err != nil {
			failed = fmt.Errorf("query tree: %w", err)
			continue
		}
		out = append(out, tree.Children...)
	}
	return out, failed
}

// processes returns the processes that made the windows, each once.
func (g *guard) processes(windows []xproto.Window) ([]uint32, error) {
	var specs []res.ClientIdSpec
	clients := make(map[uint32]bool)
	for _, w := range windows {
		client := uint32(w) &^ g.idMask
		// Client 0 is the server: the root window and the like.
		if client == 0 || clients[client] {
			continue
		}
		clients[client] = true
		specs = append(specs, res.ClientIdSpec{Client: uint32(w), Mask: res.ClientIdMaskLocalClientPID})
	}
	if len(specs) == 0 {
		return nil, nil
	}
	reply, err := res.QueryClientIds(g.conn, uint32(len(specs)), specs).Reply()
	if err != nil {
		return nil, fmt.Errorf("query whose windows: %w", err)
	}
	var pids []uint32
	for _, id := range reply.Ids {
		pids = append(pids, id.Value...)
	}
	return pids, nil
}
