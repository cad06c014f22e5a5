package entry

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"

	"beside/broker/internal/auth"
	"beside/signaling"
)

// socket opens a websocket and returns: what serves it from then on is the
// registry's, and net/http gives back what it held for the request.
func (d *Door) socket(w http.ResponseWriter, r *http.Request) {
	from := auth.ParseRemote(r.RemoteAddr)
	if !websocket.IsWebSocketUpgrade(r) || !speaks(r) {
		w.Header().Set("Upgrade", "websocket")
		http.Error(w, "Open a websocket of subprotocol "+signaling.Subprotocol+" here.", http.StatusUpgradeRequired)
		return
	}
	place, ok := d.config.Registry.Reserve(from, auth.Truncate(from))
	if !ok || !d.sockets.Allow(from) {
		if ok {
			place.Release()
		}
		w.Header().Set("Retry-After", "5")
		http.Error(w, "Too many sockets. Wait, then try again.", http.StatusTooManyRequests)
		return
	}
	ws, err := d.upgrader.Upgrade(w, r, nil)
	if err != nil { // Upgrade has answered
		place.Release()
		return
	}
	place.Serve(signaling.NewConn(ws), r.Host)
}

func speaks(r *http.Request) bool {
	for _, p := range websocket.Subprotocols(r) {
		if p == signaling.Subprotocol {
			return true
		}
	}
	return false
}

func newPool() websocket.BufferPool { return &sync.Pool{} }
