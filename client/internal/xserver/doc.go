// Package xserver connects to an X server: it finds it and its cookie, and adds
// to the package xgb, which knows only events of 32 bytes, the raw events of the
// X Input Extension 2. Those tell of keys and of the pointer whoever has them
// grabbed, so that nobody has to look again and again.
//
// It knows of no right: who asks for raw events says what they are for, and
// keeps of them no more than that takes.
package xserver
