package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"

	"beside/broker/internal/store"
	"beside/broker/internal/witness"
)

type witnessCommand struct {
	Serve witnessServeCommand `cmd:"" default:"withargs" help:"Run the witness."`
	Key   witnessKeyCommand   `cmd:"" help:"Print the witness's verifier key, which the log and its auditors must know."`
}

type witnessName struct {
	Name string `required:"" help:"What it is called in its signatures, such as witness.example/w1." placeholder:"NAME"`
}

type witnessKeyCommand struct{ witnessName }

// Run implements the subcommand.
func (k witnessKeyCommand) Run(c *call) error {
	return c.withWitness(k.Name, nil, slog.New(slog.DiscardHandler), func(w *witness.Witness) error {
		return c.answer(struct {
			Key string `json:"key"`
		}{w.Key()}, "%s\n", w.Key())
	})
}

type witnessServeCommand struct {
	witnessName
	Log    []string `required:"" help:"Verifier key of a log to watch; may be given again." placeholder:"KEY" sep:"none"`
	Listen string   `help:"Address to listen at. What passes is signed and secret to nobody; TLS is for a proxy to add." default:"localhost:8090"`
}

// Run implements the subcommand.
func (s witnessServeCommand) Run(c *call) error {
	var logs []note.Verifier
	for _, key := range s.Log {
		v, err := note.NewVerifier(key)
		if err != nil {
			return bad("log", key, "use what beside audit key prints")
		}
		logs = append(logs, v)
	}
	log := slog.New(slog.NewJSONHandler(c.stderr, nil))
	return c.withWitness(s.Name, logs, log, func(w *witness.Witness) error {
		listener, err := new(net.ListenConfig).Listen(c.ctx, "tcp", s.Listen)
		if err != nil {
			return fmt.Errorf("listen at %s: %w", s.Listen, err)
		}
		log.Info("witness started", "at", listener.Addr().String(), "key", w.Key())
		return serveUntil(c.ctx, listener, w.Handler(), log)
	})
}

// withWitness opens the witness in the data folder.
func (c *call) withWitness(name string, logs []note.Verifier, log *slog.Logger, do func(*witness.Witness) error) error {
	s, err := store.Open(c.ctx, c.data)
	if err != nil {
		return err
	}
	w, err := witness.Open(c.ctx, s, name, logs, log)
	if err == nil {
		err = do(w)
	}
	return errors.Join(err, s.Close())
}

// serveUntil serves until ctx ends.
func serveUntil(ctx context.Context, listener net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 8 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-running.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		return server.Shutdown(last)
	})
	return group.Wait()
}
