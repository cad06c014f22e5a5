package main

import (
	"crypto/tls"
	"net"

	"beside/broker/internal/forward"
	"beside/broker/internal/siem"
)

// forwardFlags say where audited events go as they happen.
type forwardFlags struct {
	Syslog        string   `help:"Send audited events to this collector: syslog over TLS (RFC 5424, RFC 5425)." env:"BESIDE_SYSLOG" placeholder:"HOST:PORT"`
	SyslogCA      string   `help:"Certificates (PEM) that vouch for the collector. Default: those of the system." env:"BESIDE_SYSLOG_CA" placeholder:"FILE"`
	Webhook       string   `help:"Post audited events here, signed as Standard Webhooks has it, without personal data." env:"BESIDE_WEBHOOK" placeholder:"URL"`
	WebhookSecret string   `help:"File that holds the secret of the signatures, 32 bytes or more." env:"BESIDE_WEBHOOK_SECRET" placeholder:"FILE"`
	WebhookKinds  []string `help:"Only events whose kind begins so, such as session. or client.alarm; more than one with commas." env:"BESIDE_WEBHOOK_KINDS" placeholder:"KIND,..."`
}

func (f forwardFlags) validate() error {
	if f.Syslog != "" {
		if _, _, err := net.SplitHostPort(f.Syslog); err != nil {
			return bad("syslog", f.Syslog, "write it as collector.example.org:6514")
		}
	}
	if f.Webhook != "" {
		if _, err := webhookURL("webhook", f.Webhook); err != nil {
			return err
		}
	}
	return nil
}

// forwarders are those that the flags ask for.
func (b *broker) forwarders() ([]forward.Config, error) {
	f := b.config.Forward
	var all []forward.Config
	add := func(name string, sink forward.Sink) {
		all = append(all, forward.Config{Name: name, Sink: sink, Store: b.store, Journal: b.journal, Log: b.log})
	}
	if f.Syslog != "" {
		host, _, err := net.SplitHostPort(f.Syslog)
		if err != nil {
			return nil, bad("syslog", f.Syslog, "write it as collector.example.org:6514")
		}
		config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
		if f.SyslogCA != "" {
			if config.RootCAs, err = rootsIn("syslog-ca", f.SyslogCA); err != nil {
				return nil, err
			}
		}
		add("syslog "+f.Syslog, &forward.Syslog{
			Address: f.Syslog, TLS: config,
			Writer: siem.Writer{Format: siem.Syslog, Version: version(), Host: b.listeners.public.Hostname()},
		})
	}
	if f.Webhook != "" {
		to, err := webhookURL("webhook", f.Webhook)
		if err != nil {
			return nil, err
		}
		secret, err := readSecret("webhook-secret", f.WebhookSecret)
		if err != nil {
			return nil, err
		}
		add("webhook "+to.Host+to.Path, forward.NewWebhook(to, secret, f.WebhookKinds))
	}
	return all, nil
}
