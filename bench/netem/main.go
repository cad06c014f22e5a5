//go:build linux

// Command netem is a line between two network namespaces, for kernels without
// the queueing discipline of that name: two TUN devices, one in each namespace,
// and a relay between them that delays, limits and loses (link.go).
//
// It makes the devices and prints "ready"; whoever starts it gives them addresses.
// They go when it ends, which it does with its standard input; then it prints
// what it carried.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
)

func main() {
	from := flag.String("from", "", "one end: NAMESPACE:DEVICE")
	to := flag.String("to", "", "the other end: NAMESPACE:DEVICE")
	delay := flag.Duration("delay", 0, "one way")
	rate := flag.Float64("mbit", 0, "Mbit/s each way; 0: no limit")
	loss := flag.Float64("loss", 0, "percent of packets, each way")
	queue := flag.Int("queue", 64<<10, "bytes that may wait, each way")
	flag.Parse()
	one := func() *link {
		return &link{rate: *rate * 1e6, delay: *delay, loss: *loss / 100, queue: *queue, dice: rand.Float64}
	}
	there, back := one(), one()
	if err := run(*from, *to, there, back); err != nil {
		log.Fatalln("netem:", err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]counters{"there": there.sum, "back": back.sum})
}

func run(from, to string, there, back *link) error {
	a, err := openDevice(from)
	if err != nil {
		return err
	}
	b, err := openDevice(to)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	var group errgroup.Group
	group.Go(func() error { return relay(a, b, there) })
	group.Go(func() error { return relay(b, a, back) })
	_, err = io.Copy(io.Discard, os.Stdin)
	a.Close() // ends both relays
	b.Close()
	if relayed := group.Wait(); err == nil {
		err = relayed
	}
	return err
}

// packet waits for its time.
type packet struct {
	data []byte
	at   time.Time
}

// inLine bounds the packets on the way: a second of the fastest lossy line.
const inLine = 1 << 14

// relay carries packets from one device to the other until one is closed.
func relay(from io.Reader, to io.Writer, l *link) error {
	line := make(chan packet, inLine)
	done := make(chan struct{})
	go func() { // ends when the line is closed
		defer close(done)
		for p := range line {
			time.Sleep(time.Until(p.at))
			_, _ = to.Write(p.data) // a device that is down loses packets, as devices do
		}
	}()
	defer func() { close(line); <-done }()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return closedIsFine(err)
		}
		if at, ok := l.offer(time.Now(), n); ok {
			line <- packet{append([]byte(nil), buffer[:n]...), at}
		}
	}
}
