//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const readyWait = 20 * time.Second

// broker is the running broker and its command line, which is all that the demonstration uses of it.
type broker struct {
	program string
	data    string
	http    string
	process *process
}

// start runs `beside serve` and returns when it is ready. Its log goes to a file beside its data.
func (b *broker) start(ctx context.Context, g *group) error {
	if listener, err := net.Listen("tcp", b.http); err != nil {
		return fmt.Errorf("%w; end what uses %s, or choose another address with BESIDE_LISTEN_HTTP", err, b.http)
	} else {
		listener.Close()
	}
	if err := os.MkdirAll(b.data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	log, err := os.OpenFile(b.logFile(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the broker's log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(b.program, "serve", "--data", b.data, "--listen-http", b.http)
	cmd.Stdout, cmd.Stderr = log, log
	if b.process, err = g.start(cmd); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	err = poll(ctx, func() bool { return !b.process.running() || b.ready(ctx) })
	if !b.process.running() {
		return b.ended()
	}
	if err != nil {
		return fmt.Errorf("wait for the broker, whose log is %s: %w", b.logFile(), err)
	}
	return nil
}

func (b *broker) logFile() string { return filepath.Join(b.data, "broker.log") }

func (b *broker) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.http+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// ended is the error of a broker that stopped by itself, with the last thing it said.
func (b *broker) ended() error {
	text, err := os.ReadFile(b.logFile())
	if err != nil {
		return errors.New(exitText(b.process))
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return fmt.Errorf("%s: %s (log: %s)", exitText(b.process), lines[len(lines)-1], b.logFile())
}

// call runs one of the broker's commands and reads its JSON answer into reply, which may be nil.
func (b *broker) call(ctx context.Context, reply any, args ...string) error {
	cmd := exec.CommandContext(ctx, b.program, append(args, "--data", b.data)...)
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("beside %s: %w: %s", args[0], err, strings.TrimSpace(problem.String()))
	}
	if reply == nil {
		return nil
	}
	if err := json.Unmarshal(out.Bytes(), reply); err != nil {
		return fmt.Errorf("read the answer of beside %s: %w", args[0], err)
	}
	return nil
}
