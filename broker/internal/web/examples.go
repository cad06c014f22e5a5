package web

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const (
	anID   = "Zq3xW8vTf0mL5kYh2rNc1A"
	other  = "Yb7dP2sKj9tUe4wQx6aVmg"
	key32  = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"
	sign64 = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgif4hC58WvHl1bwN1BX1rR9fCDNm8R3Xr6IQqQ2sZ8BAg"
)

// words are the examples of the description, by "Schema.property" or the property alone. What is not here is made
// from the schema: times, numbers, one of a closed set.
//
// #nosec G101 -- examples: none of these opens anything
var words = map[string]any{
	"id": anID, "ticket": anID, "session": anID, "machine": anID, "invitation": anID, "assignee": other, "authorId": other,
	"parent": anID, "event": other, "request": other, "ceremony": other, "except": anID, "MachineFacts.machine": anID,
	"LandingPage.ticket": 7, "number": 7, "ticketNumber": 7, "seq": 4711, "priority": 2, "cores": 8, "status": 0, "tries": 0,
	"contacts": 2, "minutes": 15, "sessionMs": 754_000, "size": 48_213, "memory": 16 << 30, "free": 210 << 30,
	"Disk.size": 512 << 30, "Disk.free": 210 << 30, "uptime": 86_400_000, "updates": 3, "width": 1920, "height": 1080,
	"calls": 84, "resolved": 80, "kept": 71, "broken": 9, "again": 6, "rated": 40, "ratedHelped": 37, "before": 70,
	"waitP50": 240_000, "waitP95": 3_540_000, "resolveP50": 1_500_000, "resolveP95": 9_600_000, "spent": 90_000_000,
	"waiting": 4, "fullest": 93, "full": 90, "personalDays": 365, "recordingDays": 90, "limit": 50, "sessions": 2,
	"passkeys": 2, "recoveryCodes": 8, "events": 214, "chunks": 12, "bytes": 7_340_032, "length": 611_000, "from": 0, "to": 60_000,

	"reach": "555 0100", "why": "It works again.",
	"TicketHandover.from": "Mina Roth", "HandOverInputBody.to": other, "note": "Sam has no second printer. The toner is ordered.",
	"subject": "Printer prints blank pages", "words": "It worked yesterday. Now every page is white.", "requester": "Sam Okafor",
	"category": "Printing / Toner", "resolution": "The toner was empty. A new one is in.", "systemChanges": "None",
	"knowledge": "Blank pages: the toner", "found": "… every page is white …", "text": "Please restart it once, then call again.",
	"title": "Restart", "Solved.title": "Blank pages: the toner", "PromoteInputBody.title": "Blank pages: the toner",
	"name": "Robin Hale", "Attachment.name": "error.png", "Passkey.name": "Work laptop", "Category.name": "Toner",
	"AddInputBody.name": "Work laptop", "RenameInputBody.name": "Work laptop", "NewCategoryInputBody.name": "Toner",
	"CategoryPatchInputBody.name": "Toner", "ReportIssue.name": "Printing", "Device.name": "Firefox on Linux",
	"zone": "Europe/Berlin", "addresses": "boss@desk.example", "Network.addresses": "192.0.2.17", "address": "sam@example.org", "TicketMail.name": "Sam Okafor", "author": "Robin Hale", "technician": "Robin Hale", "technicianName": "Robin Hale", "Alarm.technician": other,
	"Session.technician": other, "FoundSession.technician": other, "SessionSearch.technician": "Robin Hale",
	"SessionSearch.machine": "LAPTOP-7", "SessionSearch.requester": "Okafor", "MachineSearch.words": "laptop",
	"email": "robin@desk.example", "organisation": "Example Help Desk", "complaints": "Write to complaints@desk.example",
	"path": "Printing / Toner", "key": "Printing / Toner", "type": "image/png", "Device.from": "192.0.2.0/24",
	"joinedFrom": "192.0.2.0/24", "provider": "Example Accounts", "reason": "ended",
	"Hold.reason": "alarm", "kind": "ext4", "Event.kind": "ticket.created", "mount": "/", "Facts.name": "laptop-7",
	"Network.name": "eth0", "Display.name": "eDP-1", "processor": "Example 8-core 3.2 GHz", "system": "Debian GNU/Linux 12", "build": "6.1.0-18-amd64",
	"arch": "amd64", "os": "linux", "version": "1.4.0", "client": "1.4.0", "unread": "updates", "changed": "memory",
	"offered": "view", "scopes": "view", "grants": "view", "effects": "viewed", "downloads": "linux",
	"url": "https://chat.desk.example/hook", "Departure.url": "https://accounts.example/authorize?client_id=beside",
	"link": "https://help.desk.example/signin#" + key32, "topic": "ticket.created", "topics": "ticket.created",
	"next": "eyJhdCI6MTcyfQ", "after": "eyJhdCI6MTcyfQ", "signaling": "wss://help.desk.example/ws",

	"code": "invalid", "ReturnInputBody.code": other, "RecoveryInputBody.code": "k3v9-m2xq-7trd", "codes": "k3v9-m2xq-7trd",
	"AddedPasskey.recoveryCodes": "k3v9-m2xq-7trd", "detail": "subject must have 1 to 200 characters", "field": "subject",
	"Problem.title": "Unprocessable Entity", "Problem.status": 422, "ErrorModel.title": "Unprocessable Entity", "ErrorModel.status": 422,
	"message": "expected length >= 1", "location": "body.subject",
	"secret": key32, "WebhooksOutputBody.secret": "whsec_bm90IGEgc2VjcmV0LCBidXQgMzIgYnl0ZXMgbG9uZyE=", "state": other,
	"iss": "https://accounts.example", "join": key32, "page": key32, "proof": sign64, "RedeemInputBody.key": key32,
	"TokenInputBody.key": key32, "joinHash": key32, "pageHash": key32, "root": key32, "signature": sign64, "body": "e30=",
	"hash": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", "clientKey": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
	"head": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", "RecordingStatement.signature": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
	"token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJzIn0.c2ln", "kid": "2026-03", "kty": "OKP", "crv": "Ed25519", "use": "sig", "x": key32,
	"fingerprint": "7f83 b165 7ff1 fc53", "list": "eyJudW1iZXIiOjF9", "recipient": "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq",
	"sealed":  "-----BEGIN AGE ENCRYPTED FILE-----\n…\n-----END AGE ENCRYPTED FILE-----\n",
	"passkey": "AGE-PLUGIN-FIDO2PRF-1QYQSZQGPQYQSZQGP",
}

// bodies are the examples of answers that are no JSON.
var bodies = map[string]string{
	"application/jsonl": `{"seq":1,"id":"` + anID + `","kind":"broker.started"}` + "\n",
	"text/csv":          "seq,time,kind\r\n1,2026-03-04T09:30:00Z,broker.started\r\n",
	"text/plain":        "<110>1 2026-03-04T09:30:00.000Z help.desk.example beside - broker.started -\n",
}

// moments are when what ends ends; everything else happens at half past nine.
var moments = map[string]time.Time{
	"from":       time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	"to":         time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
	"endedAt":    time.Date(2026, 3, 4, 9, 52, 0, 0, time.UTC),
	"resolvedAt": time.Date(2026, 3, 4, 9, 55, 0, 0, time.UTC),
	"expiresAt":  time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC),
	"dueAt":      time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC),
}

var moment = time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)

// describeExamples gives each body of the description an example. A text without a word keeps the broker from
// starting: it would be one that helps nobody.
func describeExamples(api *huma.OpenAPI) error {
	e := exampler{schemas: api.Components.Schemas}
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		item := api.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			if op.RequestBody != nil {
				e.describe(op.RequestBody.Content, true)
			}
			for _, answer := range op.Responses {
				e.describe(answer.Content, false)
			}
			if e.err != nil {
				return fmt.Errorf("%s %s: %w", op.Method, path, e.err)
			}
		}
	}
	return nil
}

// exampler makes examples from schemas.
type exampler struct {
	schemas huma.Registry
	request bool
	err     error
}

func (e *exampler) describe(content map[string]*huma.MediaType, request bool) {
	e.request = request
	for kind, body := range content {
		if text, ok := bodies[kind]; ok {
			body.Example = text
		} else if body.Schema != nil && body.Schema.Format != "binary" {
			body.Example = e.of(body.Schema, "", "")
		}
	}
}

// of is the example of a schema that is the property of an owner.
func (e *exampler) of(s *huma.Schema, owner, property string) any {
	if s.Ref != "" {
		name := s.Ref[len("#/components/schemas/"):]
		return e.of(e.schemas.SchemaFromRef(s.Ref), name, property)
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Format == "date-time":
		if at, ok := moments[property]; ok {
			return at.Format(time.RFC3339)
		}
		return moment.Format(time.RFC3339)
	case s.Type == huma.TypeArray:
		return []any{e.of(s.Items, owner, property)}
	case s.Type == huma.TypeObject:
		return e.object(s, owner)
	case s.Type == huma.TypeBoolean:
		return true
	case s.Type == huma.TypeString, s.Type == huma.TypeInteger:
		return e.word(s, owner, property)
	}
	return map[string]any{} // of any kind
}

func (e *exampler) object(s *huma.Schema, owner string) map[string]any {
	out := make(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if e.request && p.ReadOnly {
			continue
		}
		out[name] = e.of(p, owner, name)
	}
	return out
}

func (e *exampler) word(s *huma.Schema, owner, property string) any {
	word, ok := words[owner+"."+property]
	if !ok {
		word, ok = words[property]
	}
	switch _, text := word.(string); {
	case ok && text == (s.Type == huma.TypeString):
		return word
	case s.Type == huma.TypeString && e.err == nil:
		e.err = fmt.Errorf("%s.%s has no example: add it to words", owner, property)
	}
	if s.Minimum != nil {
		return int(*s.Minimum)
	}
	return 1
}
