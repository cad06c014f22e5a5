//go:build !long

package session_test

// The runs of TestRevokeAtRandomTimes. Times mean something only where nothing
// else runs, so that they are judged in the long test.
const (
	revokeSessions, revokesEach = 2, 20
	revokeTimed                 = false
)
