// Package input is the technician's hands on the requester's machine.
//
// Hands is the one owner of an Injector: it takes decoded messages, drops those
// of an older grant and stale moves, and lets go of everything when the right
// ends, rests, or the technician is gone. An Injector acts on one kind of
// desktop; Open gives the one of this system. Every act that presses, moves or
// types runs inside a consent.Lease for control; letting go needs none, since it
// only puts back what this package did.
//
// It never decides who may control, never reads what the requester types, never
// presses anything while a window of this program would get it, and never logs
// keys or text.
package input
