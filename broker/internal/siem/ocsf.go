package siem

import (
	"encoding/json"
	"fmt"
	"strings"

	"beside/signaling/evidence"
	"beside/signaling/record"
)

// ocsfVersion is that of the schema whose classes are written.
const ocsfVersion = "1.3.0"

// Classes and activities of OCSF.
const (
	accountChange   = 3001
	authentication  = 3002
	lifecycle       = 6002
	apiActivity     = 6003
	activityOther   = 99
	statusSuccess   = 1
	statusFailure   = 2
	activityLogon   = 1
	activityLogoff  = 2
	activityCreate  = 1
	activityEnable  = 2
	activityDisable = 5
	activityStart   = 3
	activityStop    = 4
)

type class struct{ uid, activity int }

// classes says what an event is to OCSF; everything else is API activity of another
// kind than reading and writing.
var classes = map[record.Kind]class{
	record.KindSignedIn:        {authentication, activityLogon},
	record.KindSignInRefused:   {authentication, activityLogon},
	record.KindSignedOut:       {authentication, activityLogoff},
	record.KindDeviceSignedOut: {authentication, activityLogoff},
	record.KindTechnicianAdded: {accountChange, activityCreate},
	record.KindAccountEnabled:  {accountChange, activityEnable},
	record.KindAccountDisabled: {accountChange, activityDisable},
	record.KindBrokerStarted:   {lifecycle, activityStart},
	record.KindBrokerStopped:   {lifecycle, activityStop},
}

type product struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version"`
}

type named struct {
	Name string `json:"name,omitempty"`
	UID  string `json:"uid,omitempty"`
	Type string `json:"type,omitempty"`
}

type ocsfActor struct {
	User *named `json:"user"`
}

type ocsfEvent struct {
	Activity int    `json:"activity_id"`
	Category int    `json:"category_uid"`
	Class    int    `json:"class_uid"`
	Type     int    `json:"type_uid"`
	Time     int64  `json:"time"` // milliseconds since 1970
	Severity int    `json:"severity_id"`
	Status   int    `json:"status_id"`
	Message  string `json:"message"`
	Metadata struct {
		Version  string  `json:"version"`
		Product  product `json:"product"`
		Sequence int64   `json:"sequence"`
		UID      string  `json:"uid"`
		Log      string  `json:"log_name"`
		Code     string  `json:"event_code"`
	} `json:"metadata"`
	User     *named          `json:"user,omitempty"`
	Actor    *ocsfActor      `json:"actor,omitempty"`
	API      map[string]any  `json:"api,omitempty"`
	Source   *named          `json:"src_endpoint,omitempty"`
	Service  *named          `json:"service,omitempty"`
	App      *product        `json:"app,omitempty"`
	Unmapped json.RawMessage `json:"unmapped"`
}

// ocsf writes one event of the Open Cybersecurity Schema Framework. What has no place
// in its class is in unmapped: the ids and the event's own data.
func (w Writer) ocsf(e record.Event, data []byte) ([]byte, error) {
	c, ok := classes[e.Kind]
	if !ok {
		c = class{apiActivity, activityOther}
	}
	me := product{"Beside", "Beside", w.Version}
	out := ocsfEvent{
		Activity: c.activity, Category: c.uid / 1000, Class: c.uid, Type: 100*c.uid + c.activity, Time: e.Time.UnixMilli(),
		Severity: ocsfSeverity(severity(e)), Status: statusSuccess, Message: evidence.Told(e),
	}
	if e.Outcome == record.Denied || strings.HasSuffix(string(e.Kind), "refused") {
		out.Status = statusFailure
	}
	out.Metadata.Version, out.Metadata.Product, out.Metadata.Sequence, out.Metadata.UID = ocsfVersion, me, e.Seq, e.ID
	out.Metadata.Log, out.Metadata.Code = "audit", string(e.Kind)
	who := &named{UID: e.Actor.ID, Type: string(e.Actor.Kind)}
	if who.UID == "" {
		who.Name = string(e.Actor.Kind)
	}
	switch c.uid {
	case authentication:
		out.User, out.Service = who, &named{Name: "Beside"}
	case accountChange:
		out.User, out.Actor = who, &ocsfActor{User: who}
	case lifecycle:
		out.App = &me
	default:
		out.Actor, out.API = &ocsfActor{User: who}, map[string]any{"operation": string(e.Kind)}
		out.Source = &named{Name: string(e.Reporter)}
	}
	var err error
	if out.Unmapped, err = json.Marshal(map[string]any{"session": e.Session, "ticket": e.Ticket, "reporter": e.Reporter, "data": json.RawMessage(data)}); err != nil {
		return nil, fmt.Errorf("encode event %d: %w", e.Seq, err)
	}
	line, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode event %d: %w", e.Seq, err)
	}
	return append(line, '\n'), nil
}

// ocsfSeverity is 1 (informational) to 5 (critical).
func ocsfSeverity(n int) int {
	switch {
	case n >= 9:
		return 5
	case n >= 7:
		return 4
	case n >= 6:
		return 3
	case n >= 4:
		return 2
	}
	return 1
}
