package record

import "time"

// ScheduleChanged: a report that is made by the clock was added or removed.
type ScheduleChanged struct {
	Schedule string `json:"schedule"`
	Change   string `json:"change"`
}

// ReportMade: a report of a period was made by the clock, and is sent by so many mails.
type ReportMade struct {
	Schedule string    `json:"schedule"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"` // not in it
	Mails    int       `json:"mails"`
}

// The kinds of reports.
const (
	KindScheduleChanged Kind = "report.schedule_changed"
	KindReportMade      Kind = "report.made"
)

func (ScheduleChanged) kind() Kind { return KindScheduleChanged }
func (ReportMade) kind() Kind      { return KindReportMade }
