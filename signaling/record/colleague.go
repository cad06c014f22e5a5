package record

// ColleagueCalled: the technician made a link by which a second one may look on; Key is
// the thumbprint of the key that it names.
type ColleagueCalled struct {
	Key string `json:"key"`
}

// ColleagueCame: a technician opened that link.
type ColleagueCame struct {
	Key string `json:"key"`
}

// ColleagueAsked: the requester is asked whether a second technician may look on.
// Viewer is the fingerprint of their certificate, Key the thumbprint of their key.
type ColleagueAsked struct {
	Technician string `json:"technician"`
	Viewer     string `json:"viewer"`
	Path       string `json:"path"`
	Key        string `json:"key"`
}

// ColleagueAllowed: the requester let the second technician look on. Grant is the body
// of the signed grant.
type ColleagueAllowed struct {
	Generation uint64 `json:"generation"`
	Scopes     string `json:"scopes"`
	Viewer     string `json:"viewer"`
	Grant      []byte `json:"grant"`
}

// ColleagueDeclined: the requester did not; Reason is declined or unanswered.
type ColleagueDeclined struct {
	Reason string `json:"reason"`
}

// ColleagueLeft: the second technician does not look on any more, by whom or what.
type ColleagueLeft struct {
	By string `json:"by"`
}

// ColleagueRefused: whoever came as the second technician was not believed, or sent
// what no grant allows.
type ColleagueRefused struct {
	Reason string `json:"reason"`
}

// The kinds of the second technician.
const (
	KindColleagueCalled   Kind = "session.colleague_called"
	KindColleagueCame     Kind = "session.colleague_came"
	KindColleagueAsked    Kind = "client.colleague_asked"
	KindColleagueAllowed  Kind = "client.colleague_allowed"
	KindColleagueDeclined Kind = "client.colleague_declined"
	KindColleagueLeft     Kind = "client.colleague_left"
	KindColleagueRefused  Kind = "client.colleague_refused"
)

func (ColleagueCalled) kind() Kind   { return KindColleagueCalled }
func (ColleagueCame) kind() Kind     { return KindColleagueCame }
func (ColleagueAsked) kind() Kind    { return KindColleagueAsked }
func (ColleagueAllowed) kind() Kind  { return KindColleagueAllowed }
func (ColleagueDeclined) kind() Kind { return KindColleagueDeclined }
func (ColleagueLeft) kind() Kind     { return KindColleagueLeft }
func (ColleagueRefused) kind() Kind  { return KindColleagueRefused }
