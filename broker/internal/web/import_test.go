package web_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"beside/broker/internal/csvimport"
	"beside/broker/internal/desk"
	"beside/broker/internal/web"
)

// imports sends a file of tickets.
func (b *browser) imports(take, file string, want int) (a csvimport.Answer) {
	b.h.t.Helper()
	req := b.request(b.h.t.Context(), "POST", "/api/v1/tickets/import?take="+take, nil, map[string]string{"Content-Type": "text/csv"})
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader([]byte(file))), int64(len(file))
	res, err := b.client.Do(req)
	b.h.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	b.h.must(err)
	if res.StatusCode != want {
		b.h.t.Fatalf("import = %d %s, want %d", res.StatusCode, text, want)
	}
	if want == http.StatusOK {
		b.h.decode(text, &a)
	}
	return a
}

func (b *browser) tickets() []web.Ticket {
	b.h.t.Helper()
	var list struct{ Tickets []web.Ticket }
	b.want(http.StatusOK, "GET", "/api/v1/tickets", nil, &list)
	return list.Tickets
}

// Nothing is saved when a line is wrong, unless only the good ones are wanted; and nothing comes twice.
func TestImport(t *testing.T) {
	h := newHarness(t)
	who, auditor := h.signIn("ada@example.org", desk.Technician), h.signIn("a@example.org", desk.Auditor)
	file := "external id,subject,requester,category\nA-1,Blank pages,Sam,printing\nA-2,,Sam,\nA-3,No ink,Mina,Nowhere\nA-4,Jam,Mina,\n"
	h.stranger().imports("preview", file, http.StatusUnauthorized)
	auditor.imports("preview", file, http.StatusForbidden)
	who.imports("", file, http.StatusUnprocessableEntity)
	who.imports("all", "no file", http.StatusUnprocessableEntity)
	who.imports("all", strings.Repeat("x", csvimport.MaxBytes+1), http.StatusRequestEntityTooLarge)

	for _, take := range []string{"preview", "all"} {
		a := who.imports(take, file, http.StatusOK)
		if a.Saved || a.New != 2 || a.Wrong != 2 || a.Rows[1].Field != "subject" || a.Rows[2].Field != "category" || a.Rows[2].Line != 4 {
			t.Errorf("%s: %+v", take, a)
		}
		if n := len(who.tickets()); n != 0 {
			t.Fatalf("%s saved %d tickets", take, n)
		}
	}
	if a := who.imports("good", file, http.StatusOK); !a.Saved || a.Rows[0].Is != "added" || a.Rows[0].Number != 1 || a.Rows[3].Number != 2 {
		t.Errorf("the good ones: %+v", a)
	}
	again := strings.ReplaceAll(file, "A-2,,", "A-2,Mended,")
	if a := who.imports("good", again, http.StatusOK); a.Known != 2 || a.New != 1 || a.Rows[0].Is != "known" || a.Rows[0].Number != 1 {
		t.Errorf("once more: %+v", a)
	}
	all := who.tickets()
	if len(all) != 3 || all[0].Category != "Printing" {
		t.Errorf("tickets: %+v", all)
	}
	if n := strings.Count(h.dump(), "audit_event.kind=ticket.created"); n != 3 {
		t.Errorf("%d events, want 3", n)
	}
}

func TestImportOfTheExampleAndOfMany(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	file, err := os.ReadFile("../../../docs/tickets.csv")
	h.must(err)
	if a := who.imports("all", string(file), http.StatusOK); !a.Saved || a.Wrong != 0 {
		t.Errorf("the example: %+v", a)
	}
	many := &strings.Builder{}
	many.WriteString("external id;subject;requester\n")
	for i := range 1000 {
		fmt.Fprintf(many, "M-%d;Subject %d;Person %d\n", i, i, i)
	}
	if a := who.imports("all", many.String(), http.StatusOK); !a.Saved || a.New != 1000 {
		t.Errorf("many: %d new, %d wrong", a.New, a.Wrong)
	}
}
