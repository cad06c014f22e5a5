package web

import (
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
)

// rule says who may call an operation.
type rule struct {
	everybody bool        // nobody needs an account
	roles     []desk.Role // one of these
	proof     auth.Proof  // how they must have proven who they are, not long ago
}

var (
	everybody = rule{everybody: true}
	signedIn  = rule{roles: desk.AllRoles()}
	recent    = rule{roles: desk.AllRoles(), proof: auth.AnyProof}
	helpers   = rule{roles: []desk.Role{desk.Technician}}
	deskwork  = rule{roles: []desk.Role{desk.Technician, desk.Administrator}}
	readers   = rule{roles: []desk.Role{desk.Auditor, desk.Administrator}}
	admin     = rule{roles: []desk.Role{desk.Administrator}}

	// Recordings are opened by auditors and nobody else: an administrator alone must not.
	listeners       = rule{roles: []desk.Role{desk.Auditor}}
	listenersProved = rule{roles: []desk.Role{desk.Auditor}, proof: auth.StrongProof}

	// What lasts or leaves takes a passkey, used not long ago.
	readersProved = rule{roles: []desk.Role{desk.Auditor, desk.Administrator}, proof: auth.StrongProof}
	adminProved   = rule{roles: []desk.Role{desk.Administrator}, proof: auth.StrongProof}
)

// rules is who may call what, for every operation of the interface by its id.
// What is not in it is for nobody. Whose ticket or session it is, handlers ask.
var rules = map[string]rule{
	"health": everybody, "ready": everybody, "downloadLinux": everybody,

	"signInWays": everybody, "signIn": everybody, "beginSignIn": everybody, "signInByPasskey": everybody,
	"signInByRecovery": everybody,
	"beginProvider":    everybody, "signInByProvider": everybody,
	"signOut": signedIn, "me": signedIn, "beginProof": signedIn, "prove": signedIn,

	"listPasskeys": signedIn, "beginPasskey": recent, "addPasskey": recent, "renamePasskey": recent, "removePasskey": recent,
	"makeRecoveryCodes": recent,
	"beginLink":         recent, "getProvider": signedIn, "unlinkProvider": recent,
	"listDevices": signedIn, "signOutDevice": signedIn, "signOutOthers": signedIn,

	// The client's side, which proves itself by the link or its key.
	"redeem": everybody, "unable": everybody, "joinToken": everybody,
	"landingPage": everybody, "findInvitation": everybody, "opened": everybody, "getReceipt": everybody, "rate": everybody,

	// Whoever asks for help, and then holds the secret of their page.
	"helpDoor": everybody, "ask": everybody, "waiting": everybody, "say": everybody, "withdraw": everybody,

	"listTickets": deskwork, "addTicket": deskwork, "getTicket": deskwork, "changeTicket": deskwork, "addNote": deskwork,
	"similarTickets": deskwork,
	"listMails":      deskwork, "answerMail": helpers,
	"listCategories": deskwork, "addCategory": admin, "changeCategory": admin,
	"listPhrases": deskwork, "addPhrase": admin, "changePhrase": admin, "removePhrase": admin,
	"listWebhooks": admin, "addWebhook": adminProved, "changeWebhook": adminProved, "removeWebhook": adminProved, "testWebhook": adminProved,
	"getDeskRules": deskwork, "setDeskRules": admin,
	"listColleagues": deskwork, "handOver": helpers,
	"listSchedules": admin, "addSchedule": adminProved, "removeSchedule": adminProved,
	"linkTicket": deskwork, "unlinkTicket": deskwork,
	"listKnowledge": deskwork, "promoteTicket": deskwork, "demoteTicket": deskwork,

	"getReport": deskwork,

	"keepFacts": helpers, "getFacts": deskwork, "searchMachines": deskwork, "getMachine": deskwork,

	"takeNext": helpers, "invite": helpers, "getInvitation": helpers, "revokeInvitation": helpers,
	"acceptSession": helpers, "callColleague": helpers, "endSession": helpers, "sessionStory": helpers, "countersignSession": helpers,

	"listSessions": signedIn, "getSession": signedIn, "listSessionEvents": signedIn, "live": signedIn,

	"listEvents": readers, "exportEvents": readersProved,
	"getHold": readers, "holdSession": readersProved, "releaseSession": readersProved,
	"getRetention": readers, "setRetention": adminProved,
	"searchSessions": readers, "exportEvidence": readersProved,
	"listRecordings": listeners, "openRecording": listenersProved, "getRecordingChunk": listenersProved,
	"exportRecording": listenersProved, "keepAuditorPasskey": listenersProved, "forgetAuditorPasskey": listenersProved,

	"listAlarms": readers, "seeAlarm": admin,

	"getPolicy": signedIn, "setPolicy": adminProved,
	"listAccounts": admin, "addAccount": adminProved, "changeAccount": adminProved, "makeSignInLink": adminProved,
	"listKeys": admin, "rotateKey": adminProved,

	"getAuditors": readers, "publishAuditors": readersProved,
}

// describeRules writes each operation's rule into the description, and reports
// an operation without one: it would be for nobody.
func describeRules(api *huma.OpenAPI) error {
	for path, item := range api.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			rule, ok := rules[op.OperationID]
			if !ok {
				return fmt.Errorf("%s %s (%s) has no rule who may call it", op.Method, path, op.OperationID)
			}
			if rule.everybody != (len(op.Security) == 0) {
				return fmt.Errorf("%s %s (%s) is described as open to everybody: %v, its rule says %v",
					op.Method, path, op.OperationID, len(op.Security) == 0, rule.everybody)
			}
			if !rule.everybody {
				op.Extensions = map[string]any{"x-roles": rule.roles}
				if rule.proof != "" {
					op.Extensions["x-proof"] = rule.proof
				}
			}
		}
	}
	return nil
}

// ruled lets a call through that its rule allows.
func (s *Server) ruled(ctx huma.Context, next func(huma.Context)) {
	if err := s.allowed(ctx); err != nil {
		r, w := humago.Unwrap(ctx)
		s.fail(w, r, err)
		return
	}
	next(ctx)
}

func (s *Server) allowed(ctx huma.Context) error {
	rule, ok := rules[ctx.Operation().OperationID]
	if !ok {
		return problem.New(http.StatusForbidden, "role_missing", "Nobody may do this.")
	}
	if rule.everybody {
		return nil
	}
	who, err := auth.Require(ctx.Context(), rule.roles...)
	if err != nil {
		return err
	}
	return s.deps.Auth.Proved(who, rule.proof)
}
