// Package display turns what changes on the screen into the updates of the
// display stream.
//
// A Stream shows one monitor of a screen.Source to some viewers. Its Run is one
// goroutine that owns everything: it waits for damage, grabs what changed into the
// frame, and has an Encoder write updates. Viewers come by Join; each has a Seat
// with a Lease, a window and numbers of its own. Those that keep up with each other
// are in one lane, which has an Encoder: what changed is found and compressed once,
// whatever their number. One that has no room while the others have gets a lane of
// its own, with a twin of the Encoder; one that comes late, or begins anew, starts
// in one. Lanes that show the same become one again.
//
// The Encoder keeps the shadow, an exact copy of what the viewers' canvases will
// show when all updates sent are painted; it finds what differs, first as moved
// rectangles (copies), then as tiles. Every pixel of a copy is compared before, or
// again after, it is applied to the shadow, so a wrong guess costs time and bytes,
// never a wrong pixel.
//
// Nothing queues: while every viewer has enough unacknowledged updates, damage
// only accumulates at the source, and the newest picture is what is sent next.
// Every send happens inside the viewer's Lease, and every capture inside one of a
// viewer who is going to be shown it. The package decides nothing about rights and
// keeps no picture after Run has returned.
package display
