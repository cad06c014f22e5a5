// Package window is everything the requester sees of the client: the panel
// (paste a link, confirm a host, wait, an error), the consent question, the bar
// that stays on top while somebody sees or controls, and the summary.
//
// It shows and it asks; it decides nothing and holds no right: an Answer goes
// back to the caller, who alone may tell the consent Gate. The one rule kept
// here is that only an act of the person can say yes: a timeout, a closed
// window, an ended context and the zero Answer all mean no.
//
// Linux draws with Gio on X11 (files *_linux.go); elsewhere New reports
// ErrNotYet. Limits: Gio has no AT-SPI, so a screen reader cannot read these
// windows; they work by keyboard alone (Tab, Shift+Tab, Space, Enter, Escape).
package window

import (
	"context"
	"errors"
	"strings"
	"time"

	"beside/signaling/grant"
)

// Errors that callers branch on.
var (
	// ErrClosed: the person cancelled, or closed the window.
	ErrClosed = errors.New("window closed by the person")
	// ErrNotYet: this operating system has no windows yet.
	ErrNotYet = errors.New("beside has no windows on this operating system yet")
)

// UI shows windows and brings back what the person did. All methods may be
// called from any goroutine. A method with a context blocks, and returns only
// by an act of the person, by its own timeout, or when the context ends (then
// with the context's error).
//
// AskLink, AskHost, AskWords, Wait and Tell are pages of one panel window. The panel stays
// open, with its buttons resting, between two of them, so that the next page
// replaces the last without a flicker; Ask, OpenBar and Summarise close it. When
// the person closes a resting panel the next page reports that at once. One page
// is shown at a time, and one question: a second call waits for its turn.
type UI interface {
	// AskLink lets the person paste the link they were sent, when the file name
	// held no code. It returns the text as typed, without surrounding space, or
	// ErrClosed.
	AskLink(ctx context.Context, q LinkQuestion) (string, error)
	// AskHost shows a broker's host in large type and asks whether to connect to
	// it, when the client holds no configuration. No, Escape and closing the
	// window are (false, nil).
	AskHost(ctx context.Context, host string) (bool, error)
	// Wait shows what is being waited for. It returns ErrClosed when the person
	// cancels, else the context's error: it never returns nil. To change the
	// words, end the context and call it again.
	Wait(ctx context.Context, w Waiting) error
	// AskWords lets the person pick the words that the technician reads out. The
	// zero Pick, with or without an error, is no words.
	AskWords(ctx context.Context, q WordsQuestion) (Pick, error)
	// Tell says what went wrong and what to do next. It reports whether the
	// person wants to try again (only when p.Retry offers it).
	Tell(ctx context.Context, p Problem) (again bool, err error)

	// Ask asks for consent. The caller must hold back injected input while it
	// runs. The error is the context's, or says why the window could not be
	// shown; with an error the Answer is no.
	Ask(ctx context.Context, q Question) (Answer, error)
	// OpenBar shows the bar and returns when it is on the screen, so that nothing
	// need be captured before the person can see that it is. The caller closes it.
	OpenBar(s BarState) (Bar, error)
	// OpenChat opens the window of the chat and returns at once; nothing depends on
	// it. called says that the person asked for it: only then it takes the keyboard.
	// The caller closes it, and opens one at a time.
	OpenChat(s ChatState, called bool) (Chat, error)
	// OpenFiles opens the window of files and returns at once. The caller closes it, and
	// opens one at a time.
	OpenFiles(s FilesState) (Files, error)
	// PickFile lets the person pick a file that goes to the technician, and returns
	// where it is. Everything but an act of the person is ("", nil) or an error. The
	// caller must hold back what the technician sees and does while it runs.
	PickFile(ctx context.Context, q PickFile) (path string, err error)
	// Summarise tells what was done and returns nil when the person closes it.
	Summarise(ctx context.Context, s Summary) error

	// Raise puts every window that is open before the person, also one that was
	// made small. It answers nothing: a consent question is deaf anew, as when it
	// was first shown, so that a click meant for what was there before is no answer.
	Raise()
	// OwnWindows lists the X11 ids of all windows that are open, in which no
	// injected input may land. It is cheap enough to call for each event.
	OwnWindows() []uint32
	// Close closes all windows, ends every call with ErrClosed, and waits for
	// what it started.
	Close()
}

// Config holds what New needs. Zero durations mean the defaults.
type Config struct {
	AnswerWithin time.Duration // no answer within this is no; default DefaultAnswerWithin
	AllowAfter   time.Duration // clicks and keys before this are ignored; default DefaultAllowAfter
}

// The durations that people meet; tests shorten them.
const (
	DefaultAnswerWithin = 2 * time.Minute
	DefaultAllowAfter   = time.Second
)

// A Party is who is at the other end, as the client itself knows it.
type Party struct {
	Organisation string // from the client's configuration; empty when the slot is empty
	Host         string // the broker's host; shown when Organisation is empty
}

// LinkQuestion is the page that asks for a link.
type LinkQuestion struct {
	Text    string // what stands in the field at first
	Problem string // why the last one was refused, in plain words; may be empty
}

// WordsQuestion asks which words the technician reads out.
type WordsQuestion struct {
	Party
	Technician string    // display name
	Choices    [3]string // each four words; "none of these" is the fourth
}

// Pick is what the person chose of a WordsQuestion.
type Pick struct {
	How    PickHow
	Choice int // index in Choices, when How is PickedWords
}

// PickHow says by what act.
type PickHow string

// The ways. A closed window, a timeout and a context that ended are PickedNothing.
const (
	PickedNothing PickHow = ""
	PickedWords   PickHow = "words"
	PickedNone    PickHow = "none" // none of these
)

// Stage is what is being waited for.
type Stage string

// The stages of a start.
const (
	Connecting         Stage = "connecting"          // to the broker
	AwaitingTechnician Stage = "awaiting technician" // connected; nobody there yet
	Reconnecting       Stage = "reconnecting"        // the connection was lost
)

// Waiting is a page without a question; it offers only Cancel.
type Waiting struct {
	Party
	Stage Stage
}

// Problem is something that went wrong, in plain words.
type Problem struct {
	What  string // what happened, one sentence
	Next  string // what the person can do now
	Retry bool   // offer "Try again"
}

// Question asks the requester for consent.
type Question struct {
	Party
	Technician string    // display name, as set by an administrator
	Scopes     grant.Set // what is asked, each its own choice; must not be empty
	Granted    grant.Set // what is allowed already; shown as a reminder
	StopKey    string    // the key combination that stops, such as "Ctrl+Alt+Shift+S"; may be empty
	Recording  Recording // when Scopes has record
	// CalledBy is the technician who called this one in, to look on beside them; then
	// there is no choice of a time: it is theirs at most. Empty for the first.
	CalledBy string
}

// Recording is what the person is told when recording is asked for.
type Recording struct {
	Names []string // of those who can open it
	// Root is the fingerprint of who says so, to be compared; empty when this
	// program knows them.
	Root string
	// Required: without recording there is no session. Then it is no choice of its
	// own: Allow allows it with what is ticked, Decline is no to all.
	Required bool
}

// How says by what act a Question was answered.
type How string

// The ways a Question ends. Only Allowed comes with scopes. At first the boxes
// are empty, but for View and for a right that is asked alone; that of Record always is.
const (
	Allowed  How = "allowed"  // Allow was pressed
	Declined How = "declined" // Decline was pressed, or Escape
	Closed   How = "closed"   // the window was closed
	TimedOut How = "timeout"  // nobody answered in time
)

// Answer is what the person chose. The zero Answer is no.
type Answer struct {
	Scopes grant.Set // the ticked scopes, a subset of those asked; empty means no
	How    How       // empty when the context ended first
	// For is how long all that is allowed may last: one of Terms.
	For time.Duration
}

// Terms are the choices of how long what is allowed may last. The second is
// chosen at first.
var Terms = [...]time.Duration{15 * time.Minute, time.Hour, 3 * time.Hour}

// BarState is what the bar says. Its owner sets it anew at every change.
type BarState struct {
	Technician string    // who is there
	Since      time.Time // start of the session; shown as whole minutes
	Until      time.Time // when all that is allowed ends; shown in place of Since unless zero
	Sees       bool      // the technician sees the screen now
	Controls   bool      // the technician may use mouse and keyboard now
	Rights     grant.Set // what else the technician may do now, each to be taken back on the bar
	Own        bool      // the person uses their own mouse or keyboard: the technician's rest
	Paused     bool      // the person paused; offers Resume in place of Pause
	Recorded   bool      // what the technician sees and does is recorded now
	Must       bool      // without recording there is no session
	Colleague  string    // who else looks on now, to be sent away on the bar; empty: nobody
	Lost       bool      // the connection is gone and is being looked for
	StopKey    string    // as in Question
	Unread     int       // lines of the chat that the person has not seen
}

// Act is what the person asked for on the bar.
type Act string

// The acts of the bar besides Stop.
const (
	Pause         Act = "pause"
	Resume        Act = "resume"
	TakeBack      Act = "take back" // take control back, go on being seen
	StopRecording Act = "stop recording"
	OpenChat      Act = "open chat"
	SendAway      Act = "send away" // the colleague who looks on
	Alarm         Act = "alarm"     // this feels wrong: Stop, and somebody else is told; Stopped is closed after it
)

// takeBack begins the acts that take one right back.
const takeBack = "take back "

// TakeBackOf is the act that takes one of BarState.Rights back. What was given under
// it is given; nothing more is.
func TakeBackOf(sc grant.Scope) Act { return Act(takeBack + string(sc)) }

// Right is the right that a takes back, when it is a TakeBackOf.
func (a Act) Right() (grant.Scope, bool) {
	sc, ok := strings.CutPrefix(string(a), takeBack)
	return grant.Scope(sc), ok
}

// Bar is the strip that stays above all windows for as long as somebody sees.
type Bar interface {
	// Set replaces what the bar says. It returns at once; the same state again
	// draws nothing.
	Set(s BarState)
	// Acts delivers what the person asked for. It is bounded: acts that nobody
	// reads for long are dropped, as a further press repeats them.
	Acts() <-chan Act
	// Stopped is closed when the person pressed Stop or closed the bar, and so
	// cannot be lost. The bar then stays until Close, and says that it stopped.
	Stopped() <-chan struct{}
	// Close takes the bar away and waits until its window is gone.
	Close()
}

// ChatState is what the window of the chat shows.
type ChatState struct {
	Party
	Technician string
	Lines      []ChatLine // oldest first; not changed once it was handed over
	Away       bool       // nobody is there to read: nothing can be sent
}

// ChatLine is what one of the two wrote. The text is as it came: the window shows
// it as text and nothing else.
type ChatLine struct {
	At   time.Time
	Own  bool // the person wrote it
	Text string
}

// Chat is the small window in which the two people write to each other.
type Chat interface {
	// Set replaces what it shows. It returns at once.
	Set(s ChatState)
	// Written delivers what the person wrote.
	Written() <-chan string
	// Seen has a token whenever the person has the window before them and
	// something new in it.
	Seen() <-chan struct{}
	// Front puts the window before the person, who asked for it.
	Front()
	// Closed is closed when the window is gone, by whomever.
	Closed() <-chan struct{}
	// Close takes the window away and waits until it is gone.
	Close()
}

// Summary is what the person reads after the end.
type Summary struct {
	Party
	Technician  string
	Start, Stop time.Time // from being seen to the end; equal when nothing was shown
	Allowed     grant.Set // everything that was allowed at some time
	End         End
	Steps       []Step // what happened, in order
	Alarmed     bool   // the person said that it felt wrong
	Report      func() // called when the person says so now, at most once; must not block

	Receipt string                     // address of the page with the person's receipt; empty when there is none
	Browse  func(address string) error // opens it in their browser, which may take seconds; nil: it is shown to them
}

// End is why a session ended, as far as the requester cares.
type End string

// The ends that have their own words.
const (
	EndedByYou        End = "you"
	EndedByTechnician End = "technician"
	EndedByDecline    End = "decline" // the person allowed nothing
	EndedByLoss       End = "loss"    // the connection did not come back
	EndedByTime       End = "time"    // a time limit
	EndedByWords      End = "words"   // the words were not the technician's; nothing was shown or accepted
	EndedBySafety     End = "safety"  // a check failed; nothing more was shown or accepted
)

// Step is one thing that happened.
type Step struct {
	At     time.Time
	Kind   StepKind
	Scopes grant.Set // for Gave, Refused, and all that went
	Name   string    // for GotFile and GaveFile
	Who    string    // for the steps of a colleague
}

// StepKind is the kind of a Step.
type StepKind string

// The steps that have words.
const (
	Joined               StepKind = "joined"  // the technician was there
	Gave                 StepKind = "gave"    // the person allowed Scopes
	Refused              StepKind = "refused" // the person refused Scopes
	TookBack             StepKind = "took back"
	GaveBack             StepKind = "gave back"        // the technician, or who vouches for them
	Lapsed               StepKind = "lapsed"           // the time was up
	Idled                StepKind = "idled"            // the technician did nothing for long
	Locked               StepKind = "locked"           // the screen was locked
	ToldFacts            StepKind = "told facts"       // facts of the machine were sent
	Pointed              StepKind = "pointed"          // the technician pointed at the screen
	Pictured             StepKind = "pictured"         // the technician kept a picture of the screen
	FilledClip           StepKind = "filled clipboard" // the technician put text on the clipboard
	ReadClip             StepKind = "read clipboard"   // the technician was sent what was copied
	GotFile              StepKind = "got file"         // the technician put a file here
	GaveFile             StepKind = "gave file"        // the person picked a file, and it went out
	PausedStep           StepKind = "paused"
	ResumedStep          StepKind = "resumed"
	LostStep             StepKind = "lost"
	ReturnedStep         StepKind = "returned"
	ColleagueCameStep    StepKind = "colleague came"    // the person let Who look on
	ColleagueLeftStep    StepKind = "colleague left"    // Who looks on no more
	ColleagueRefusedStep StepKind = "colleague refused" // the person did not let Who look on
)
