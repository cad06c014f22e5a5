package screen

import "fmt"

// Environment is what a program is told about the desktop it was started in.
type Environment struct {
	Display        string // DISPLAY
	WaylandDisplay string // WAYLAND_DISPLAY
	SessionType    string // XDG_SESSION_TYPE
	Home           string // HOME, for the X authority file
	Authority      string // XAUTHORITY
}

// EnvironmentOf reads an Environment with getenv, usually os.Getenv.
func EnvironmentOf(getenv func(string) string) Environment {
	return Environment{
		Display:        getenv("DISPLAY"),
		WaylandDisplay: getenv("WAYLAND_DISPLAY"),
		SessionType:    getenv("XDG_SESSION_TYPE"),
		Home:           getenv("HOME"),
		Authority:      getenv("XAUTHORITY"),
	}
}

// Detect says what kind of desktop this is, and with a NotShowableError why it
// cannot be shown. It asks the X server for its name and extensions and reads
// no pixels. Under Wayland an X server for old programs would answer too, but
// show only their windows, over black; so that is refused as well.
//
// It is best called before anything else in the program connects to X: see
// register in xconn_linux.go.
func Detect(env Environment) (Kind, error) {
	if env.WaylandDisplay != "" || env.SessionType == "wayland" {
		detail := "no X display"
		if env.Display != "" {
			detail = "Xwayland on display " + env.Display
		}
		return KindWayland, wayland(detail)
	}
	if env.Display == "" {
		return KindNone, none("DISPLAY is not set")
	}
	x, err := dialX(env)
	if err != nil {
		return KindNone, err
	}
	defer x.close()
	if err := x.check(); err != nil {
		if e := AsNotShowable(err); e != nil {
			return e.Kind, err
		}
		return KindX11, err
	}
	return KindX11, nil
}

// Open connects to the screen: the fast way where the X server has what it
// takes, else by whole screenshots.
func Open(env Environment) (Source, error) {
	if _, err := Detect(env); err != nil {
		return nil, err
	}
	fast, err := OpenX11(env)
	if err == nil {
		return fast, nil
	}
	slow, slowErr := OpenPortable()
	if slowErr != nil {
		return nil, fmt.Errorf("open the screen: %w; by screenshots: %w", err, slowErr)
	}
	return slow, nil
}
