/* fail.h - allocations, reads and writes of this very process that fail when they are told to: the C library's functions, replaced in
 * the test program, so that those of the libraries fail as well. */
#ifndef TESTS_SUPPORT_FAIL_H
#define TESTS_SUPPORT_FAIL_H

#include <stdbool.h>

enum fail_kind { FAIL_ALLOCATION, FAIL_READ, FAIL_WRITE };

/* Whether this build can make such calls fail: the sanitizers have an allocator of their own. */
bool fail_is_possible(enum fail_kind kind);
/* From now on counts calls of this kind, and fails the n-th. */
void fail_set(enum fail_kind kind, int nth);
/* Nothing fails any more; how many calls there were. */
int fail_end(void);

#endif
