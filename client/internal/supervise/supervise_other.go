//go:build !linux

package supervise

import (
	"context"
	"log/slog"
)

// Run runs main and returns its exit code.
func Run(ctx context.Context, _ *slog.Logger, main Main) int { return main(ctx, nil) }
