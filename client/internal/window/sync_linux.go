package window

/*
#cgo pkg-config: x11
#include <X11/Xlib.h>

// note marks what Gio sends itself; a window manager's message has a time.
static Bool note(Display *d, XEvent *e, XPointer found) {
	if (e->type == ClientMessage && e->xclient.data.l[1] == CurrentTime)
		*(int *)found = 1;
	return False;
}

static int asked_itself_to_close(Display *d) {
	int found = 0;
	XEvent none;
	XSync(d, False);
	XCheckIfEvent(d, &none, note, (XPointer)&found);
	return found;
}
*/
import "C"

import "unsafe"

// gaveUp reports whether Gio could not draw the frame it was just given. It
// says so only by asking itself to close, over its own connection.
func gaveUp(display unsafe.Pointer) bool {
	return C.asked_itself_to_close((*C.Display)(display)) != 0
}
