// Package control is what client and viewer say to each other on the data
// channels "control" (reliable, ordered) and "pointer" (unreliable): proofs,
// questions of consent, rights and input. Messages are JSON objects with a type,
// one struct a message, decoded strictly. The package has no effects: what a
// message may do is decided by the client's consent package.
//
//	viewer                                   client
//	  hello{proof, key, token}   ──▶ ◀──   hello{proof}        message 0, both ways
//	                                 ◀──   commit{commit}      words.go: on the road of a
//	  nonce{nonce}               ──▶                           spoken code alone
//	                                 ◀──   reveal{nonce}
//	                                 ◀──   compared{matched}
//	  token{token}               ──▶                           each renewal
//	  ask{id, scopes}            ──▶
//	                                 ◀──   asking{id}          the window is open
//	                                 ◀──   granted{…} | declined{id, reason}
//	  yield{scopes}              ──▶                           gives rights back
//	                                 ◀──   rights{…}           whenever they change
//	                                 ◀──   screens{…}
//	  show{monitor}              ──▶
//	  abilities{video}           ──▶                           what it can decode
//	  attend{here}               ──▶                           whether somebody looks
//	  say{id, text}              ──▶ ◀──   said{n, by, …}       chat.go
//	  introduce{key, bind}       ──▶                           colleague.go: a second technician
//	  dismiss{key}               ──▶
//	                                 ◀──   colleague{…}
//	  key, text, button, wheel, move, release ──▶              see input.go
//	                                 ◀──   facts{…}            facts.go: under the right to them
//	                                 ◀──   notice{code}        why something cannot be done
//	  bye{reason}                ──▶ ◀──   bye{reason}
package control

import (
	"beside/signaling"
	"beside/signaling/grant"
)

// Labels of the data channels: see Channels.
const (
	ChannelDisplay = "display" // the picture: see signaling/display
	ChannelRepeat  = "repeat"  // updates of display once more
	ChannelPointer = "pointer" // only move
	ChannelFiles   = "files"   // bytes of files: see Frame
	ChannelControl = "control" // all else
)

// MaxMessageBytes bounds one message.
const MaxMessageBytes = 8 << 10

// HelloViewer is the viewer's message 0: the binding signed by the invite key
// (invite.Binding.ViewerProof), that key, and its access token.
type HelloViewer struct {
	Proof []byte `json:"proof"`
	Key   []byte `json:"key"`
	Token string `json:"token"`
}

// HelloClient is the client's message 0 (invite.Binding.ClientProof) and the
// session key that signs its grants.
type HelloClient struct {
	Proof []byte `json:"proof"`
	Key   []byte `json:"key"`
}

// Token renews the viewer's access token at the client.
type Token struct {
	Token string `json:"token"`
}

// Ask asks the requester for rights.
type Ask struct {
	ID     string    `json:"id"`
	Scopes grant.Set `json:"scopes"`
}

// Asking says that the consent window for this Ask is on the screen.
type Asking struct {
	ID string `json:"id"`
}

// Granted is the answer that allowed something. Scopes of the grant may be
// fewer than asked.
type Granted struct {
	ID    string       `json:"id"`
	Grant grant.Signed `json:"grant"`
}

// DeclineReason says how an Ask came to nothing.
type DeclineReason string

// The reasons.
const (
	Declined   DeclineReason = "declined"
	Unanswered DeclineReason = "unanswered"
	NotOffered DeclineReason = "not_offered" // the token or this client does not hold such a right
	Busy       DeclineReason = "busy"        // another question is on the screen
)

// AskDeclined is the answer that allowed nothing.
type AskDeclined struct {
	ID     string        `json:"id"`
	Reason DeclineReason `json:"reason"`
}

// Yield gives rights back.
type Yield struct {
	Scopes grant.Set `json:"scopes"`
}

// Rights is what holds now, whenever it changed. Input carries Generation, so
// that what was under way when rights changed is not applied.
type Rights struct {
	Generation uint64    `json:"generation"`
	Scopes     grant.Set `json:"scopes"`
	Paused     bool      `json:"paused"` // the requester paused: rights rest
	Asking     bool      `json:"asking"` // a consent window is open: control rests
	Own        bool      `json:"own"`    // the requester uses their own mouse or keyboard: input rests
	Left       int       `json:"left"`   // seconds until all scopes lapse, rounded up; 0 when there are none
	Taken      Taker     `json:"taken"`  // by whom or what the last right went
}

// Taker says by whom or what a right went; empty when none did yet.
type Taker string

// The takers.
const (
	ByRequester  Taker = "requester"
	ByTechnician Taker = "technician"
	ByToken      Taker = "token"  // the viewer's token holds less
	ByTime       Taker = "time"   // the grant lapsed
	ByIdle       Taker = "idle"   // the technician did nothing, or did not look
	ByLock       Taker = "locked" // the requester's screen is locked
)

// Valid reports whether t is one of the takers, or none.
func (t Taker) Valid() bool {
	switch t {
	case "", ByRequester, ByTechnician, ByToken, ByTime, ByIdle, ByLock:
		return true
	}
	return false
}

// Monitor is one screen of the client, in pixels of the whole desktop.
type Monitor struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	X       int    `json:"x"`
	Y       int    `json:"y"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Primary bool   `json:"primary"`
}

// Screens lists the monitors and which one is shown, or AllMonitors.
type Screens struct {
	Monitors []Monitor `json:"monitors"`
	Shown    string    `json:"shown"`
}

// VideoCodec names a codec of the display stream's video regions.
type VideoCodec string

// The codecs.
const (
	AV1    VideoCodec = "av1"     // main profile: 4:2:0
	AV1444 VideoCodec = "av1-444" // high profile: 4:4:4
	VP9    VideoCodec = "vp9"     // profile 0: 4:2:0
	VP9444 VideoCodec = "vp9-444" // profile 1: 4:4:4
)

// Abilities says which codecs the viewer can decode; until it is sent, none. The
// last one counts. JPEG every viewer can decode.
type Abilities struct {
	Video []VideoCodec `json:"video"`
}

// Attend says whether the technician has the picture before them: whether the
// page is on their screen.
type Attend struct {
	Here bool `json:"here"`
}

// AllMonitors stands in Show and Screens.Shown for all monitors as one surface:
// the smallest rectangle around them, black where no monitor is.
const AllMonitors = "*"

// Show chooses the monitor to be shown, or AllMonitors.
type Show struct {
	Monitor string `json:"monitor"`
}

// NoticeCode says why something cannot be done on the client's machine.
type NoticeCode string

// The notices; each has its plain words in the catalogue ("notice.<code>").
const (
	Wayland     NoticeCode = "wayland"      // the desktop is a Wayland session
	NoScreen    NoticeCode = "no_screen"    // there is no screen to show
	NoInput     NoticeCode = "no_input"     // the machine takes no input from programs
	NoPanicKey  NoticeCode = "no_panic_key" // no key combination was free for Stop
	NoPointing  NoticeCode = "no_pointing"  // nothing can be drawn over the screen
	NoClipboard NoticeCode = "no_clipboard" // the clipboard cannot be reached
)

// Notice tells the technician what the client met.
type Notice struct {
	Code NoticeCode `json:"code"`
}

// Bye ends the session from either end, so that the other need not wait for the
// broker to say so.
type Bye struct {
	Reason signaling.Reason `json:"reason"`
}
