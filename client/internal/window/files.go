package window

// FilesState is what the window of files shows.
type FilesState struct {
	Party
	Technician string
	Files      []FileLine // in the order in which they began
	Folder     string     // where files come to, when it can be opened; else empty
}

// FileLine is one file. Its name is as it came: the window shows it as text.
type FileLine struct {
	Name        string
	Size, Moved int64
	Out         bool // from this machine to the technician
	State       FileState
}

// FileState is how a file stands.
type FileState string

// The states.
const (
	FilePicking FileState = "picking" // the person is asked which one
	FileMoving  FileState = "moving"
	FileDone    FileState = "done"   // it is there, as it was sent
	FileFailed  FileState = "failed" // stopped, or it came to nothing
)

// Files is the window in which the person sees what moves, and stops it.
type Files interface {
	// Set replaces what it shows. It returns at once.
	Set(s FilesState)
	// Stops delivers the places in FilesState.Files that the person stopped.
	Stops() <-chan int
	// Opens has a token when the person wants to see the folder.
	Opens() <-chan struct{}
	// Closed is closed when the window is gone, by whomever.
	Closed() <-chan struct{}
	// Close takes the window away and waits until it is gone.
	Close()
}

// PickFile asks the person for a file.
type PickFile struct {
	Party
	Technician string
}
