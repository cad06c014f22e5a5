//go:build !linux

package screen

// Environment is what a program is told about the desktop it was started in;
// nothing that matters here.
type Environment struct{}

// EnvironmentOf returns the Environment.
func EnvironmentOf(func(string) string) Environment { return Environment{} }

// Detect says what kind of desktop this is.
func Detect(Environment) (Kind, error) { return KindNative, nil }

// Open connects to the screen, by whole screenshots.
func Open(Environment) (Source, error) { return OpenPortable() }
