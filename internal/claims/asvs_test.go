package claims

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// asvs are the requirements of levels 1 and 2 of ASVS 5.0.0, as section:from-to.
const asvs = "1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 " +
	"3.5:1-5 3.7:1-2 4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 " +
	"6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 " +
	"8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 " +
	"10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 " +
	"13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1 16.2:1-5 " +
	"16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2"

var requirement = regexp.MustCompile(`(?m)^\| (\d+\.\d+\.\d+) \| [^|]+ \| (met|\*\*partly\*\*|\*\*not met\*\*|n/a) \| ([^|]+) \|$`)

// TestASVSIsAnswered: every requirement of the levels has a row with an answer, and
// what is met says by what.
func TestASVSIsAnswered(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/asvs.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := requirement.FindAllStringSubmatch(string(text), -1)
	answered := make(map[string]bool)
	counts := make(map[string]int)
	for _, r := range rows {
		if answered[r[1]] {
			t.Errorf("%s is answered twice", r[1])
		}
		answered[r[1]] = true
		counts[strings.Trim(r[2], "*")]++
	}
	for id := range ids(t) {
		if !answered[id] {
			t.Errorf("%s has no answer", id)
		}
		delete(answered, id)
	}
	for id := range answered {
		t.Errorf("%s is no requirement of these levels", id)
	}
	sum := fmt.Sprintf("Of %d: %d met, %d partly, %d not met, %d not applicable.",
		len(rows), counts["met"], counts["partly"], counts["not met"], counts["n/a"])
	if !slices.Contains(strings.Split(string(text), "\n"), sum) {
		t.Errorf("the sum should read: %s", sum)
	}
}

func ids(t *testing.T) map[string]bool {
	t.Helper()
	out := make(map[string]bool)
	for _, group := range strings.Fields(asvs) {
		section, span, _ := strings.Cut(group, ":")
		from, to, isRange := strings.Cut(span, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.Atoi(from)
		last, errLast := strconv.Atoi(to)
		if err != nil || errLast != nil {
			t.Fatalf("%s: %v %v", group, err, errLast)
		}
		for n := first; n <= last; n++ {
			out[fmt.Sprintf("%s.%d", section, n)] = true
		}
	}
	return out
}
