package web_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"beside/broker/internal/desk"
	"beside/broker/internal/web"
)

type treeAnswer struct{ Categories []web.Category }

func (a treeAnswer) id(t *testing.T, path string) string {
	t.Helper()
	for _, c := range a.Categories {
		if c.Path == path {
			return c.ID
		}
	}
	t.Fatalf("no category %q in %+v", path, a.Categories)
	return ""
}

// The tree is changed by administrators; tickets follow a category to its new path, and keep a retired one.
func TestCategoryTree(t *testing.T) {
	h := newHarness(t)
	who, boss := h.signIn("ada@example.org", desk.Technician), h.signIn("m@example.org", desk.Administrator)
	var tree treeAnswer
	who.want(http.StatusOK, "GET", "/api/v1/categories", nil, &tree)
	printing := tree.id(t, "Printing")
	boss.want(http.StatusOK, "POST", "/api/v1/categories", map[string]string{"parent": printing, "name": "Toner"}, &tree)
	toner := tree.id(t, "Printing / Toner")

	tk := who.ticket()
	path := "/api/v1/tickets/" + tk.ID
	give := func(category string, want int) {
		t.Helper()
		who.want(want, "PATCH", path, map[string]string{"category": category}, nil)
	}
	has := func(want string) {
		t.Helper()
		who.want(http.StatusOK, "GET", path, nil, &tk)
		if tk.Category != want {
			t.Errorf("category = %q, want %q", tk.Category, want)
		}
	}
	give("Toner", http.StatusUnprocessableEntity) // no path
	give("printing / toner", http.StatusOK)
	has("Printing / Toner")

	change := func(id string, body map[string]any, want int) {
		t.Helper()
		boss.want(want, "PATCH", "/api/v1/categories/"+id, body, &tree)
	}
	change(printing, map[string]any{"name": "Print"}, http.StatusOK)
	has("Print / Toner")
	change(toner, map[string]any{"parent": ""}, http.StatusOK)
	has("Toner")
	change(toner, map[string]any{"parent": tree.id(t, "Hardware"), "name": "Ink"}, http.StatusOK)
	has("Hardware / Ink")
	change(tree.id(t, "Hardware"), map[string]any{"retired": true}, http.StatusOK)
	has("Hardware / Ink")
	who.want(http.StatusOK, "PATCH", path, map[string]string{"category": "Hardware / Ink", "subject": "other"}, nil)
	give("", http.StatusOK)
	give("Hardware / Ink", http.StatusUnprocessableEntity) // one above it is retired
	change(tree.id(t, "Hardware"), map[string]any{"retired": false}, http.StatusOK)
	give("Hardware / Ink", http.StatusOK)

	for name, bad := range map[string]struct {
		id   string
		body map[string]any
	}{
		"below itself":   {tree.id(t, "Hardware"), map[string]any{"parent": toner}},
		"below itself 2": {toner, map[string]any{"parent": toner}},
		"same name":      {tree.id(t, "Mail"), map[string]any{"name": "network"}},
		"slash":          {tree.id(t, "Mail"), map[string]any{"name": "a/b"}},
		"no parent":      {tree.id(t, "Mail"), map[string]any{"parent": "none"}},
		"empty":          {tree.id(t, "Mail"), map[string]any{"name": " "}},
	} {
		t.Run(name, func(t *testing.T) { change(bad.id, bad.body, http.StatusUnprocessableEntity) })
	}
	at := ""
	for level := range desk.MaxDepth + 1 {
		want := http.StatusOK
		if level == desk.MaxDepth {
			want = http.StatusUnprocessableEntity
		}
		boss.want(want, "POST", "/api/v1/categories", map[string]string{"parent": at, "name": "L" + strconv.Itoa(level)}, &tree)
		if want == http.StatusOK {
			at = tree.Categories[slices.IndexFunc(tree.Categories, func(c web.Category) bool { return c.Name == "L"+strconv.Itoa(level) })].ID
		}
	}
	change(tree.id(t, "L0"), map[string]any{"parent": printing}, http.StatusUnprocessableEntity) // too deep below it
	for _, word := range []string{"added", "renamed", "moved", "retired", "restored"} {
		if !strings.Contains(h.dump(), `\"change\":\"`+word) && !strings.Contains(h.dump(), `"change":"`+word) {
			t.Errorf("no event says %s", word)
		}
	}
}

func TestPhrases(t *testing.T) {
	h := newHarness(t)
	who, boss := h.signIn("ada@example.org", desk.Technician), h.signIn("m@example.org", desk.Administrator)
	var all struct{ Phrases []web.Phrase }
	add := func(title, text string, want int) {
		t.Helper()
		boss.want(want, "POST", "/api/v1/phrases", map[string]string{"title": title, "text": text}, &all)
	}
	add("Restart", "Please restart it once.", http.StatusOK)
	add("Hello", "Hello,\nthis is the help desk.", http.StatusOK)
	add("", "x", http.StatusUnprocessableEntity)
	add("x", "", http.StatusUnprocessableEntity)
	add("x", strings.Repeat("x", 1001), http.StatusUnprocessableEntity)
	who.want(http.StatusOK, "GET", "/api/v1/phrases", nil, &all)
	if len(all.Phrases) != 2 || all.Phrases[0].Title != "Hello" {
		t.Fatalf("phrases = %+v, want Hello and Restart", all.Phrases)
	}
	path := "/api/v1/phrases/" + all.Phrases[1].ID
	boss.want(http.StatusOK, "PUT", path, map[string]string{"title": "Again", "text": "Once more."}, &all)
	if len(all.Phrases) != 2 || all.Phrases[0].Title != "Again" {
		t.Errorf("phrases = %+v, want Again first", all.Phrases)
	}
	boss.want(http.StatusOK, "DELETE", path, nil, &all)
	if len(all.Phrases) != 1 {
		t.Errorf("phrases = %+v, want one", all.Phrases)
	}
	boss.want(http.StatusNotFound, "DELETE", path, nil, nil)
	boss.want(http.StatusNotFound, "PUT", path, map[string]string{"title": "a", "text": "b"}, nil)
}

func TestLinkedTickets(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	one, two := who.ticket(), who.ticket()
	path := func(tk web.Ticket) string { return "/api/v1/tickets/" + tk.ID }
	sees := func(tk web.Ticket, want ...desk.Link) {
		t.Helper()
		who.want(http.StatusOK, "GET", path(tk), nil, &tk)
		var got []desk.Link
		for _, l := range tk.Links {
			got = append(got, l.Kind)
		}
		if !slices.Equal(got, want) {
			t.Errorf("ticket %d has links %v, want %v", tk.Number, got, want)
		}
	}
	link := func(from web.Ticket, number int64, kind string, want int) {
		t.Helper()
		who.want(want, "POST", path(from)+"/links", map[string]any{"number": number, "kind": kind}, nil)
	}
	link(one, 1, "related", http.StatusUnprocessableEntity) // itself
	link(one, 99, "related", http.StatusUnprocessableEntity)
	link(one, 2, "cousin", http.StatusUnprocessableEntity)
	link(one, 2, "related", http.StatusOK)
	sees(one, desk.Related)
	sees(two, desk.Related)
	link(two, 1, "duplicate_of", http.StatusOK) // in place of the other
	sees(one, desk.DuplicatedBy)
	sees(two, desk.DuplicateOf)
	link(two, 1, "duplicated_by", http.StatusOK)
	sees(one, desk.DuplicateOf)
	who.want(http.StatusOK, "DELETE", path(two)+"/links/"+one.ID, nil, nil) // from either side
	sees(one)
	sees(two)
	who.want(http.StatusNotFound, "DELETE", path(two)+"/links/"+one.ID, nil, nil)
}

func TestTimeSpent(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	path := "/api/v1/tickets/" + tk.ID
	who.want(http.StatusUnprocessableEntity, "PATCH", path, map[string]int{"minutes": -1}, nil)
	who.want(http.StatusUnprocessableEntity, "PATCH", path, map[string]int{"minutes": desk.MaxMinutes + 1}, nil)
	who.want(http.StatusOK, "PATCH", path, map[string]int{"minutes": 12}, nil)
	var me web.Me
	who.want(http.StatusOK, "GET", "/api/v1/me", nil, &me)
	add := func(id string, live, ended int64) {
		h.sql(`INSERT INTO session (id, ticket, technician, phase, invited_at, live_at, ended_at) VALUES (?, ?, ?, 'ended', 1, ?, ?)`, id, tk.ID, me.ID, live, ended)
	}
	add("was live", 1000, 61_000)
	add("was live again", 100_000, 130_000)
	add("never live", 0, 5000)
	add("is live", 5000, 0)
	who.want(http.StatusOK, "GET", path, nil, &tk)
	if tk.Minutes != 12 || tk.SessionMs != 90_000 {
		t.Errorf("time = %d min and %d ms, want 12 and 90000", tk.Minutes, tk.SessionMs)
	}
	var r web.Report
	day := tk.CreatedAt.Truncate(24 * 60 * 60 * 1e9)
	from, to := day.Format("2006-01-02T15:04:05Z"), day.AddDate(0, 0, 1).Format("2006-01-02T15:04:05Z")
	who.want(http.StatusOK, "GET", "/api/v1/reports?from="+from+"&to="+to, nil, &r)
	if want := int64(12*60_000 + 90_000); r.All.Spent != want || r.ByTechnician[0].Spent != want || r.ByCategory[0].Spent != want {
		t.Errorf("spent = %d, %d, %d, want %d in all, by technician and by category", r.All.Spent, r.ByTechnician[0].Spent, r.ByCategory[0].Spent, want)
	}
}

func TestKnowledge(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	solve := func() web.Ticket {
		tk := who.ticket()
		who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]string{"state": "resolved", "resolution": "new toner"}, &tk)
		return tk
	}
	first, second := solve(), solve()
	open := who.ticket()
	path := func(tk web.Ticket) string { return "/api/v1/tickets/" + tk.ID + "/knowledge" }
	title := map[string]string{"title": "Blank pages: toner"}
	who.want(http.StatusUnprocessableEntity, "PUT", path(open), title, nil)
	who.want(http.StatusUnprocessableEntity, "PUT", path(second), map[string]string{"title": " "}, nil)
	who.want(http.StatusOK, "PUT", path(second), title, &second)
	if second.Knowledge != title["title"] {
		t.Errorf("knowledge = %q", second.Knowledge)
	}
	var found struct{ Solved []web.Solved }
	similar := func() []int64 {
		t.Helper()
		who.want(http.StatusOK, "POST", "/api/v1/tickets/similar", map[string]string{"text": first.Subject + " " + first.Words, "except": open.ID}, &found)
		var numbers []int64
		for _, s := range found.Solved {
			numbers = append(numbers, s.Number)
		}
		return numbers
	}
	if got := similar(); !slices.Equal(got, []int64{second.Number, first.Number}) || found.Solved[0].Title == "" {
		t.Errorf("similar = %v, want what is kept first", got)
	}
	listed := func() int {
		t.Helper()
		who.want(http.StatusOK, "GET", "/api/v1/knowledge", nil, &found)
		return len(found.Solved)
	}
	if n := listed(); n != 1 {
		t.Errorf("%d are listed, want 1", n)
	}
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+second.ID, map[string]string{"state": "helping"}, nil)
	if n := listed(); n != 0 {
		t.Errorf("%d are listed though the ticket is open again", n)
	}
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+second.ID, map[string]string{"state": "resolved"}, nil)
	who.want(http.StatusOK, "DELETE", path(second), nil, nil)
	who.want(http.StatusNotFound, "DELETE", path(second), nil, nil)
	if n := listed(); n != 0 {
		t.Errorf("%d are listed after it was taken away", n)
	}
}
