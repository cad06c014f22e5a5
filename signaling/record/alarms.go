package record

// AlarmRaised: the requester pressed "This feels wrong"; After says that the session was over then.
type AlarmRaised struct {
	After bool `json:"after"`
}

// SessionHeld: nothing that is kept of the session may be deleted from here on.
type SessionHeld struct {
	Reason string `json:"reason"`
}

// AlarmTold: the webhook took an alarm, at so many tries; To is its host.
type AlarmTold struct {
	To    string `json:"to"`
	Tries int    `json:"tries"`
}

// AlarmSeen: an administrator took an alarm up.
type AlarmSeen struct {
}

func (AlarmRaised) kind() Kind { return KindAlarmRaised }
func (SessionHeld) kind() Kind { return KindSessionHeld }
func (AlarmTold) kind() Kind   { return KindAlarmTold }
func (AlarmSeen) kind() Kind   { return KindAlarmSeen }
