package control

// Channel is one of the data channels of a connection. Both ends make all of
// them, alike and by number (negotiated out of band, RFC 8831 §6.4). A channel
// that one end opens in band (RFC 8832) can say that it is open at the other end
// before it carries anything: browsers then lose what is sent first, which is
// message 0.
type Channel struct {
	Label string `json:"label"`
	ID    uint16 `json:"id"`    // of its SCTP streams
	Lossy bool   `json:"lossy"` // unordered and never sent again; else ordered and reliable
}

// Channels lists the data channels. control is the last, so that the others are
// open when it opens.
func Channels() []Channel {
	return []Channel{
		{Label: ChannelDisplay, ID: 0},
		{Label: ChannelRepeat, ID: 1, Lossy: true},
		{Label: ChannelPointer, ID: 2, Lossy: true},
		{Label: ChannelFiles, ID: 4},
		{Label: ChannelControl, ID: 3},
	}
}
