package mail

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainOf is what a page of HTML says, without what it looks like or does.
func plainOf(page string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return spaces.ReplaceAllString(blank.ReplaceAllString(out.String(), "\n\n"), "\n")
		case html.TextToken:
			if hidden == 0 {
				text := z.Text()
				out.WriteString(inner.ReplaceAllString(html.UnescapeString(string(text)), " "))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch a := atom.Lookup(name); {
			case hides(a):
				hidden++
			case a == atom.Li:
				out.WriteString("\n- ")
			case a == atom.Blockquote:
				out.WriteString("\n> ")
			case breaks(a):
				out.WriteString("\n")
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch a := atom.Lookup(name); {
			case hides(a):
				hidden = max(hidden-1, 0)
			case a == atom.P:
				out.WriteString("\n\n")
			case breaks(a):
				out.WriteString("\n")
			}
		}
	}
}

var (
	inner  = regexp.MustCompile(`[\s\x{a0}]+`)
	spaces = regexp.MustCompile(` *\n *`)
	blank  = regexp.MustCompile(`\n\s*\n(\s*\n)*`)
)

func hides(a atom.Atom) bool {
	return a == atom.Script || a == atom.Style || a == atom.Head || a == atom.Title || a == atom.Template
}

func breaks(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.P, atom.Div, atom.Tr, atom.Li, atom.Ul, atom.Ol, atom.Table, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.Pre, atom.Hr, atom.Blockquote:
		return true
	}
	return false
}

// said introduces what a mail program quotes, in the languages of the desk.
var said = regexp.MustCompile(`(?i)^\s*(` +
	`On .{4,200} wrote:|Am .{4,200} schrieb.{0,200}:|Le .{4,200} a écrit\s?:|El .{4,200} escribió:|` +
	`(Em|A) .{4,200} escreveu:|.{4,200} tarihinde .{0,200}yazdı:|.{0,200}のメール:|.{4,200} كتب.{0,200}:|` +
	`-{2,}\s?(Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original|Mensagem original)\s?-{2,}|` +
	`_{20,})\s*$`)

// withoutQuotes cuts what a mail repeats: from the line that introduces it, and quoted lines at the end. What stands
// between quoted lines stays, since somebody answered there.
func withoutQuotes(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	end := len(lines)
	for i, l := range lines {
		two := l
		if i+1 < len(lines) {
			two += " " + lines[i+1] // programs break it at 76 characters
		}
		if (said.MatchString(l) || len(l) > 20 && said.MatchString(two)) && allQuoted(lines[i+1:]) {
			end = i
			break
		}
	}
	for end > 0 && (strings.TrimSpace(lines[end-1]) == "" || strings.HasPrefix(lines[end-1], ">")) {
		end--
	}
	for i, l := range lines[:end] {
		if strings.TrimRight(l, " ") == "--" && i > 0 { // a signature, RFC 3676 §4.3
			end = i
			break
		}
	}
	if cut := strings.TrimSpace(strings.Join(lines[:end], "\n")); cut != "" {
		return cut
	}
	return text // all of it is quoted: better twice than nothing
}

// allQuoted reports whether nothing new stands after an introduction: quoted lines first, or none at all, as the
// programs write it that do not mark what they quote.
func allQuoted(lines []string) bool {
	marked, fresh := false, false
	for _, l := range lines {
		switch {
		case strings.HasPrefix(l, ">"):
			if fresh && marked {
				return false
			}
			marked = true
		case strings.TrimSpace(l) != "" && marked:
			fresh = true
		}
	}
	return !marked || !fresh
}
