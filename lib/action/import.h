/* import.h - facts from the platform's own billing system, line by line from a file, all or nothing. */
#ifndef ACTION_IMPORT_H
#define ACTION_IMPORT_H

#include "action/act.h"
#include "domain/import_line.h"

#define IMPORT_FAULTS_MAX 50

/* Where lines come from. */
struct import_input {
    const char *source;             /* names the sending system: import_source_is_good() */
    /* The next line, without its end, good until the next call; *bytes NULL at the end. A line longer than
     * IMPORT_LINE_MAX_BYTES is given cut, with *n greater than that. Neither this nor progress() may use the act's connection:
     * lines before are on their way through it. */
    const struct err *(*next)(void *arg, const char **bytes, size_t *n);
    /* Told now and then how many lines were read, and once with is_applying when all were; may be NULL. */
    void (*progress)(void *arg, int64_t lines, bool is_applying);
    void *arg;
};

enum import_outcome {
    IMPORT_DONE,
    IMPORT_FAULTY,     /* faults tell what is wrong; nothing was changed */
    IMPORT_BUSY        /* another import is running; nothing was changed */
};

struct import_line_fault { int64_t line; const char *field, *what; };   /* field "" when the line as a whole is meant */

struct import_result {
    enum import_outcome outcome;
    int64_t lines;                              /* read, empty ones excepted */
    int64_t changed[IMPORT_KINDS];              /* lines that changed something; a link of two accounts counts for both */
    struct import_line_fault faults[IMPORT_FAULTS_MAX];   /* by line; texts in act->mem */
    size_t faults_n;
    bool has_more_faults;                       /* reading was given up, or more were found */
};

/* Lines wait in a table of their own until all are good; then one transaction checks them against the database and each other
 * and applies them. Memory does not grow with the file. Touched customers are bumped, told of in the log (one row each, and the
 * transitions of new associations and of resources that the file restores or releases), those whose account was frozen or unfrozen,
 * or whose resource left grace or retention, are notified. */
const struct err *import_facts(struct act *act, const struct import_input *input, struct import_result *result);

#endif
