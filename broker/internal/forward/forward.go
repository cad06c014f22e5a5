// Package forward hands audited events to other programs as they happen: a collector
// of security events by syslog over TLS, a webhook. Where each one is stands in the
// database, so that it goes on there after a restart, on either side.
package forward

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/retry"
	"beside/broker/internal/store"
)

// Sink is where events go. It is used by one goroutine.
type Sink interface {
	// Send hands over an event. An error: it was not taken, and is sent again after
	// some time, in a new connection.
	Send(ctx context.Context, l store.Leaf) error
	// Uncertain is how many events before a failed one may be lost with it, because
	// their taking was never told; they are sent again.
	Uncertain() int64
	// Notify has f called, on another goroutine, when the connection breaks while
	// nothing is sent. It is called once, before anything else.
	Notify(f func())
	// Close ends the connection, if there is one. f is not called any more.
	Close()
}

// Config is one forwarder.
type Config struct {
	Name    string // of its cursor; another name begins anew
	Sink    Sink
	Store   *store.Store
	Journal *journal.Journal
	Log     *slog.Logger
}

const (
	firstAgain   = time.Second // doubles with each try; the wait is a random part of it
	longestAgain = 5 * time.Minute
	keepEvery    = 100 // events between two keepings of the cursor
)

// Run hands over every event after the cursor until ctx ends. A new cursor begins with
// what happens next: what was before can be exported.
func Run(ctx context.Context, c Config) error {
	f := &forwarder{Config: c, broken: make(chan struct{}, 1)}
	f.Sink.Notify(func() {
		select {
		case f.broken <- struct{}{}:
		default: // told already
		}
	})
	defer f.Sink.Close()
	if err := f.begin(ctx); err != nil {
		return err
	}
	for tries := 0; ; {
		before := f.at
		err := f.follow(ctx)
		if keepErr := f.keep(context.WithoutCancel(ctx)); keepErr != nil || ctx.Err() != nil {
			return keepErr
		}
		var refused refusal
		if !errors.As(err, &refused) {
			return err // of the database
		}
		f.Sink.Close()
		select {
		case <-f.broken: // of this connection, which is known now
		default:
		}
		if tries++; f.at > before+f.Sink.Uncertain() {
			tries = 1 // it took some
		}
		f.at = max(f.at-f.Sink.Uncertain(), f.floor)
		c.Log.Warn("events are not taken; they are sent again", "to", c.Name, "event", f.at+1, "tries", tries, "error", refused.error)
		select {
		case <-time.After(again(tries)):
		case <-ctx.Done():
			return nil
		}
	}
}

// refusal is an error of the sink.
type refusal struct{ error }

var errBroken = refusal{errors.New("the connection broke")}

type forwarder struct {
	Config
	floor  int64 // nothing before is sent: it began there
	at     int64 // the last event that was taken
	kept   int64
	broken chan struct{}
}

func (f *forwarder) begin(ctx context.Context) error {
	err := f.Store.Update(ctx, func(tx *store.Tx) (err error) {
		f.floor, f.at, err = tx.BeginForwarding(f.Name)
		return err
	})
	if err != nil {
		return fmt.Errorf("begin to forward to %s: %w", f.Name, err)
	}
	f.kept = f.at
	return nil
}

func (f *forwarder) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watched := make(chan struct{})
	defer func() { <-watched }()
	defer cancel(nil)
	go func() {
		defer close(watched)
		select {
		case <-f.broken:
			cancel(errBroken)
		case <-ctx.Done():
		}
	}()
	if err := f.send(ctx); err != nil || !errors.Is(context.Cause(ctx), errBroken) {
		return err
	}
	return errBroken
}

func (f *forwarder) send(ctx context.Context) error {
	return f.Journal.Follow(ctx, f.at, func(l store.Leaf) error {
		if err := f.Sink.Send(ctx, l); err != nil {
			return refusal{err}
		}
		f.at = l.Seq
		if f.at-f.kept >= keepEvery {
			return f.keep(ctx)
		}
		return nil
	})
}

// keep writes the cursor down. After a crash some events are sent once more: each has
// its number.
func (f *forwarder) keep(ctx context.Context) error {
	if f.at == f.kept {
		return nil
	}
	if err := f.Store.Update(ctx, func(tx *store.Tx) error { return tx.Forwarded(f.Name, f.at) }); err != nil {
		return fmt.Errorf("keep where %s is: %w", f.Name, err)
	}
	f.kept = f.at
	return nil
}

// again is the wait after so many failed tries: full jitter, so that brokers that lost
// the same collector do not come back at once.
func again(tries int) time.Duration {
	most := retry.Wait(firstAgain, longestAgain, tries-1)
	// #nosec G404 -- when to try again is no secret
	return rand.N(most) + time.Millisecond
}
