// Package supervise keeps keys from staying down when the client is killed.
//
// On Linux Run starts the program a second time, as its child, and the child is
// the client. The child tells what its hands hold on the desktop through a
// socket that it inherited; when it ends without having let go, by kill -9 or a
// crash, the parent does that in its place. Everywhere else Run just runs.
//
// The parent captures nothing, injects nothing but the release of what the child
// named, opens no connection while the child lives, and never starts it again.
package supervise

import (
	"context"

	"beside/client/internal/input"
)

// Main is the client: it returns the program's exit code, soon after ctx has
// ended, and gives the Witness to input.Open.
type Main func(ctx context.Context, witness input.Witness) int
