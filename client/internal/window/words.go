package window

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"beside/signaling/grant"
	"beside/signaling/texts"
)

// longestName bounds names that come from elsewhere, in runes.
const longestName = 80

// name makes a name from elsewhere fit to be shown: one line, no control or
// direction-changing characters, of bounded length.
func name(s string) string {
	s = strings.Join(strings.Fields(strings.Map(plainRune, s)), " ")
	if runes := []rune(s); len(runes) > longestName {
		s = string(runes[:longestName-1]) + "…"
	}
	return s
}

// plainRune is r as it may be shown: no control or direction-changing character.
func plainRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r): // also format characters such as U+202E
		return -1
	}
	return r
}

// written makes what somebody wrote fit to be shown: as name does, but with its
// lines, and as long as it is.
func written(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, line := range lines {
		lines[i] = strings.Map(plainRune, line)
	}
	return strings.Join(lines, "\n")
}

// chatButton is the button of the bar that opens the chat.
func chatButton(unread int) string {
	switch {
	case unread == 0:
		return texts.T("window.chat")
	case unread > maxUnread:
		return texts.T("window.chat.unread", "n", strconv.Itoa(maxUnread)+"+")
	}
	return texts.T("window.chat.unread", "n", strconv.Itoa(unread))
}

// maxUnread is the most that is counted in words.
const maxUnread = 9

// shortName is name for the bar, where what follows it must stay in sight.
func shortName(s string) string {
	const longest = 28
	runes := []rune(name(s))
	if len(runes) <= longest {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:longest-1])) + "…"
}

// initials returns up to two letters that stand for a name.
func initials(s string) string {
	var out []rune
	for _, word := range strings.Fields(name(s)) {
		if r := []rune(word)[0]; unicode.IsLetter(r) {
			out = append(out, unicode.ToUpper(r))
		}
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	return string(out)
}

// party names the other end in the middle of a sentence.
func (p Party) party() string {
	if p.Organisation != "" {
		return name(p.Organisation)
	}
	return name(p.Host)
}

// of says where the technician belongs, or how they are reached when the client
// knows no organisation.
func (p Party) of() string {
	if p.Organisation != "" {
		return texts.T("window.party.of", "organisation", name(p.Organisation))
	}
	return texts.T("window.party.through", "host", name(p.Host))
}

// asks is the line below the technician's name in the consent window.
func (p Party) asks() string {
	if p.Organisation != "" {
		return texts.T("window.consent.asks", "organisation", name(p.Organisation))
	}
	return texts.T("window.consent.asks-host", "host", name(p.Host))
}

// asks is the line below the technician's name in the consent window.
func (q Question) asks() string {
	if q.CalledBy == "" {
		return q.Party.asks()
	}
	return texts.T("colleague.consent.asks", "party", q.party(), "caller", name(q.CalledBy))
}

// scopeWords returns the name of a right and what it means, in plain words. A
// scope without words is not asked for: it gives two empty strings.
func scopeWords(sc grant.Scope) (title, hint string) {
	switch sc {
	case grant.View:
		return texts.T("window.scope.view"), texts.T("window.scope.view.hint")
	case grant.Control:
		return texts.T("window.scope.control"), texts.T("window.scope.control.hint")
	case grant.ClipboardSend:
		return texts.T("window.scope.clipboard-send"), texts.T("window.scope.clipboard-send.hint")
	case grant.ClipboardFetch:
		return texts.T("window.scope.clipboard-fetch"), texts.T("window.scope.clipboard-fetch.hint")
	case grant.FilesSend:
		return texts.T("window.scope.files-send"), texts.T("window.scope.files-send.hint")
	case grant.FilesFetch:
		return texts.T("window.scope.files-fetch"), texts.T("window.scope.files-fetch.hint")
	case grant.Facts:
		return texts.T("window.scope.facts"), texts.T("window.scope.facts.hint")
	case grant.Point:
		return texts.T("window.scope.point"), texts.T("window.scope.point.hint")
	case grant.Record:
		return texts.T("window.scope.record"), texts.T("window.scope.record.hint")
	case grant.Sound:
		return texts.T("window.scope.sound"), texts.T("window.scope.sound.hint")
	case grant.Voice:
		return texts.T("window.scope.voice"), texts.T("window.scope.voice.hint")
	}
	return "", ""
}

// words say who can open a recording.
func (r Recording) words() string {
	if len(r.Names) == 0 {
		return ""
	}
	names := make([]string, len(r.Names))
	for i, n := range r.Names {
		names[i] = name(n)
	}
	text := texts.T("window.recording.names", "names", strings.Join(names, ", "))
	if r.Root != "" {
		text += " " + texts.T("window.recording.root", "root", r.Root)
	}
	return text
}

// scopeList joins the names of rights into one line.
func scopeList(s grant.Set) string {
	var out []string
	for _, sc := range s.Scopes() {
		title, _ := scopeWords(sc)
		out = append(out, title)
	}
	return strings.Join(out, ", ")
}

// minutes is a duration as the bar shows it, rounded down, and the moment at
// which it changes next.
func minutes(since, now time.Time) (text string, next time.Time) {
	n := int(max(now.Sub(since), 0) / time.Minute)
	next = since.Add(time.Duration(n+1) * time.Minute)
	if n < 60 {
		return texts.T("window.minutes", "n", strconv.Itoa(n)), next
	}
	return texts.T("window.duration.hours", "h", strconv.Itoa(n/60), "m", strconv.Itoa(n%60)), next
}

// clock is what the bar says of time, and the moment at which it changes next:
// how long what is allowed lasts, rounded up, else how long the session has.
func clock(s BarState, now time.Time) (text string, next time.Time) {
	if s.Until.IsZero() {
		return minutes(s.Since, now)
	}
	n := max(int((s.Until.Sub(now)+time.Minute-1)/time.Minute), 1)
	next = s.Until.Add(-time.Duration(n-1) * time.Minute)
	if n < 60 {
		return texts.T("window.left", "n", strconv.Itoa(n)), next
	}
	return texts.T("window.left.hours", "h", strconv.Itoa(n/60), "m", strconv.Itoa(n%60)), next
}

// lasted is a duration in a sentence.
func lasted(d time.Duration) string {
	switch n := int(d / time.Minute); {
	case n < 1:
		return texts.T("window.duration.less")
	case n == 1:
		return texts.T("window.duration.minute")
	case n < 60:
		return texts.T("window.duration.minutes", "n", strconv.Itoa(n))
	default:
		return texts.T("window.duration.hours", "h", strconv.Itoa(n/60), "m", strconv.Itoa(n%60))
	}
}

// countdown words what is left, rounded up to a minute, and to ten seconds in
// the last one: a calm clock. It also says after how long the words change.
func countdown(left time.Duration) (text string, changes time.Duration) {
	left = max(left, 0)
	unit := time.Minute
	if left <= time.Minute {
		unit = 10 * time.Second
	}
	n := (left + unit - 1) / unit
	changes = left - (n-1)*unit
	switch shown := n * unit; {
	case shown == time.Minute:
		return texts.T("window.duration.minute"), changes
	case shown > time.Minute:
		return texts.T("window.duration.minutes", "n", strconv.Itoa(int(n))), changes
	default:
		return texts.T("window.duration.seconds", "n", strconv.Itoa(int(shown/time.Second))), changes
	}
}

// barWords are the two lines of the bar without the clock.
func barWords(s BarState, stopped bool) (who, hands string) {
	technician := shortName(s.Technician)
	who = texts.T("window.bar.idle", "technician", technician)
	switch {
	case stopped:
		return texts.T("window.bar.stopped"), texts.T("window.bar.stopped.hint")
	case s.Lost:
		return texts.T("window.bar.lost"), texts.T("window.bar.lost.hint")
	case s.Paused:
		return texts.T("window.bar.paused", "technician", technician), texts.T("window.bar.paused.hint")
	case s.Sees:
		who = texts.T("window.bar.sees", "technician", technician)
	}
	if s.Controls && s.Own {
		return who, texts.T("window.bar.controls.own")
	}
	if s.Controls {
		return who, texts.T("window.bar.controls.both")
	}
	return who, texts.T("window.bar.controls.you")
}

// waitWords are the heading and the line below it of a waiting page.
func waitWords(w Waiting) (heading, hint string) {
	switch w.Stage {
	case AwaitingTechnician:
		return texts.T("window.wait.technician"), texts.T("window.wait.technician.hint", "party", w.party())
	case Reconnecting:
		return texts.T("window.wait.reconnecting"), texts.T("window.wait.reconnecting.hint", "party", w.party())
	default:
		return texts.T("window.wait.connecting", "party", w.party()), texts.T("window.wait.connecting.hint")
	}
}

// endWords is the heading of a summary.
func endWords(e End) string {
	switch e {
	case EndedByTechnician:
		return texts.T("window.summary.technician")
	case EndedByDecline:
		return texts.T("window.summary.decline")
	case EndedByLoss:
		return texts.T("window.summary.loss")
	case EndedByTime:
		return texts.T("window.summary.time")
	case EndedByWords:
		return texts.T("window.summary.words")
	case EndedBySafety:
		return texts.T("window.summary.safety")
	default:
		return texts.T("window.summary.you")
	}
}

// sentence says who was there and for how long.
func (s Summary) sentence() string {
	switch {
	case s.Technician == "":
		return texts.T("window.summary.saw-nobody")
	case !s.Stop.After(s.Start):
		return texts.T("window.summary.saw-nothing", "technician", name(s.Technician), "party", s.of())
	}
	return texts.T("window.summary.saw", "technician", name(s.Technician), "party", s.of(), "time", lasted(s.Stop.Sub(s.Start)))
}

// stepWords words one step. An unknown kind gives the empty string.
func stepWords(st Step, technician string) string {
	switch st.Kind {
	case Joined:
		return texts.T("window.step.joined", "technician", name(technician))
	case Gave:
		return texts.T("window.step.gave", "scopes", scopeList(st.Scopes))
	case Refused:
		return texts.T("window.step.refused", "scopes", scopeList(st.Scopes))
	case TookBack:
		return texts.T("window.step.took-back", "scopes", scopeList(st.Scopes))
	case GaveBack:
		return texts.T("window.step.gave-back", "technician", name(technician), "scopes", scopeList(st.Scopes))
	case Lapsed:
		return texts.T("window.step.lapsed", "scopes", scopeList(st.Scopes))
	case Idled:
		return texts.T("window.step.idled", "technician", name(technician), "scopes", scopeList(st.Scopes))
	case Locked:
		return texts.T("window.step.locked", "scopes", scopeList(st.Scopes))
	case ToldFacts:
		return texts.T("window.step.told-facts", "technician", name(technician))
	case GotFile:
		return texts.T("window.step.got-file", "technician", name(technician), "name", name(st.Name))
	case GaveFile:
		return texts.T("window.step.gave-file", "technician", name(technician), "name", name(st.Name))
	case Pointed:
		return texts.T("window.step.pointed", "technician", name(technician))
	case Pictured:
		return texts.T("window.step.pictured", "technician", name(technician))
	case FilledClip:
		return texts.T("window.step.filled-clipboard", "technician", name(technician))
	case ReadClip:
		return texts.T("window.step.read-clipboard", "technician", name(technician))
	case ColleagueCameStep:
		return texts.T("colleague.step.came", "technician", name(st.Who))
	case ColleagueLeftStep:
		return texts.T("colleague.step.left", "technician", name(st.Who))
	case ColleagueRefusedStep:
		return texts.T("colleague.step.refused", "technician", name(st.Who))
	case PausedStep:
		return texts.T("window.step.paused")
	case ResumedStep:
		return texts.T("window.step.resumed")
	case LostStep:
		return texts.T("window.step.lost")
	case ReturnedStep:
		return texts.T("window.step.returned")
	}
	return ""
}
