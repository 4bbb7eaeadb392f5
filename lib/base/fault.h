/* fault.h - named places where a build made for tests can be made to fail, or to die. Compiled with -DFAULT_POINTS only; in every
 * other build they are nothing.
 *
 * A place is passed before a thing is done and after it. One fault is set at a time: from within, by a test, or from outside, by a
 * file whose path stands in MYPARTNER_FAULTS. That file holds one line, "before NAME N" or "after NAME N", and after these the name
 * of a program if it is to be one of its: whichever process is the first to be at that place for the N-th time since it began
 * removes the file and dies by SIGKILL. An empty file kills nobody. While there is one, the name of every place passed is added to
 * the file of the same name with ".seen", with that of the program. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

enum fault_side { FAULT_BEFORE = 1, FAULT_AFTER = 2 };
enum fault_kind { FAULT_CONNECT = 1, FAULT_READ = 2, FAULT_WRITE = 4, FAULT_COMMIT = 8 };

#define FAULT_DIE (-1)

struct fault {
    unsigned sides, kinds;   /* masks of places that count */
    int nth;                 /* 1: the first of them */
    bool lasts;              /* every later one too */
    int code;                /* of the error that the place answers with; FAULT_DIE: the process is killed */
};

#ifdef FAULT_POINTS
void fault_set(const struct fault *fault);   /* NULL: none. Counting begins anew */
int fault_count(void);                       /* places that counted since then */
/* The code that this place answers with now; 0: nothing is wrong. */
int fault_here(enum fault_side side, enum fault_kind kind, const char *name);
#else
static inline int fault_here(enum fault_side side, enum fault_kind kind, const char *name)
{
    (void)side;
    (void)kind;
    (void)name;
    return 0;
}
#endif

#endif
