package mail_test

import (
	"strings"
	"testing"
	"unicode"

	"beside/broker/internal/desk"
	"beside/broker/internal/mail"
)

// raw is a mail with CRLF.
func raw(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

const plainHead = "From: Sam Okafor <Sam@Example.org>\r\nMessage-ID: <1@example.org>\r\nSubject: Printer\r\n"

func TestReadsWhatPeopleWrite(t *testing.T) {
	for name, tt := range map[string]struct {
		raw                 []byte
		subject, text, name string
		files               int
	}{
		"plain": {raw(plainHead + "\r\nIt prints blank pages.\r\n\r\n-- \r\nSam"), "Printer", "It prints blank pages.", "Sam Okafor", 0},
		"encoded words and Latin-1": {raw("From: =?iso-8859-1?Q?J=F6rg?= <j@example.org>", "Message-ID: <2@example.org>", "Subject: =?utf-8?B?RHLDvGNrZXI=?=",
			"Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: quoted-printable", "", "Gr=FC=DFe"), "Drücker", "Grüße", "Jörg", 0},
		"HTML alone": {raw(plainHead+"Content-Type: text/html; charset=utf-8\r\n", "<html><head><style>p{}</style><title>x</title></head><body><p>It prints<br>blank&nbsp;pages.</p><script>alert(1)</script><ul><li>one<li>two</ul></body></html>"),
			"Printer", "It prints\nblank pages.\n\n- one\n- two", "Sam Okafor", 0},
		"both, and a file": {raw(plainHead+"Content-Type: multipart/mixed; boundary=a", "", "--a", "Content-Type: multipart/alternative; boundary=b", "", "--b", "Content-Type: text/plain", "", "plain", "--b", "Content-Type: text/html", "", "<b>html</b>", "--b--",
			"--a", "Content-Type: image/png", "Content-Disposition: attachment; filename=\"../a.png\"", "Content-Transfer-Encoding: base64", "", "aGVsbG8=", "--a--"), "Printer", "plain", "Sam Okafor", 1},
		"an answer":        {raw(plainHead+"\r\nYes, it is on.", "", "On Tue, 3 Mar 2026 at 10:11, Robin Hale via the Example Help Desk", "<desk@example.org> wrote:", "> Is it on?", "> Robin"), "Printer", "Yes, it is on.", "Sam Okafor", 0},
		"answers between":  {raw(plainHead+"\r\n> Is it on?", "Yes.", "> Is there paper?", "No."), "Printer", "> Is it on?\nYes.\n> Is there paper?\nNo.", "Sam Okafor", 0},
		"German, unmarked": {raw(plainHead+"\r\nJa.", "", "-----Ursprüngliche Nachricht-----", "Von: Robin", "Ist er an?"), "Printer", "Ja.", "Sam Okafor", 0},
		"nothing new":      {raw(plainHead+"\r\n> all", "> of it"), "Printer", "> all\n> of it", "Sam Okafor", 0},
	} {
		m, err := mail.Read(tt.raw)
		if err != nil || m.Ignore != "" {
			t.Errorf("%s: ignored %q, %v", name, m.Ignore, err)
			continue
		}
		if m.Subject != tt.subject || m.Text != tt.text || m.Name != tt.name || len(m.Files) != tt.files {
			t.Errorf("%s: got %+v", name, m)
		}
	}
}

func TestMachinesAreIgnored(t *testing.T) {
	for name, header := range map[string]string{
		"auto reply":   plainHead + "Auto-Submitted: auto-replied",
		"bulk":         plainHead + "Precedence: bulk",
		"list":         plainHead + "List-Id: <a.example.org>",
		"bounce":       plainHead + "Return-Path: <>",
		"report":       plainHead + "Content-Type: multipart/report; boundary=a",
		"daemon":       "From: MAILER-DAEMON@example.org\r\nMessage-ID: <1@example.org>",
		"no-reply":     "From: no-reply@example.org\r\nMessage-ID: <1@example.org>",
		"nobody":       "Message-ID: <1@example.org>\r\nSubject: x",
		"two people":   "From: a@example.org, b@example.org\r\nMessage-ID: <1@example.org>",
		"no id":        "From: a@example.org",
		"a bad sender": "From: <\"a b\"@example.org>\r\nMessage-ID: <1@example.org>",
	} {
		if m, err := mail.Read(raw(header, "", "text")); err != nil || m.Ignore == "" {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
	if m, err := mail.Read(raw(plainHead+"Auto-Submitted: no", "", "text")); err != nil || m.Ignore != "" {
		t.Errorf("a person's: %+v, %v", m, err)
	}
}

// Whatever comes, what is kept is bounded and holds nothing that hides or reorders words.
func check(t *testing.T, in []byte) {
	t.Helper()
	m, err := mail.Read(in)
	if err != nil {
		return
	}
	bad := func(r rune) bool {
		return r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}
	for field, text := range map[string]string{"subject": m.Subject, "name": m.Name, "text": m.Text, "address": m.Address} {
		if strings.ContainsFunc(text, bad) || field != "text" && strings.ContainsAny(text, "\r\n") {
			t.Errorf("%s = %q", field, text)
		}
	}
	if _, err := desk.Text("text", m.Text, 0, 20_000); err != nil {
		t.Error(err)
	}
	if len(m.References) > 50 || len(m.Files) > 20 || strings.ContainsAny(m.ID+strings.Join(m.References, ""), "\r\n") {
		t.Errorf("%d references, %d files, id %q", len(m.References), len(m.Files), m.ID)
	}
	for _, f := range m.Files {
		if len(f.Body) > 10<<20 {
			t.Errorf("a file of %d bytes", len(f.Body))
		}
	}
}

func TestHostileMails(t *testing.T) {
	deep := plainHead
	for range 300 {
		deep += "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
	}
	for name, in := range map[string][]byte{
		"empty":           nil,
		"no headers":      []byte("\r\n\r\nx"),
		"deep":            []byte(deep),
		"many parts":      raw(plainHead+"Content-Type: multipart/mixed; boundary=a", "", strings.Repeat("--a\r\nContent-Disposition: attachment; filename=x\r\n\r\nx\r\n", 5000)),
		"header in name":  raw("From: =?utf-8?Q?a=0D=0ABcc:_b@example.org?= <a@example.org>", "Message-ID: <1@example.org>", "Subject: =?utf-8?Q?x=0D=0ABcc:_b@example.org?=", "", "x"),
		"direction marks": raw(plainHead+"Content-Type: text/plain; charset=utf-8\r\n", "a\u202eb\u0000c"),
		"unknown charset": raw(plainHead+"Content-Type: text/plain; charset=nonsense\r\n", "x"),
		"endless line":    raw(plainHead, strings.Repeat("x", 3<<20)),
	} {
		t.Run(name, func(t *testing.T) { check(t, in) })
	}
	if _, err := mail.Read(make([]byte, mail.MaxMessage+1)); err == nil {
		t.Error("a message that is too large is read")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(raw(plainHead + "\r\nIt prints blank pages."))
	f.Add(raw(plainHead+"Content-Type: multipart/mixed; boundary=a", "", "--a", "Content-Type: text/html", "", "<p>x<script>", "--a--"))
	f.Add(raw("From: =?utf-8?Q?a=0D=0Ab?= <a@example.org>", "Message-ID: <1@example.org>", "References: <a@b> <c@d>", "", "> x"))
	f.Fuzz(check)
}
