package session_test

import (
	"runtime"
	"testing"

	"github.com/gorilla/websocket"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
)

// BenchmarkIdleSocket reports what one proven, idle socket holds in memory, the
// small other end in this process included:
//
//	go test -run '^$' -bench IdleSocket -benchtime 1x ./broker/internal/session
func BenchmarkIdleSocket(b *testing.B) {
	for b.Loop() {
		const sessions = 140 // 280 sockets: as many as one address may open in a minute
		br := start(b, options{})
		dialer := websocket.Dialer{Subprotocols: []string{signaling.Subprotocol}, ReadBufferSize: 256, WriteBufferSize: 256}
		links := make([]link, sessions)
		for i := range links {
			links[i] = br.invite()
			if _, err := br.Redeem(b.Context(), asRedeem(links[i].secret, links[i].client)); err != nil {
				b.Fatal(err)
			}
		}
		// The first sockets make what all share.
		conns := []*websocket.Conn{br.idle(&dialer, links[0], grant.Client), br.idle(&dialer, links[0], grant.Viewer)}
		before := inUse()
		for _, l := range links[1:] {
			conns = append(conns, br.idle(&dialer, l, grant.Client), br.idle(&dialer, l, grant.Viewer))
		}
		br.client.CloseIdleConnections()
		b.ReportMetric(float64(inUse()-before)/float64(len(conns)-2), "B/socket")
		for _, c := range conns {
			_ = c.Close()
		}
		br.stop()
	}
}

func (b *broker) idle(d *websocket.Dialer, l link, role grant.Role) *websocket.Conn {
	b.t.Helper()
	ws, resp, err := d.DialContext(b.t.Context(), "ws://"+b.host+"/ws", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	_ = resp.Body.Close()
	e := &end{Conn: signaling.NewConn(ws), t: b.t, epoch: store.NewID()}
	token, err := b.Token(b.t.Context(), b.request(l, role))
	if err != nil {
		b.t.Fatal(err)
	}
	e.prove(token, l.key(role), b.host)
	expect[signaling.Welcome](e)
	return ws
}

// inUse is what heap and stacks hold once they have shrunk to what is needed.
func inUse() int64 {
	for range 6 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
