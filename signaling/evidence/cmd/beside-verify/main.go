// Command beside-verify says what an evidence file of Beside proves, by whose
// signature, and what it does not prove. It reads that one file, with --recordings
// those of a folder, and nothing else, and has no code that could reach a network.
//
// Exit code 0: all of it is proven. 1: something in it is false. 2: nothing is
// false, but something is not proven, or it cannot be read at all.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"beside/signaling/evidence"
)

const usage = `Usage: beside-verify [--log KEY] [--witness KEY]... [--recordings DIR] [--json] FILE

FILE is evidence that "beside audit export --session" wrote; - is standard input.
`

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// keys is a flag that may be given more than once.
type keys []string

// String implements flag.Value.
func (k *keys) String() string { return fmt.Sprint([]string(*k)) }

// Set implements flag.Value.
func (k *keys) Set(key string) error {
	*k = append(*k, key)
	return nil
}

// run returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var trust evidence.Trust
	flags := flag.NewFlagSet("beside-verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&trust.Log, "log", "", "the organisation's log `KEY`, as you know it from elsewhere")
	flags.Var((*keys)(&trust.Witnesses), "witness", "`KEY` of a witness that must have signed; may be given again")
	chunks := flags.String("recordings", "", "also check the bytes of recordings: `DIR` has a folder for each, with files named 0, 1, …")
	asJSON := flags.Bool("json", false, "write the findings as JSON")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return evidence.ExitProven
		}
		return evidence.ExitMissing
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return evidence.ExitMissing
	}
	raw, err := read(flags.Arg(0), stdin)
	var file evidence.File
	if err == nil {
		file, err = evidence.Parse(raw)
	}
	if err != nil {
		fmt.Fprintf(stderr, "beside-verify: %v\n", err)
		return evidence.ExitMissing
	}
	report := evidence.Verify(file, trust)
	if *chunks != "" {
		err = verifyChunks(report, file, *chunks)
	}
	if err != nil {
		fmt.Fprintf(stderr, "beside-verify: %v\n", err)
		return evidence.ExitMissing
	}
	if *asJSON {
		err = json.NewEncoder(stdout).Encode(report)
	} else {
		err = report.Print(stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "beside-verify: %v\n", err)
		return evidence.ExitMissing
	}
	return report.Exit()
}

// verifyChunks reads the files of a folder, and nothing outside it whatever the
// evidence names.
func verifyChunks(report *evidence.Report, file evidence.File, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // only read
	return evidence.VerifyChunks(report, file, func(recording string, n int) (io.ReadCloser, error) {
		return root.Open(filepath.Join(recording, strconv.Itoa(n)))
	})
}

func read(name string, stdin io.Reader) ([]byte, error) {
	in := stdin
	if name != "-" {
		// #nosec G304 -- the file that the caller names
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // only read
		in = f
	}
	return io.ReadAll(io.LimitReader(in, evidence.MaxBytes+1))
}
