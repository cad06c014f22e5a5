package window

/*
#include <malloc.h>

static void give_back(void) {
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
*/
import "C"

// giveBack returns what the graphics driver freed to the system. Each window's
// loop is a thread of its own, for which glibc keeps a heap: without this every
// window ever opened costs 8 MB more.
func giveBack() { C.give_back() }
