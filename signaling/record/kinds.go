package record

import (
	"maps"
	"slices"
	"time"
)

// The closed set of kinds. Kinds that begin with "client." are facts that only
// the client can know: it signs them (see Statement), the broker just keeps them.
const (
	KindBrokerStarted     Kind = "broker.started"
	KindBrokerStopped     Kind = "broker.stopped"
	KindTechnicianAdded   Kind = "technician.added"
	KindRolesChanged      Kind = "technician.roles_changed"
	KindAccountDisabled   Kind = "technician.disabled"
	KindAccountEnabled    Kind = "technician.enabled"
	KindSignInLinkMade    Kind = "signin.link_made"
	KindSignedIn          Kind = "signin.done"
	KindSignInRefused     Kind = "signin.refused"
	KindSignedOut         Kind = "signin.ended"
	KindSignInProved      Kind = "signin.proved"
	KindDeviceSignedOut   Kind = "signin.device_ended"
	KindPasskeyAdded      Kind = "passkey.added"
	KindPasskeyRenamed    Kind = "passkey.renamed"
	KindPasskeyRemoved    Kind = "passkey.removed"
	KindRecoveryCodesMade Kind = "recovery.codes_made"
	KindProviderLinked    Kind = "provider.linked"
	KindProviderUnlinked  Kind = "provider.unlinked"
	KindTechnicianRenamed Kind = "technician.renamed"
	KindPolicyChanged     Kind = "policy.changed"
	KindKeyRotated        Kind = "key.rotated"
	KindTicketCreated     Kind = "ticket.created"
	KindTicketChanged     Kind = "ticket.changed"
	KindNoteAdded         Kind = "ticket.note_added"
	KindInvitationCreated Kind = "invitation.created"
	KindInvitationOpened  Kind = "invitation.opened"
	KindInvitationUnable  Kind = "invitation.unable"
	KindInvitationRevoked Kind = "invitation.revoked"
	KindInvitationExpired Kind = "invitation.expired"
	KindInvitationRefused Kind = "invitation.refused"
	KindSessionJoined     Kind = "session.joined"
	KindSessionAccepted   Kind = "session.accepted"
	KindPeerArrived       Kind = "session.peer_arrived"
	KindPeerLeft          Kind = "session.peer_left"
	KindPeerSuperseded    Kind = "session.peer_superseded"
	KindSessionEnded      Kind = "session.ended"
	KindSessionRated      Kind = "session.rated"
	KindTokenIssued       Kind = "token.issued"
	KindTokenRefused      Kind = "token.refused"
	KindMessageRefused    Kind = "message.refused"
	KindRelayAllocated    Kind = "relay.allocated"
	KindRelayDenied       Kind = "relay.denied"
	KindCountersigned     Kind = "session.countersigned"
	KindSessionSealed     Kind = "session.sealed"
	KindAuditExported     Kind = "audit.exported"
	KindAuditSearched     Kind = "audit.searched"
	KindAuditRead         Kind = "audit.read"
	KindPersonErased      Kind = "privacy.erased"
	KindPeerVerified      Kind = "client.verified"
	KindVerifyFailed      Kind = "client.verify_failed"
	KindConsentAsked      Kind = "client.asked"
	KindConsentGranted    Kind = "client.granted"
	KindConsentDeclined   Kind = "client.declined"
	KindRightsRevoked     Kind = "client.revoked"
	KindSharingPaused     Kind = "client.paused"
	KindSharingResumed    Kind = "client.resumed"
	KindScopeViolation    Kind = "client.violation"
	KindCaptureStarted    Kind = "client.capture_started"
	KindControlStarted    Kind = "client.control_started"
	KindClientUnable      Kind = "client.unable"
	KindClientStopped     Kind = "client.stopped"
	KindClientSealed      Kind = "client.sealed"
	KindAlarmRaised       Kind = "client.alarm"
	KindSessionHeld       Kind = "session.held"
	KindAlarmTold         Kind = "alarm.told"
	KindAlarmSeen         Kind = "alarm.seen"
	KindAuditorsPublished Kind = "auditors.published"
)

// Data is what one kind of event carries. Each type below is the data of the
// kind of the same name. No picture, key or text is ever in it; addresses are
// truncated to /24 (IPv4) or /48 (IPv6). Fields marked personal are kept beside
// the log (see Part).
type Data interface{ kind() Kind }

// BrokerStarted: a broker process began to serve; Viewer is the SHA-256 of the pages it serves.
type BrokerStarted struct {
	Version string `json:"version"`
	Viewer  string `json:"viewer"`
}

// BrokerStopped: a broker process stopped on request.
type BrokerStopped struct {
}

// TechnicianAdded: an account was made.
type TechnicianAdded struct {
	Technician string   `json:"technician"`
	Roles      []string `json:"roles"`
}

// SignInLinkMade: a one-time sign-in link was made.
type SignInLinkMade struct {
	Technician string    `json:"technician"`
	Expires    time.Time `json:"expires"`
}

// SignedIn: somebody signed in; From is the truncated address, Method link,
// passkey, recovery or provider (before there were others: empty, a link).
type SignedIn struct {
	From   string `json:"from" personal:"true"`
	Method string `json:"method,omitempty"`
}

// SignInRefused: a sign-in was refused.
type SignInRefused struct {
	From   string `json:"from" personal:"true"`
	Reason string `json:"reason"`
}

// SignedOut: a technician signed out.
type SignedOut struct {
}

// TicketCreated: a ticket was made.
type TicketCreated struct {
	Number   int64  `json:"number"`
	Priority int    `json:"priority"`
	Category string `json:"category"`
}

// TicketChanged: fields of a ticket changed; State and Priority are those after.
type TicketChanged struct {
	Fields   []string `json:"fields"`
	State    string   `json:"state"`
	Priority int      `json:"priority"`
}

// NoteAdded: a note was added to a ticket.
type NoteAdded struct {
	Note string `json:"note"`
}

// InvitationCreated: a one-time link was made.
type InvitationCreated struct {
	Invitation string    `json:"invitation"`
	Expires    time.Time `json:"expires"`
	Spoken     bool      `json:"spoken,omitempty"` // told as digits: words are compared
}

// InvitationOpened: somebody with the link touched its page.
type InvitationOpened struct {
	Invitation string `json:"invitation"`
	From       string `json:"from" personal:"true"`
}

// InvitationUnable: the program was started where it cannot show the screen; the
// link is still good.
type InvitationUnable struct {
	Invitation string `json:"invitation"`
	From       string `json:"from" personal:"true"`
	Code       string `json:"code"`
}

// InvitationRevoked: the technician took the link back.
type InvitationRevoked struct {
	Invitation string `json:"invitation"`
}

// InvitationExpired: the link's time ran out.
type InvitationExpired struct {
	Invitation string `json:"invitation"`
}

// InvitationRefused: a redeem was refused.
type InvitationRefused struct {
	Invitation string `json:"invitation,omitempty"`
	From       string `json:"from" personal:"true"`
	Reason     string `json:"reason"`
}

// SessionJoined: the client redeemed the link; Key is the thumbprint of its session key.
// Requester and Technician are the names that the ticket and the account had then.
type SessionJoined struct {
	Invitation string `json:"invitation"`
	From       string `json:"from" personal:"true"`
	Key        string `json:"key"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Version    string `json:"version"`
	Requester  string `json:"requester,omitempty" personal:"true"`
	Technician string `json:"technician,omitempty" personal:"true"`
}

// SessionAccepted: the technician accepted who joined.
type SessionAccepted struct {
}

// PeerArrived: one side opened its socket.
type PeerArrived struct {
	Role string `json:"role"`
	From string `json:"from" personal:"true"`
}

// PeerLeft: one side's socket closed.
type PeerLeft struct {
	Role string `json:"role"`
}

// PeerSuperseded: a newer socket of the same side took over.
type PeerSuperseded struct {
	Role string `json:"role"`
}

// SessionEnded: the session is over.
type SessionEnded struct {
	Reason string `json:"reason"`
}

// TokenIssued: a token was signed.
type TokenIssued struct {
	Role    string    `json:"role"`
	Type    string    `json:"type"`
	TokenID string    `json:"tokenId"`
	Scope   string    `json:"scope"`
	Expires time.Time `json:"expires"`
}

// TokenRefused: a token or its proof was refused.
type TokenRefused struct {
	Role   string `json:"role,omitempty"`
	Reason string `json:"reason"`
	From   string `json:"from" personal:"true"`
}

// MessageRefused: a signaling message broke the protocol.
type MessageRefused struct {
	Role string `json:"role"`
	Code string `json:"code"`
}

// RelayAllocated: the relay gave one side an address.
type RelayAllocated struct {
	Role string `json:"role"`
}

// RelayDenied: the relay refused to serve or forward.
type RelayDenied struct {
	Role   string `json:"role,omitempty"`
	Reason string `json:"reason"`
}

// Countersigned: the technician signed the session's events so far, as SealStatement says; Key is the raw
// public key of the technician's side.
type Countersigned struct {
	Events    int64  `json:"events"`
	Root      []byte `json:"root"`
	Key       []byte `json:"key"`
	Signature []byte `json:"signature"`
}

// SessionSealed: nothing more is expected of a session. Events and Root are the number and the tree of all its
// events before this one. What is false was awaited and did not come.
type SessionSealed struct {
	Events     int64  `json:"events"`
	Root       []byte `json:"root"`
	Client     bool   `json:"client"`     // the client said that its statements are complete
	Technician bool   `json:"technician"` // the technician countersigned
}

// PersonErased: personal data beside the log was deleted; Subject is whose, as a session's or an account's id.
type PersonErased struct {
	Subject string `json:"subject"`
	Events  int64  `json:"events"`
}

// AuditExported: the log was read out.
type AuditExported struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

// PeerVerified: message 0 proved that the viewer is the link's maker; Viewer is its DTLS fingerprint,
// Key the thumbprint of its invite key, which countersigns the session.
type PeerVerified struct {
	Viewer string `json:"viewer"`
	Path   string `json:"path"`
	Key    string `json:"key,omitempty"`
}

// VerifyFailed: message 0 failed: nothing was shown.
type VerifyFailed struct {
	Reason string `json:"reason"`
}

// ConsentAsked: the consent window was shown.
type ConsentAsked struct {
	Scopes     string `json:"scopes"`
	Technician string `json:"technician"`
}

// ConsentGranted: the requester allowed; Grant is the grant as signed.
type ConsentGranted struct {
	Generation uint64 `json:"generation"`
	Asked      string `json:"asked"`
	Scopes     string `json:"scopes"`
	Viewer     string `json:"viewer"`
	Grant      []byte `json:"grant"`
	// Recipients are who can open the recording, as the person was told, when
	// recording was allowed.
	Recipients []string `json:"recipients,omitempty"`
}

// ConsentDeclined: the requester declined, or did not answer.
type ConsentDeclined struct {
	Asked  string `json:"asked"`
	Reason string `json:"reason"`
}

// RightsRevoked: rights went away; By says who or what took them: requester, technician, token, time, idle or locked.
type RightsRevoked struct {
	Generation uint64 `json:"generation"`
	Scopes     string `json:"scopes"`
	By         string `json:"by"`
}

// SharingPaused: the requester paused.
type SharingPaused struct {
}

// SharingResumed: the requester resumed.
type SharingResumed struct {
}

// ScopeViolation: the viewer sent what no grant allows.
type ScopeViolation struct {
	Message string `json:"message"`
	Needs   string `json:"needs"`
}

// CaptureStarted: the screen began to be shown.
type CaptureStarted struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// ControlStarted: the first input since control was granted.
type ControlStarted struct {
}

// ClientUnable: the client cannot do what was asked, for a reason of its machine.
type ClientUnable struct {
	Code string `json:"code"`
}

// ClientStopped: the client ended the session.
type ClientStopped struct {
	Reason string `json:"reason"`
}

// ClientSealed: the client's last statement of a session, but for an alarm that the requester raises afterwards. With
// it, its own chain shows that none is missing.
type ClientSealed struct {
}

func (BrokerStarted) kind() Kind     { return KindBrokerStarted }
func (BrokerStopped) kind() Kind     { return KindBrokerStopped }
func (TechnicianAdded) kind() Kind   { return KindTechnicianAdded }
func (SignInLinkMade) kind() Kind    { return KindSignInLinkMade }
func (SignedIn) kind() Kind          { return KindSignedIn }
func (SignInRefused) kind() Kind     { return KindSignInRefused }
func (SignedOut) kind() Kind         { return KindSignedOut }
func (TicketCreated) kind() Kind     { return KindTicketCreated }
func (TicketChanged) kind() Kind     { return KindTicketChanged }
func (NoteAdded) kind() Kind         { return KindNoteAdded }
func (InvitationCreated) kind() Kind { return KindInvitationCreated }
func (InvitationOpened) kind() Kind  { return KindInvitationOpened }
func (InvitationUnable) kind() Kind  { return KindInvitationUnable }
func (InvitationRevoked) kind() Kind { return KindInvitationRevoked }
func (InvitationExpired) kind() Kind { return KindInvitationExpired }
func (InvitationRefused) kind() Kind { return KindInvitationRefused }
func (SessionJoined) kind() Kind     { return KindSessionJoined }
func (SessionAccepted) kind() Kind   { return KindSessionAccepted }
func (PeerArrived) kind() Kind       { return KindPeerArrived }
func (PeerLeft) kind() Kind          { return KindPeerLeft }
func (PeerSuperseded) kind() Kind    { return KindPeerSuperseded }
func (SessionEnded) kind() Kind      { return KindSessionEnded }
func (TokenIssued) kind() Kind       { return KindTokenIssued }
func (TokenRefused) kind() Kind      { return KindTokenRefused }
func (MessageRefused) kind() Kind    { return KindMessageRefused }
func (RelayAllocated) kind() Kind    { return KindRelayAllocated }
func (RelayDenied) kind() Kind       { return KindRelayDenied }
func (AuditExported) kind() Kind     { return KindAuditExported }
func (PeerVerified) kind() Kind      { return KindPeerVerified }
func (VerifyFailed) kind() Kind      { return KindVerifyFailed }
func (ConsentAsked) kind() Kind      { return KindConsentAsked }
func (ConsentGranted) kind() Kind    { return KindConsentGranted }
func (ConsentDeclined) kind() Kind   { return KindConsentDeclined }
func (RightsRevoked) kind() Kind     { return KindRightsRevoked }
func (SharingPaused) kind() Kind     { return KindSharingPaused }
func (SharingResumed) kind() Kind    { return KindSharingResumed }
func (ScopeViolation) kind() Kind    { return KindScopeViolation }
func (CaptureStarted) kind() Kind    { return KindCaptureStarted }
func (ControlStarted) kind() Kind    { return KindControlStarted }
func (ClientUnable) kind() Kind      { return KindClientUnable }
func (ClientStopped) kind() Kind     { return KindClientStopped }
func (ClientSealed) kind() Kind      { return KindClientSealed }
func (Countersigned) kind() Kind     { return KindCountersigned }
func (SessionSealed) kind() Kind     { return KindSessionSealed }
func (PersonErased) kind() Kind      { return KindPersonErased }

// FromClient reports whether the kind is the client's to report.
func (k Kind) FromClient() bool {
	return len(k) > len("client.") && k[:len("client.")] == "client."
}

// Kinds lists the closed set, sorted.
func Kinds() []Kind { return slices.Sorted(maps.Keys(newData)) }
