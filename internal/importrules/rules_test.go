// Package importrules holds the rules of the house that no compiler checks: who may import whom, and how long a
// file or function may be. It has tests only. Tests, demo, bench and internal/evil may import what they like.
package importrules

// rule bounds what a set of packages may import. Patterns are import paths; "/..." at the end takes in what lies
// below. Exactly one of only and never is set.
type rule struct {
	name   string
	from   []string // packages the rule holds for
	except []string // and those it does not
	only   []string // the imports, of those that within chooses, that are allowed
	within []string // what only speaks of; nil means everything but the standard library
	never  []string // imports that are forbidden
	deep   bool     // never also counts what is imported by way of others
	why    string
}

var (
	ours = []string{"beside/..."}
	http = []string{"net/http", "github.com/danielgtaylor/huma/..."}
	// eyesAndHands could look at a screen or press keys, or decode media.
	eyesAndHands = []string{"github.com/pion/webrtc/...", "github.com/go-vgo/robotgo/...",
		"github.com/kbinani/screenshot/...", "github.com/jezek/xgb/...", "gioui.org/..."}
	database = []string{"database/sql", "modernc.org/sqlite/...", "github.com/pressly/goose/...",
		"github.com/jackc/pgx/..."}
)

// rules are those of docs/architecture.md.
var rules = []rule{
	{
		name: "the contract is pure", from: []string{"beside/signaling/..."},
		only: []string{"beside/signaling/...", "github.com/gorilla/websocket", "github.com/golang-jwt/jwt/v5",
			"golang.org/x/mod/...", "golang.org/x/text/..."},
		why: "broker and client meet only in signaling: it knows neither, and anybody can read it alone",
	},
	{
		name: "rights", from: []string{"beside/signaling/grant"}, only: []string{"github.com/golang-jwt/jwt/v5"},
		why: "what a right is depends on nothing else",
	},
	{
		name: "records", from: []string{"beside/signaling/record"}, only: []string{"golang.org/x/mod/..."},
		why: "an auditor reads the verifier: it must be small",
	},
	{
		name: "the log's tree", from: []string{"beside/signaling/ledger/...", "beside/signaling/evidence/..."},
		only: []string{"golang.org/x/mod/...", "beside/signaling/record", "beside/signaling/ledger", "beside/signaling/evidence",
			"beside/signaling/texts", "golang.org/x/text/..."},
		why: "whoever verifies trusts neither broker nor client, and reads all that verifying takes",
	},
	{
		name: "the verifier has no network", from: []string{"beside/signaling/evidence/...", "beside/signaling/ledger/...", "beside/signaling/record/..."},
		never: []string{"net", "net/http"}, deep: true,
		why: "evidence is checked on a machine that nobody else can reach",
	},
	{
		name: "one user of JWT", from: ours, except: []string{"beside/signaling/grant"},
		never: []string{"github.com/golang-jwt/..."},
		why:   "tokens are parsed with one fixed set of options, in one place",
	},
	{
		name: "broker", from: []string{"beside/broker/..."}, within: ours,
		only: []string{"beside/broker/...", "beside/signaling/...", "beside/certs/...", "beside/viewer"},
		why:  "the broker knows the client only through signaling",
	},
	{
		name: "the broker is blind", from: []string{"beside/broker/..."}, never: eyesAndHands, deep: true,
		why: "our broker has no code that could decode media, look or type",
	},
	{
		name: "client", from: []string{"beside/client/..."}, within: ours,
		only: []string{"beside/client/...", "beside/signaling/...", "beside/certs/..."},
		why:  "the client knows the broker only through signaling",
	},
	{
		name: "the client keeps no database", from: []string{"beside/client/..."}, never: database, deep: true,
		why: "the client leaves nothing behind on the person's machine",
	},
	{
		name: "certificates", from: []string{"beside/certs/..."}, within: ours,
		only: []string{"beside/certs/..."},
		why:  "broker and client share it",
	},
	{
		name: "desk", from: []string{"beside/broker/internal/desk/..."}, only: []string{},
		why: "the rules of the help desk need no database and no network to be read or tested",
	},
	{
		name: "reports", from: []string{"beside/broker/internal/report/..."}, within: ours, only: []string{"beside/broker/internal/desk"},
		why: "figures are checked by hand against calls, without a database",
	},
	{
		name: "store is below journal", from: []string{"beside/broker/internal/store/..."}, within: ours,
		only: []string{"beside/broker/internal/store/...", "beside/broker/internal/desk", "beside/broker/internal/report", "beside/signaling/..."},
		why:  "web → session → journal → store → desk: a change and its event share the store's transaction",
	},
	{
		name: "journal is below session", from: []string{"beside/broker/internal/journal/..."},
		never: []string{"beside/broker/internal/session/...", "beside/broker/internal/web/...",
			"beside/broker/internal/auth/..."},
		why: "web → session → journal → store: the one writer of events serves all who act",
	},
	{
		name: "session is below web", from: []string{"beside/broker/internal/session/..."},
		never: []string{"beside/broker/internal/web/..."},
		why:   "web → session → journal → store: a session does not know who calls it",
	},
	{
		name: "domain without HTTP",
		from: []string{"beside/broker/internal/desk/...", "beside/broker/internal/store/...",
			"beside/broker/internal/journal/...", "beside/broker/internal/session/..."},
		never: http,
		why:   "handlers hold no rules, so rules hold no handlers",
	},
	{
		name: "the judge", from: []string{"beside/client/internal/consent/..."}, within: ours,
		only: []string{"beside/signaling/grant"},
		why:  "what decides about rights is reached from everywhere and reaches nothing, a session least of all",
	},
	{
		name: "one right, one package",
		from: []string{"beside/client/internal/screen/...", "beside/client/internal/input/...",
			"beside/client/internal/clipboard/...", "beside/client/internal/files/...",
			"beside/client/internal/facts/...", "beside/client/internal/sound/...",
			"beside/client/internal/pointing/..."},
		within: []string{"beside/client/..."}, only: []string{"beside/client/internal/consent", "beside/client/internal/xserver"},
		why: "who looks or acts holds a Lease and knows of nothing else but the way to the X server",
	},
	{
		name: "a connection", from: []string{"beside/client/internal/xserver/..."}, within: ours, only: []string{},
		why: "it carries requests and knows nothing of what they are for",
	},
	{
		name: "video only encodes", from: []string{"beside/client/internal/video/..."},
		within: []string{"beside/client/..."}, only: []string{"beside/client/internal/video/..."},
		why: "what moves, who sees it and how fast is decided above; whoever holds no Lease has no pixels",
	},
	{
		name: "windows decide nothing", from: []string{"beside/client/internal/window/..."},
		within: []string{"beside/client/..."}, only: []string{"beside/client/internal/xserver"},
		why: "a window brings an answer back; only the session may tell the judge",
	},
	{
		name: "session is on top", from: []string{"beside/client/internal/..."},
		except: []string{"beside/client/internal/session/..."},
		never:  []string{"beside/client/internal/session/..."},
		why:    "the session owns every lifetime below it",
	},
	{
		name: "pages", from: []string{"beside/viewer"}, only: []string{},
		why: "the embedded pages are files and nothing else",
	},
}
