// Command cmd is a hostile client for the end-to-end tests:
//
//	cmd LINK SYSTEM(JSON) VERSION
//
// LINK is a link, or ORIGIN/help#DIGITS for a spoken code. It joins, prints "heard MESSAGE" for each message of the page, and says what it
// reads on its standard input: "CHANNEL TEXT", "CHANNEL:base64 DATA",
// "state KIND DATA(JSON)" or "again", for another connection, one a line.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"beside/internal/evil"
	"beside/signaling/invite"
	"beside/signaling/record"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("want LINK SYSTEM VERSION, got %d arguments", len(args))
	}
	link, spoken, err := parse(args[0])
	if err != nil {
		return err
	}
	var system evil.System
	if err := json.Unmarshal([]byte(args[1]), &system); err != nil {
		return fmt.Errorf("system: %w", err)
	}
	p := &evil.Puppet{Spoken: spoken, Heard: func(raw []byte) { fmt.Printf("heard %s\n", raw) }}
	defer p.Close()
	if err := p.Join(ctx, link, system, args[2]); err != nil {
		return err
	}
	fmt.Println("joined")
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	lines := make(chan string)
	go func() {
		in := bufio.NewScanner(os.Stdin)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			lines <- in.Text()
		}
		close(lines)
	}()
	for {
		select {
		case err := <-ended:
			return err
		case line, more := <-lines:
			if !more {
				return <-ended
			}
			if err := obey(p, line); err != nil {
				fmt.Println("failed", err)
			}
		}
	}
}

func parse(text string) (link invite.Link, spoken bool, err error) {
	origin, digits, spoken := strings.Cut(text, "/help#")
	if !spoken {
		link, err = invite.ParseLink(text)
		return link, false, err
	}
	if link.Broker, err = url.Parse(origin); err == nil {
		link.Secret, err = invite.ParseSpoken(digits)
	}
	return link, true, err
}

func obey(p *evil.Puppet, line string) error {
	what, rest, _ := strings.Cut(line, " ")
	if what == "state" {
		kind, data, _ := strings.Cut(rest, " ")
		return p.State(record.Kind(kind), json.RawMessage(data))
	}
	if what == "again" {
		return p.Again()
	}
	channel, binary := strings.CutSuffix(what, ":base64")
	if !binary {
		return p.Say(channel, rest)
	}
	raw, err := base64.StdEncoding.DecodeString(rest)
	if err != nil {
		return err
	}
	return p.Bytes(channel, raw)
}
