package relay

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// loggers writes what the TURN server says of itself to our log. It calls
// errors what strangers do wrong, so nothing of it ranks above debug.
type loggers struct{ log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (l loggers) NewLogger(scope string) logging.LeveledLogger {
	if l.log == nil {
		return logger{slog.New(slog.DiscardHandler)}
	}
	return logger{l.log.With("scope", scope)}
}

type logger struct{ log *slog.Logger }

func (l logger) say(text string) {
	l.log.Debug("relay", "text", text)
}

func (l logger) sayf(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.say(fmt.Sprintf(format, args...))
	}
}

// What the server calls trace and debug is a line a packet: it goes nowhere.
func (logger) Trace(string)          {}
func (logger) Tracef(string, ...any) {}
func (logger) Debug(string)          {}
func (logger) Debugf(string, ...any) {}

func (l logger) Info(text string)                  { l.say(text) }
func (l logger) Infof(format string, args ...any)  { l.sayf(format, args...) }
func (l logger) Warn(text string)                  { l.say(text) }
func (l logger) Warnf(format string, args ...any)  { l.sayf(format, args...) }
func (l logger) Error(text string)                 { l.say(text) }
func (l logger) Errorf(format string, args ...any) { l.sayf(format, args...) }
