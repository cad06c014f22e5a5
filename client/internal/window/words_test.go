package window

import (
	"strings"
	"testing"
	"time"

	"beside/signaling/grant"
	"beside/signaling/texts"
)

func TestName(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Anna Berger", "Anna Berger"},
		{"space and lines", "  Anna\n\tBerger\r\n", "Anna Berger"},
		{"turned direction", "Anna \u202emoc.elpmaxe", "Anna moc.elpmaxe"},
		{"controls and zero width", "An\x00na\u200b\x1b[31m", "Anna[31m"},
		{"other scripts", "山田 太郎", "山田 太郎"},
		{"long", strings.Repeat("ä", 200), strings.Repeat("ä", 79) + "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := name(tt.in); got != tt.want {
				t.Errorf("name(%q): got %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestWritten(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Look here", "Look here"},
		{"lines", " one\n\ntwo \n", "one\n\ntwo"},
		{"turned direction", "open \u202egpj.exe\u2066\u200f", "open gpj.exe"},
		{"controls", "\x1b[31mred\r\x00", "[31mred "},
		{"long", strings.Repeat("ä", 1000), strings.Repeat("ä", 1000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := written(tt.in); got != tt.want {
				t.Errorf("written(%q): got %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestChatButton(t *testing.T) {
	for n, want := range map[int]string{0: "Chat", 1: "Chat (1)", 9: "Chat (9)", 10: "Chat (9+)"} {
		if got := chatButton(n); got != want {
			t.Errorf("chatButton(%d): got %q, want %q", n, got, want)
		}
	}
}

func TestInitials(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Anna Berger", "AB"}, {"anna maria berger", "AB"}, {"Zoë", "Z"}, {"", ""}, {"42 7", ""}, {"山田 太郎", "山太"},
	}
	for _, tt := range tests {
		if got := initials(tt.in); got != tt.want {
			t.Errorf("initials(%q): got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestMinutesChangeOnlyOncePerMinute(t *testing.T) {
	start := time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		after, next time.Duration
		want        string
	}{
		{-time.Second, time.Minute, "0 min"},
		{0, time.Minute, "0 min"},
		{59 * time.Second, time.Minute, "0 min"},
		{time.Minute, 2 * time.Minute, "1 min"},
		{59*time.Minute + 59*time.Second, time.Hour, "59 min"},
		{61 * time.Minute, 62 * time.Minute, "1 h 1 min"},
	}
	for _, tt := range tests {
		got, next := minutes(start, start.Add(tt.after))
		if got != tt.want || !next.Equal(start.Add(tt.next)) {
			t.Errorf("minutes after %v: got %q, next %v; want %q, next %v", tt.after, got, next.Sub(start), tt.want, tt.next)
		}
	}
}

func TestBarClockTellsWhatIsLeft(t *testing.T) {
	now := time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		left, next time.Duration
		want       string
	}{
		{3 * time.Hour, time.Minute, "3 h 0 min left"},
		{time.Hour, time.Minute, "1 h 0 min left"},
		{59*time.Minute + time.Second, time.Second, "1 h 0 min left"},
		{59 * time.Minute, time.Minute, "59 min left"},
		{61 * time.Second, time.Second, "2 min left"},
		{time.Second, time.Second, "1 min left"},
		{-time.Second, -time.Second, "1 min left"}, // until whoever ends it has
	}
	for _, tt := range tests {
		got, next := clock(BarState{Since: now.Add(-time.Hour), Until: now.Add(tt.left)}, now)
		if got != tt.want || next.Sub(now) != tt.next {
			t.Errorf("%v left: got %q, next after %v; want %q, %v", tt.left, got, next.Sub(now), tt.want, tt.next)
		}
	}
	if got, _ := clock(BarState{Since: now.Add(-7 * time.Minute)}, now); got != "7 min" {
		t.Errorf("nothing allowed: got %q", got)
	}
}

func TestCountdownIsCalm(t *testing.T) {
	tests := []struct {
		left, changes time.Duration
		want          string
	}{
		{2 * time.Minute, time.Minute, "2 minutes"},
		{61 * time.Second, time.Second, "2 minutes"},
		{time.Minute, 10 * time.Second, "1 minute"},
		{50 * time.Second, 10 * time.Second, "50 seconds"},
		{41 * time.Second, time.Second, "50 seconds"},
		{time.Second, time.Second, "10 seconds"},
	}
	for _, tt := range tests {
		if got, changes := countdown(tt.left); got != tt.want || changes != tt.changes {
			t.Errorf("countdown(%v): got %q for %v, want %q for %v", tt.left, got, changes, tt.want, tt.changes)
		}
	}
}

func TestEveryScopeHasWords(t *testing.T) {
	for _, sc := range []grant.Scope{
		grant.View, grant.Control, grant.ClipboardSend, grant.ClipboardFetch, grant.FilesSend,
		grant.FilesFetch, grant.Facts, grant.Point, grant.Record, grant.Sound, grant.Voice,
	} {
		if title, hint := scopeWords(sc); title == "" || hint == "" {
			t.Errorf("scopeWords(%q): got %q, %q, want words", sc, title, hint)
		}
	}
	if title, hint := scopeWords("nonsense"); title != "" || hint != "" {
		t.Errorf("scopeWords of an unknown scope: got %q, %q, want nothing", title, hint)
	}
}

func TestBarSaysWhoSeesAndWhoControls(t *testing.T) {
	tests := []struct {
		name       string
		state      BarState
		stopped    bool
		who, hands string
	}{
		{"seen", BarState{Technician: "Anna", Sees: true}, false, "Anna sees your screen", "Only you control mouse and keyboard"},
		{"controlled", BarState{Technician: "Anna", Sees: true, Controls: true}, false, "Anna sees your screen", "You both control mouse and keyboard"},
		{"own hands", BarState{Technician: "Anna", Sees: true, Controls: true, Own: true}, false, "Anna sees your screen", "You have the mouse: theirs rests"},
		{"paused", BarState{Technician: "Anna", Sees: true, Controls: true, Paused: true}, false, "Paused. Anna sees nothing", "Resume when you are ready"},
		{"lost", BarState{Technician: "Anna", Sees: true, Lost: true}, false, "Connection lost. Nobody sees your screen", "Beside tries to connect again by itself"},
		{"stopped", BarState{Technician: "Anna", Sees: true, Controls: true}, true, "Stopped. Nobody sees your screen", "The session ends now"},
		{"nothing yet", BarState{Technician: "Anna"}, false, "Anna does not see your screen", "Only you control mouse and keyboard"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if who, hands := barWords(tt.state, tt.stopped); who != tt.who || hands != tt.hands {
				t.Errorf("barWords: got %q, %q, want %q, %q", who, hands, tt.who, tt.hands)
			}
		})
	}
}

func TestSummarySentence(t *testing.T) {
	start := time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		in   Summary
		want string
	}{
		{"seen", Summary{Party: Party{Organisation: "Example"}, Technician: "Anna", Start: start, Stop: start.Add(12 * time.Minute)}, "Anna of Example was with you for 12 minutes."},
		{"short, no organisation", Summary{Party: Party{Host: "help.example.org"}, Technician: "Anna", Start: start, Stop: start.Add(time.Second)}, "Anna through help.example.org was with you for less than a minute."},
		{"not seen", Summary{Party: Party{Organisation: "Example"}, Technician: "Anna"}, "Anna of Example did not see your screen."},
		{"nobody", Summary{}, "Nobody saw your screen."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.sentence(); got != tt.want {
				t.Errorf("sentence: got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestEveryEndAndWaitHasWords: what the person reads when something was lost or stopped.
func TestEveryEndAndWaitHasWords(t *testing.T) {
	for want, end := range map[string]End{
		texts.T("window.summary.you"):        EndedByYou,
		texts.T("window.summary.technician"): EndedByTechnician,
		texts.T("window.summary.decline"):    EndedByDecline,
		texts.T("window.summary.loss"):       EndedByLoss,
		texts.T("window.summary.time"):       EndedByTime,
		texts.T("window.summary.words"):      EndedByWords,
		texts.T("window.summary.safety"):     EndedBySafety,
	} {
		if got := endWords(end); got != want {
			t.Errorf("end %v: got %q, want %q", end, got, want)
		}
	}
	party := Party{Organisation: "Example"}
	heading, hint := waitWords(Waiting{Party: party, Stage: Reconnecting})
	if heading != texts.T("window.wait.reconnecting") || hint != texts.T("window.wait.reconnecting.hint", "party", "Example") {
		t.Errorf("reconnecting: got %q, %q", heading, hint)
	}
}
