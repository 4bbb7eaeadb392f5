/* golden.h - what a page looked like when somebody last looked at it. */
#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H

#include <stddef.h>

/* Compares text with tests/golden/<name>.html and fails the test where they first differ. With UPDATE_GOLDEN=1 in the
 * environment the file is written instead; then read the diff. Leave nothing in it that changes by itself: fixed time,
 * fixed tokens. A file that does not exist is a failure. */
void golden_check(const char *name, const char *text, size_t n);

#endif
