package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"beside/broker/internal/alarm"
	"beside/broker/internal/attachment"
	"beside/broker/internal/auth"
	"beside/broker/internal/csvimport"
	"beside/broker/internal/entry"
	"beside/broker/internal/forward"
	"beside/broker/internal/invitation"
	"beside/broker/internal/journal"
	"beside/broker/internal/mail"
	"beside/broker/internal/metrics"
	"beside/broker/internal/publish"
	"beside/broker/internal/recording"
	"beside/broker/internal/retention"
	"beside/broker/internal/schedule"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/broker/internal/watch"
	"beside/broker/internal/web"
	"beside/broker/internal/webhook"
	"beside/signaling/record"
	"beside/viewer"
)

// stopWithin bounds a graceful stop.
const stopWithin = 5 * time.Second

type serveCommand struct{ Config }

// Run implements the subcommand.
func (s serveCommand) Run(c *call) error {
	if err := s.Config.Validate(); err != nil {
		return err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return bad("log-level", s.LogLevel, "use debug, info, warn or error")
	}
	log := slog.New(slog.NewJSONHandler(c.stderr, &slog.HandlerOptions{Level: level}))
	return run(c.ctx, c.data, s.Config, log, func(*url.URL) {})
}

// run is the broker, from start to end: it returns when ctx ends and all that
// it started has stopped. It calls ready with its public address as soon as it
// can be reached. Several may run in one process.
func run(ctx context.Context, dir string, c Config, log *slog.Logger, ready func(*url.URL)) (err error) {
	s, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	l, err := listen(ctx, dir, c, log)
	if err != nil {
		return err
	}
	defer l.close()
	b := &broker{config: c, log: log, store: s, journal: journal.New(s), listeners: l, draining: make(chan struct{})}
	objects, closeObjects, err := c.Recordings.open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeObjects()) }()
	b.attachments = &attachment.Module{Store: s, Journal: b.journal, Objects: objects, Log: log}
	b.recordings = recording.New(recording.Config{
		Store: s, Journal: b.journal, Objects: objects, Quota: c.Recordings.quota(), Log: log,
	})
	if err := b.build(ctx, dir); err != nil {
		return err
	}
	_, hash := pages()
	if err := b.note(ctx, record.BrokerStarted{Version: version(), Viewer: hash}); err != nil {
		return errors.Join(err, b.registry.Close())
	}
	log.Info("broker started", "url", l.public.String(), "https", boundTo(l.tls), "metrics", boundTo(l.stats), "version", version(), "pages", viewer.Built())
	ready(l.public)
	err = b.serve(ctx)
	// ctx is over, but that we stop must still be recorded.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err = errors.Join(err, b.note(last, record.BrokerStopped{}))
	if _, sealErr := b.ledger.Advance(last); sealErr != nil {
		err = errors.Join(err, sealErr)
	}
	log.Info("broker stopped")
	return err
}

// broker is what run holds together.
type broker struct {
	config      Config
	log         *slog.Logger
	store       *store.Store
	journal     *journal.Journal
	listeners   *listeners
	auth        *auth.Desk
	registry    *session.Registry
	ledger      *sequencer.Log
	askers      []*watch.Asker // of the witnesses
	web         *web.Server
	recordings  *recording.Shelf
	attachments *attachment.Module
	metrics     *metrics.Metrics
	alarm       *alarm.Config // nil: no webhook
	forwards    []forward.Config
	mail        *mail.Desk // nil: no mail
	mailIn      mail.Server
	mailOut     mail.Server
	draining    chan struct{} // closed when the broker begins to stop
}

// build puts the parts together.
func (b *broker) build(ctx context.Context, dir string) error {
	c, l := b.config, b.listeners
	here := site{URL: l.public.String(), Organisation: c.Organisation, LocalAuthority: l.localAuthority(), ClientDir: c.ClientDir, InvitationLife: lifetime{c.Invitation}}
	if err := writeSite(dir, here); err != nil {
		return err
	}
	clients, err := here.shelf(dir)
	if err != nil {
		return err
	}
	if b.ledger, err = sequencer.Open(ctx, b.store, l.public.Hostname()); err != nil {
		return err
	}
	for _, text := range c.Witness {
		w, at, err := parseWitness(text)
		if err != nil {
			return bad("witness", text, err.Error())
		}
		b.askers = append(b.askers, watch.NewAsker(b.store, b.ledger, w, watch.NewFeed(at, &http.Client{}), b.log))
	}
	if b.alarm, err = b.alarmConfig(); err != nil {
		return err
	}
	if b.forwards, err = b.forwarders(); err != nil {
		return err
	}
	if err := b.openMail(); err != nil {
		return err
	}
	origins, hosts := entry.Origins(l.addresses()...)
	b.auth, err = auth.New(auth.Config{Store: b.store, Journal: b.journal, Organisation: c.Organisation, URL: l.public, Origins: origins, ProofLife: c.ProofLife, Provider: c.OIDC.provider()})
	if err != nil {
		return err
	}
	relayConfig := l.relay(c, b.log)
	b.registry, err = session.New(ctx, session.Config{
		Issuer: l.public.String(), Hosts: hosts, Organisation: c.Organisation, Store: b.store, Journal: b.journal,
		Relay: relayConfig, Log: b.log, LostAfter: c.LostAfter,
	})
	if err != nil {
		return err
	}
	b.metrics = metrics.New(version(), b.store, b.log)
	b.web, err = web.New(web.Deps{
		Organisation: c.Organisation, Complaints: c.Complaints, Version: version(), URL: l.public, Store: b.store, Journal: b.journal, Auth: b.auth, LogKey: b.ledger.Key(), Recordings: b.recordings, Mail: b.mail,
		Clients: clients, Pages: viewer.Files(), Log: b.log, InvitationLife: c.Invitation, Draining: b.draining, Observe: b.metrics.Observe,
		Modules: []web.Module{
			entry.New(entry.Config{Registry: b.registry, Organisation: c.Organisation, Origins: origins}),
			publish.New(b.store, b.ledger, b.log),
			recording.NewModule(b.recordings),
			b.attachments,
			&csvimport.Module{Store: b.store, Journal: b.journal, Log: b.log},
		},
	})
	if err != nil {
		return errors.Join(err, b.registry.Close())
	}
	return nil
}

// minSecret is how many bytes sign what is posted at least.
const minSecret = 32

// readSecret reads the file of a flag.
func readSecret(flag, file string) ([]byte, error) {
	// #nosec G304 -- the file that the operator names
	secret, err := os.ReadFile(file)
	if err != nil {
		return nil, bad(flag, file, "name a file that can be read")
	}
	if secret = bytes.TrimSpace(secret); len(secret) < minSecret {
		return nil, bad(flag, file, "put 32 bytes or more into it")
	}
	return secret, nil
}

func (b *broker) alarmConfig() (*alarm.Config, error) {
	if b.config.AlarmWebhook == "" {
		return nil, nil
	}
	to, err := webhookURL("alarm-webhook", b.config.AlarmWebhook)
	if err != nil {
		return nil, err
	}
	secret, err := readSecret("alarm-secret", b.config.AlarmSecret)
	if err != nil {
		return nil, err
	}
	return &alarm.Config{
		Webhook: to, Secret: secret, Desk: b.listeners.public.String(), Store: b.store, Journal: b.journal, Log: b.log,
	}, nil
}

// serve runs everything until ctx ends or a part fails, then stops it all:
// first no longer ready, then the requests, then the sockets, then the rest.
func (b *broker) serve(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return b.journal.Run(running) })
	group.Go(func() error { return b.ledger.Run(running, b.journal) })
	for _, a := range b.askers {
		group.Go(func() error { return a.Run(running) })
	}
	group.Go(func() error { return b.registry.Run(running) })
	group.Go(func() error { return invitation.Run(running, b.journal, b.store, b.log) })
	group.Go(func() error { return b.sweep(running) })
	if b.alarm != nil {
		group.Go(func() error { return alarm.Run(running, *b.alarm) })
	}
	for _, f := range b.forwards {
		group.Go(func() error { return forward.Run(running, f) })
	}
	group.Go(func() error {
		return webhook.Run(running, webhook.Config{Store: b.store, Journal: b.journal, Log: b.log})
	})
	b.runMail(running, group)
	reports := &schedule.Maker{Store: b.store, Journal: b.journal, Mail: b.mail, Desk: b.listeners.public.String(), Log: b.log}
	group.Go(func() error { return reports.Run(running) })
	b.listeners.serve(group, b.web, b.metrics.Handler(), b.log)
	group.Go(func() error {
		<-running.Done()
		b.log.Info("broker stops")
		close(b.draining)
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin-time.Second)
		defer cancel()
		return b.listeners.shutdown(deadline)
	})
	err := group.Wait()
	return errors.Join(err, b.registry.Close())
}

// sweepEvery is how often what has no further use is deleted.
const sweepEvery = 10 * time.Minute

func (b *broker) sweep(ctx context.Context) error {
	old := &retention.Sweeper{Store: b.store, Journal: b.journal, Recordings: b.recordings, Log: b.log}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		err := b.store.Update(ctx, func(tx *store.Tx) error { return tx.Sweep(auth.CookieLife, session.KeyRest) })
		err = errors.Join(err, session.RotateDue(ctx, b.journal), old.Sweep(ctx, time.Now()), b.recordings.Sweep(ctx), b.attachments.Sweep(ctx, time.Now()))
		if err != nil && ctx.Err() == nil {
			b.log.Error("sweep", "error", err) // the next round tries again
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (b *broker) note(ctx context.Context, data record.Data) error {
	return b.journal.Note(ctx, record.New(data, record.ByBroker, record.Actor{Kind: record.Broker}))
}

// pages is the manifest of the pages that are served, and the hash over it.
func pages() (manifest []byte, hash string) {
	manifest, err := viewer.Manifest(viewer.Files())
	if err != nil {
		panic("embedded pages: " + err.Error()) // they lie in this very program
	}
	return manifest, viewer.Hash(manifest)
}
