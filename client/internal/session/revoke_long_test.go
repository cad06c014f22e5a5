//go:build long

package session_test

const (
	revokeSessions, revokesEach = 40, 250
	revokeTimed                 = true
)
