// Package display turns what changes on the screen into the updates of the
// display stream.
//
// A Stream shows one monitor of a screen.Source to one viewer. Its Run is one
// goroutine that owns everything: it waits for damage, grabs what changed, and
// has the Encoder write updates. The Encoder keeps the shadow, an exact copy of
// what the viewer's canvas will show when all updates sent are painted; it finds
// what differs, first as moved rectangles (copies), then as tiles. Every pixel of
// a copy is compared before, or again after, it is applied to the shadow, so a
// wrong guess costs time and bytes, never a wrong pixel.
//
// Nothing queues: while the viewer has enough unacknowledged updates, damage
// only accumulates at the source, and the newest picture is what is sent next.
// Every capture and every send happens inside the Lease. The package decides
// nothing about rights and keeps no picture after Run has returned.
package display
