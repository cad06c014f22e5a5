package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"beside/client/internal/window"
	"beside/signaling/invite"
	"beside/signaling/slot"
	"beside/signaling/texts"
)

// maxLineBytes bounds the line that is read from standard input.
const maxLineBytes = 4096

// errLeft reports that the person left before anything began.
var errLeft = errors.New("cancelled")

// target is where to connect, and with which invitation.
type target struct {
	broker       *url.URL
	secret       invite.Secret
	key          invite.KeyHash
	spoken       bool // the secret is of a spoken code, which has no key
	organisation string
}

// finder looks for the invitation: in the program's own file name, else in the
// argument, else on standard input, else it asks the person.
type finder struct {
	config   slot.Config
	empty    bool // the slot is: then only a whole link says where to connect
	fileName string
	argument string
	input    io.Reader // nil when it is a terminal
	ui       func() (window.UI, error)
}

func (f finder) find(ctx context.Context) (target, error) {
	if !f.empty {
		if secret, key, err := invite.ParseFileName(f.fileName); err == nil {
			return f.own(target{secret: secret, key: key})
		}
		if secret, err := invite.ParseSpokenFileName(f.fileName); err == nil {
			return f.own(target{secret: secret, spoken: true})
		}
	}
	text := f.argument
	if text == "" && f.input != nil {
		line, err := bufio.NewReader(io.LimitReader(f.input, maxLineBytes)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return target{}, fmt.Errorf("read the link from standard input: %w", err)
		}
		text = strings.TrimSpace(line)
	}
	if text == "" {
		return f.paste(ctx)
	}
	to, err := f.parse(text)
	if err != nil {
		return target{}, err
	}
	return to, f.confirm(ctx, to)
}

// own completes a target that names no broker: it is the configuration's.
func (f finder) own(to target) (target, error) {
	broker, err := url.Parse(f.config.Broker)
	if err != nil {
		return target{}, fmt.Errorf("broker in the configuration slot: %w", err)
	}
	to.broker, to.organisation = &url.URL{Scheme: broker.Scheme, Host: broker.Host}, f.config.Organisation
	return to, nil
}

// paste asks for the link until one is good or the person leaves.
func (f finder) paste(ctx context.Context) (target, error) {
	ui, err := f.ui()
	if err != nil {
		return target{}, err
	}
	var q window.LinkQuestion
	for {
		text, err := ui.AskLink(ctx, q)
		if errors.Is(err, window.ErrClosed) {
			return target{}, errLeft
		}
		if err != nil {
			return target{}, err
		}
		to, err := f.parse(text)
		if err == nil {
			return to, f.confirm(ctx, to)
		}
		q = window.LinkQuestion{Text: text, Problem: problemOf(err)}
	}
}

// otherHostError reports a link that leads away from this program's broker.
type otherHostError struct{ host, expected string }

func (e *otherHostError) Error() string {
	return texts.T("client.other-host", "host", e.host, "expected", e.expected) + " " + texts.T("client.other-host.next")
}

// errNowhere reports a spoken code where nothing says which broker it is of.
var errNowhere = errors.New("a code of digits needs a program from its own help desk")

// problemOf says in plain words why a link was refused.
func problemOf(err error) string {
	var other *otherHostError
	if errors.As(err, &other) {
		return other.Error()
	}
	if errors.Is(err, errNowhere) {
		return texts.T("client.code-nowhere")
	}
	return texts.T("client.bad-link")
}

// parse reads a link, or a spoken code, which is the configuration's broker's. A
// link that leads elsewhere than the configuration says is refused.
func (f finder) parse(text string) (target, error) {
	if secret, err := invite.ParseSpoken(text); err == nil {
		if f.empty {
			return target{}, errNowhere
		}
		return f.own(target{secret: secret, spoken: true})
	}
	link, err := invite.ParseLink(text)
	if err != nil {
		return target{}, err
	}
	to := target{broker: link.Broker, secret: link.Secret, key: link.Key}
	if f.empty {
		return to, nil
	}
	ours, err := f.own(to)
	if err != nil {
		return target{}, err
	}
	if link.Broker.Scheme != ours.broker.Scheme || !strings.EqualFold(link.Broker.Host, ours.broker.Host) {
		return target{}, &otherHostError{host: link.Broker.Host, expected: ours.broker.Host}
	}
	return ours, nil
}

// confirm shows the host large and asks, when nothing but the link names it.
func (f finder) confirm(ctx context.Context, to target) error {
	if !f.empty {
		return nil
	}
	ui, err := f.ui()
	if err != nil {
		return err
	}
	yes, err := ui.AskHost(ctx, to.broker.Host)
	if err == nil && !yes {
		return errLeft
	}
	return err
}

// piped returns standard input when somebody may have written a link to it.
func piped(f *os.File) io.Reader {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice != 0 {
		return nil // a terminal, or nothing
	}
	return f
}
