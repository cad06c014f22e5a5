package webhook

import (
	"slices"
	"strings"

	"beside/signaling/grant"
	"beside/signaling/record"
)

// Topic is what a webhook can be told of. Unlike kinds of events, topics are few, and stay as they are.
type Topic string

// The closed set of topics.
const (
	TicketCreated    Topic = "ticket.created"
	TicketChanged    Topic = "ticket.changed"
	TicketSolved     Topic = "ticket.solved"
	SessionStarted   Topic = "session.started"
	SessionEnded     Topic = "session.ended"
	AlarmRaised      Topic = "alarm.raised"
	RecordingRefused Topic = "recording.refused"
	RatingGiven      Topic = "rating.given"
	ReportReady      Topic = "report.ready"
	Test             Topic = "webhook.test" // what the test button posts; it cannot be chosen
)

// Topics lists what can be chosen.
func Topics() []Topic {
	return []Topic{TicketCreated, TicketChanged, TicketSolved, SessionStarted, SessionEnded, AlarmRaised, RecordingRefused, RatingGiven, ReportReady}
}

// TopicOf is the topic of an event; empty: of none.
func TopicOf(e record.Event) Topic {
	if e.Outcome != record.OK {
		return ""
	}
	switch d := e.Data.(type) {
	case record.TicketCreated:
		return TicketCreated
	case record.TicketChanged:
		if d.State == "resolved" && slices.Contains(d.Fields, "state") {
			return TicketSolved
		}
		return TicketChanged
	case record.NoteAdded, record.TicketLinked, record.TicketUnlinked, record.AttachmentAdded, record.AttachmentRemoved:
		return TicketChanged
	case record.SessionJoined:
		return SessionStarted
	case record.SessionEnded:
		return SessionEnded
	case record.AlarmRaised:
		return AlarmRaised
	case record.ReportMade:
		return ReportReady
	case record.SessionRated:
		return RatingGiven
	case record.ConsentGranted:
		if names(d.Asked, grant.Record) && !names(d.Scopes, grant.Record) {
			return RecordingRefused
		}
	case record.ConsentDeclined:
		if names(d.Asked, grant.Record) {
			return RecordingRefused
		}
	}
	return ""
}

func names(scopes string, s grant.Scope) bool {
	return slices.Contains(strings.Fields(scopes), string(s))
}
