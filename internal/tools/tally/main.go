// Command tally counts what test runners report and prints one honest sum. It is used by test.sh only.
//
// Each stage of the tests leaves a file "passed failed skipped flaky" named after itself; sum adds them up. Flaky are
// those that passed only at their second try. They count as passed, and are told of on a line of their own. For Go,
// the first try leaves the tests that failed in FILE.again, "package test" a line, and "go-again" counts their second.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

type count struct{ passed, failed, skipped, flaky int }

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "go":
		return tallyGo(os.Stdin, os.Stdout, args[1])
	case len(args) == 2 && args[0] == "go-again":
		return tallyAgain(os.Stdin, os.Stdout, args[1])
	case len(args) == 3 && args[0] == "vitest":
		return tallyReport(args[1], args[2], vitestCount)
	case len(args) == 3 && args[0] == "playwright":
		return tallyReport(args[1], args[2], playwrightCount)
	case len(args) >= 2 && args[0] == "sum":
		return sum(os.Stdout, args[1], args[2:])
	}
	return errors.New("usage: tally go FILE | go-again FILE | vitest REPORT FILE | playwright REPORT FILE | sum FOLDER [FAILED_STAGE...]")
}

// event is one line of `go test -json`.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Elapsed    float64
	Output     string
}

// tallyGo counts what a run of all tests reports, and names those to be tried once more.
func tallyGo(in io.Reader, out io.Writer, file string) error {
	n, failed, err := readGo(in, out)
	if err != nil {
		return err
	}
	if err := n.write(file); err != nil {
		return err
	}
	if n.failed == 0 {
		return nil
	}
	if len(failed) == n.failed && n.failed <= mostAgain {
		if err := os.WriteFile(file+".again", []byte(strings.Join(failed, "\n")+"\n"), 0o644); err != nil {
			return err
		}
	}
	return fmt.Errorf("%d Go tests or packages failed", n.failed)
}

// mostAgain is how many failed tests can be the hiccup of a shared machine. More of them are a broken change.
const mostAgain = 3

// tallyAgain counts what the second try of tests reports, on top of the first.
func tallyAgain(in io.Reader, out io.Writer, file string) error {
	first, err := readCount(file)
	if err != nil {
		return err
	}
	n, _, err := readGo(in, out)
	if err != nil {
		return err
	}
	if n.failed > 0 || n.passed != first.failed {
		return fmt.Errorf("%d of %d Go tests failed at their second try too", first.failed-n.passed, first.failed)
	}
	first.passed += n.passed
	first.flaky += n.passed
	first.failed = 0
	return first.write(file)
}

// readGo prints a line a package and all that a failed package printed, and counts top-level tests. It returns those
// that failed as "package test".
func readGo(in io.Reader, out io.Writer) (n count, failed []string, err error) {
	printed := map[string][]string{}
	blamed := map[string]bool{} // packages whose failure a test explains
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(out, lines.Text()) // not a report but the go command itself
			continue
		}
		switch {
		case e.Action == "output":
			printed[e.Package] = append(printed[e.Package], e.Output)
		case e.Action == "build-output":
			fmt.Fprint(out, e.Output)
		case e.Test == "":
			packageEnd(out, e, printed[e.Package])
			if e.Action == "fail" && !blamed[e.Package] {
				n.failed++ // it did not build, or ended outside a test
			}
		case !strings.Contains(e.Test, "/"):
			n.add(e.Action)
			if e.Action == "fail" {
				blamed[e.Package] = true
				failed = append(failed, e.Package+" "+e.Test)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return n, nil, fmt.Errorf("read go test's report: %w", err)
	}
	return n, failed, nil
}

func packageEnd(out io.Writer, e event, printed []string) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(out, "ok    %s (%.1f s)\n", e.Package, e.Elapsed)
	case "fail":
		fmt.Fprintf(out, "FAIL  %s\n%s", e.Package, strings.Join(printed, ""))
	}
}

func (n *count) add(action string) {
	switch action {
	case "pass":
		n.passed++
	case "fail":
		n.failed++
	case "skip":
		n.skipped++
	}
}

func tallyReport(report, file string, read func([]byte) (count, error)) error {
	text, err := os.ReadFile(report)
	if err != nil {
		return fmt.Errorf("the runner left no report: %w", err)
	}
	n, err := read(text)
	if err != nil {
		return fmt.Errorf("read %s: %w", report, err)
	}
	return n.write(file)
}

func vitestCount(text []byte) (count, error) {
	var report struct {
		NumPassedTests, NumFailedTests, NumPendingTests int
	}
	err := json.Unmarshal(text, &report)
	return count{passed: report.NumPassedTests, failed: report.NumFailedTests, skipped: report.NumPendingTests}, err
}

func playwrightCount(text []byte) (count, error) {
	var report struct {
		Stats struct{ Expected, Unexpected, Flaky, Skipped int }
	}
	err := json.Unmarshal(text, &report)
	s := report.Stats
	return count{passed: s.Expected + s.Flaky, failed: s.Unexpected, skipped: s.Skipped, flaky: s.Flaky}, err
}

func (n count) write(file string) error {
	return os.WriteFile(file, fmt.Appendf(nil, "%d %d %d %d\n", n.passed, n.failed, n.skipped, n.flaky), 0o644)
}

func readCount(file string) (n count, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return n, err
	}
	// The last numbers may be missing: fuzzing skips nothing.
	if got, err := fmt.Sscan(string(text), &n.passed, &n.failed, &n.skipped, &n.flaky); got < 2 {
		return n, fmt.Errorf("read %s: %w", file, err)
	}
	return n, nil
}

// sum prints the closing line. A failed stage that counted no failed test counts as one.
func sum(out io.Writer, folder string, failedStages []string) error {
	var total count
	counted := map[string]count{}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if filepath.Ext(file) != "" {
			continue // a runner's own report
		}
		n, err := readCount(file)
		if err != nil {
			return err
		}
		counted[filepath.Base(file)] = n
		total = count{total.passed + n.passed, total.failed + n.failed, total.skipped + n.skipped, total.flaky + n.flaky}
	}
	for _, stage := range failedStages {
		if counted[stage].failed == 0 {
			total.failed++
		}
	}
	if total.flaky > 0 {
		fmt.Fprintf(out, "%d flaky, passed at the second try only: a bug of today, named above\n", total.flaky)
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", total.passed, total.failed, total.skipped)
	return nil
}
