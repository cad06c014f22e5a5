package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/desk"
	"beside/broker/internal/report"
	"beside/broker/internal/store"
	"beside/signaling"
)

// maxList bounds every list that is answered at once.
const maxList = 500

// Ticket is a call for help.
type Ticket struct {
	ID            string          `json:"id"`
	Number        int64           `json:"number" doc:"1, 2, 3 …, for people"`
	Subject       string          `json:"subject"`
	Words         string          `json:"words" doc:"What the requester said, in their own words"`
	Requester     string          `json:"requester"`
	Category      string          `json:"category"`
	Impact        desk.Level      `json:"impact" enum:"high,medium,low"`
	Urgency       desk.Level      `json:"urgency" enum:"high,medium,low"`
	Priority      desk.Priority   `json:"priority" minimum:"1" maximum:"5" doc:"1 is due first"`
	DueAt         time.Time       `json:"dueAt" doc:"When help is due: the order of the queue"`
	Contacts      int             `json:"contacts" doc:"Tickets of this requester in the last 14 days, this one among them; 0: not counted, or the only one"`
	State         desk.State      `json:"state" enum:"open,helping,waiting,resolved,closed"`
	Assignee      string          `json:"assignee,omitempty" doc:"A technician's id"`
	Resolution    string          `json:"resolution"`
	SystemChanges string          `json:"systemChanges"`
	Minutes       int             `json:"minutes" doc:"That it took besides its sessions, as technicians say"`
	SessionMs     int64           `json:"sessionMs" doc:"How long its sessions that ended were live, in milliseconds. In lists: 0"`
	Knowledge     string          `json:"knowledge,omitempty" doc:"The title under which its resolution is kept. In lists: never"`
	Asked         *TicketAsked    `json:"asked,omitempty" doc:"Who made it at the help page; absent: it came another way. In lists: never"`
	Handover      *TicketHandover `json:"handover,omitempty" doc:"What whoever gave it on last wrote. In lists, and once it is solved: never"`
	Links         []TicketLink    `json:"links" nullable:"false" doc:"Empty in lists"`
	Attachments   []Attachment    `json:"attachments" nullable:"false" doc:"Empty in lists"`
	CreatedAt     time.Time       `json:"createdAt"`
	UpdatedAt     time.Time       `json:"updatedAt"`
	ResolvedAt    *time.Time      `json:"resolvedAt,omitempty"`
	Found         string          `json:"found,omitempty" doc:"In a search: a few words around the first hit"`
	Notes         []Note          `json:"notes" nullable:"false" doc:"Empty in lists"`
	Sessions      []TicketSession `json:"sessions" nullable:"false" doc:"In lists: only those that did not end"`
}

// TicketAsked is what belongs to a ticket of the help page.
type TicketAsked struct {
	Reach     string `json:"reach" doc:"A telephone number or a mail address"`
	Withdrawn bool   `json:"withdrawn" doc:"The person does not need help any more"`
	Waits     bool   `json:"waits" doc:"A code can be handed to the person's page"`
}

// TicketHandover is what the next technician has to know.
type TicketHandover struct {
	From string    `json:"from" doc:"Display name"`
	Note string    `json:"note"`
	At   time.Time `json:"at"`
}

// Attachment is a file of a ticket. It is had from /tickets/{id}/attachments/{attachment}, always as a download.
type Attachment struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Type   string    `json:"type" doc:"As its bytes say"`
	Size   int64     `json:"size" doc:"Bytes"`
	Author string    `json:"author" doc:"Display name"`
	At     time.Time `json:"at"`
}

// TicketLink is another ticket that belongs to one.
type TicketLink struct {
	ID      string     `json:"id"`
	Number  int64      `json:"number"`
	Subject string     `json:"subject"`
	State   desk.State `json:"state" enum:"open,helping,waiting,resolved,closed"`
	Kind    desk.Link  `json:"kind" enum:"related,duplicate_of,duplicated_by" doc:"What this ticket is to the other"`
}

// Note is what a technician wrote down about a ticket.
type Note struct {
	ID        string    `json:"id"`
	Author    string    `json:"author" doc:"Display name"`
	AuthorID  string    `json:"authorId"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"createdAt"`
}

// TicketSession is a session in its ticket.
type TicketSession struct {
	ID        string          `json:"id"`
	Phase     signaling.Phase `json:"phase" enum:"invited,joined,asking,live,paused,ended"`
	StartedAt *time.Time      `json:"startedAt,omitempty" doc:"When the requester first allowed"`
	EndedAt   *time.Time      `json:"endedAt,omitempty"`
	Facts     bool            `json:"facts" doc:"Facts of the machine are kept. In lists: never"`
	Rating    store.Rating    `json:"rating,omitempty" enum:"helped,not_helped" doc:"What the requester said of it; absent: nothing. In lists: never"`
}

type (
	ticketOutput     struct{ Body Ticket }
	ticketListOutput struct {
		Body struct {
			Tickets []Ticket `json:"tickets" nullable:"false"`
		}
	}
	ticketInput struct {
		ID string `path:"id" maxLength:"64"`
	}
	ticketListInput struct {
		States []desk.State `query:"state" enum:"open,helping,waiting,resolved,closed" maxItems:"5" doc:"Of these states, as open,helping; of all when left out"`
		Query  string       `query:"q" maxLength:"200" doc:"Words, or their beginnings, of the ticket or its notes; or its number (#7)"`
	}
	newTicketInput struct {
		Body struct {
			Subject   string     `json:"subject"`
			Words     string     `json:"words,omitempty"`
			Requester string     `json:"requester"`
			Category  string     `json:"category,omitempty"`
			Impact    desk.Level `json:"impact" enum:"high,medium,low"`
			Urgency   desk.Level `json:"urgency" enum:"high,medium,low"`
		}
	}
	noteInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Text string `json:"text"`
		}
	}
)

func (s *Server) registerTickets(api huma.API) {
	register(api, operation(http.MethodGet, "/tickets", "listTickets", "Tickets in the order in which help is due"), s.listTickets)
	register(api, operation(http.MethodPost, "/tickets/next", "takeNext", "Take the first open ticket that nobody has"), s.takeNext)
	register(api, created(operation(http.MethodPost, "/tickets", "addTicket", "Open a ticket")), s.addTicket)
	register(api, operation(http.MethodGet, "/tickets/{id}", "getTicket", "One ticket with notes and sessions"), s.getTicket)
	register(api, operation(http.MethodPatch, "/tickets/{id}", "changeTicket", "Change a ticket: send only what changes"), s.changeTicket)
	register(api, created(operation(http.MethodPost, "/tickets/{id}/notes", "addNote", "Add a note")), s.addNote)
}

// created marks an operation that makes something.
func created(op huma.Operation) huma.Operation {
	op.DefaultStatus = http.StatusCreated
	return op
}

func (s *Server) listTickets(ctx context.Context, in *ticketListInput) (*ticketListOutput, error) {
	var tickets []store.Found
	var sessions []store.Session
	var contacts map[string]int
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		if tickets, err = ticketsOf(v, in); err != nil {
			return err
		}
		if sessions, err = v.Sessions(store.SessionFilter{Unended: true}, maxList); err != nil {
			return err
		}
		contacts, err = v.Contacts(time.Now().Add(-report.Again))
		return err
	})
	if err != nil {
		return nil, err
	}
	byTicket := make(map[string][]store.Session)
	for _, se := range sessions {
		byTicket[se.Ticket] = append(byTicket[se.Ticket], se)
	}
	out := &ticketListOutput{}
	out.Body.Tickets = make([]Ticket, len(tickets))
	for i, tk := range tickets {
		out.Body.Tickets[i] = ticketOf(tk.Ticket, nil, byTicket[tk.ID])
		out.Body.Tickets[i].Found = tk.Where
		out.Body.Tickets[i].Contacts = contacts[strings.ToLower(tk.Requester)]
	}
	return out, nil
}

// ticketsOf reads those of a list: of each state as many as a list holds, since the many
// who wait must not hide the few who are helped.
func ticketsOf(v *store.View, in *ticketListInput) ([]store.Found, error) {
	states := in.States
	if len(states) == 0 {
		states = []desk.State{""} // of any
	}
	var all []store.Found
	for _, state := range slices.Compact(slices.Sorted(slices.Values(states))) {
		found, err := ticketsIn(v, state, in.Query)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b store.Found) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Number, b.Number))
	})
	return all, nil
}

func ticketsIn(v *store.View, state desk.State, q string) ([]store.Found, error) {
	if q != "" {
		return v.FindTickets(state, q, maxList)
	}
	tickets, err := v.Tickets(state, maxList)
	found := make([]store.Found, len(tickets))
	for i, tk := range tickets {
		found[i].Ticket = tk
	}
	return found, err
}

func (s *Server) getTicket(ctx context.Context, in *ticketInput) (*ticketOutput, error) {
	out := &ticketOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		out.Body, err = readTicket(v, in.ID)
		return err
	})
	return out, err
}

// readTicket reads a ticket with everything that belongs to it.
func readTicket(v *store.View, id string) (Ticket, error) {
	tk, err := v.Ticket(id)
	if err != nil {
		return Ticket{}, err
	}
	notes, err := v.Notes(id)
	if err != nil {
		return Ticket{}, err
	}
	sessions, err := v.Sessions(store.SessionFilter{Ticket: id}, maxList)
	if err != nil {
		return Ticket{}, err
	}
	out := ticketOf(tk, notes, sessions)
	if err := out.around(v); err != nil {
		return Ticket{}, err
	}
	with, err := v.SessionsWithFacts(id)
	if err != nil {
		return Ticket{}, err
	}
	for i, se := range out.Sessions {
		out.Sessions[i].Facts = slices.Contains(with, se.ID)
		if out.Sessions[i].Rating, err = v.Rating(se.ID); err != nil {
			return Ticket{}, err
		}
	}
	return out, nil
}

// around reads what stands around a ticket: its time, its links, and whether it is knowledge.
func (out *Ticket) around(v *store.View) error {
	links, err := v.Links(out.ID)
	if err != nil {
		return err
	}
	for _, l := range links {
		out.Links = append(out.Links, TicketLink(l))
	}
	files, err := v.Attachments(out.ID)
	if err != nil {
		return err
	}
	for _, a := range files {
		if a.Author == "" {
			a.AuthorName = out.Requester // it came by mail
		}
		out.Attachments = append(out.Attachments, Attachment{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size, Author: a.AuthorName, At: a.At})
	}
	took, err := v.TicketTime(out.ID)
	if err != nil {
		return err
	}
	out.SessionMs = took.Milliseconds()
	given, was, err := v.Handover(out.ID)
	if err != nil {
		return err
	}
	if was && out.State != desk.Resolved && out.State != desk.Closed {
		out.Handover = &TicketHandover{From: given.GiverName, Note: given.Note, At: given.At}
	}
	a, asked, err := v.Asking(out.ID)
	if err != nil {
		return err
	}
	if asked {
		withdrawn := !a.WithdrawnAt.IsZero()
		out.Asked = &TicketAsked{Reach: a.Reach, Withdrawn: withdrawn, Waits: !withdrawn && time.Now().Before(a.ExpiresAt)}
	}
	out.Knowledge, err = v.Title(out.ID)
	return err
}

func ticketOf(tk store.Ticket, notes []store.Note, sessions []store.Session) Ticket {
	out := Ticket{
		ID: tk.ID, Number: tk.Number, Subject: tk.Subject, Words: tk.Words, Requester: tk.Requester, Category: tk.Category,
		Impact: tk.Impact, Urgency: tk.Urgency, Priority: tk.Priority, State: tk.State, Assignee: tk.Assignee,
		Resolution: tk.Resolution, SystemChanges: tk.SystemChanges, Minutes: tk.Minutes, Links: []TicketLink{}, Attachments: []Attachment{},
		DueAt: tk.DueAt, CreatedAt: tk.CreatedAt, UpdatedAt: tk.UpdatedAt, ResolvedAt: when(tk.ResolvedAt),
		Notes: make([]Note, len(notes)), Sessions: make([]TicketSession, len(sessions)),
	}
	for i, n := range notes {
		out.Notes[i] = noteOf(n)
	}
	for i, se := range sessions {
		out.Sessions[i] = TicketSession{ID: se.ID, Phase: se.Phase, StartedAt: when(se.LiveAt), EndedAt: when(se.EndedAt)}
	}
	return out
}

func noteOf(n store.Note) Note {
	return Note{ID: n.ID, Author: n.AuthorName, AuthorID: n.Author, Text: n.Text, CreatedAt: n.CreatedAt}
}
