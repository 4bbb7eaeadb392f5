/* real_site.h - the whole program on the test's own database: nginx, web workers and job workers as processes, reached by sockets.
 *
 * Everything lies in a folder of its own and listens on loopback or unix sockets; all ends with the test program. Forms are made
 * without asking for their page: the keys are the test's. */
#ifndef TESTS_SUPPORT_REAL_SITE_H
#define TESTS_SUPPORT_REAL_SITE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/secret.h"
#include "domain/account.h"
#include "support/test_world.h"

#define REAL_SITE_JOB_WORKERS 2

struct real_site {
    char folder[64];
    int port;
    pid_t nginx, web, jobs[REAL_SITE_JOB_WORKERS], receipts;
    struct secret_key csrf_key, once_key;
};

/* Started once for each program, with nobody's data; fails the test when it does not answer. Job workers stand still until
 * real_site_jobs_run(). */
struct real_site *real_site_start(void);
/* The same, with text messages through the Kannel at this URL (mypartner, secret), which reports to /sms-receipt: nginx hands
 * that on to mypartner_receipt by the lines that deploy/sms_gateway.md shows. */
struct real_site *real_site_start_with_gateway(const char *url);
/* The time that its programs see is `at`, and runs on from there. */
void real_site_clock_at(struct real_site *site, int64_t at);
void real_site_jobs_run(struct real_site *site, int n);    /* the first n of them */
void real_site_jobs_stand(struct real_site *site);

/* The cookie of this actor's session, which gets a new token; in world->mem. */
const char *real_site_token(struct world *world, const struct actor *actor);

/* One POST and its answer. */
struct shot {
    int fd;
    char *bytes;        /* the whole request */
    char *answer;       /* all that came back */
    int status;         /* 0: the connection ended without an answer */
    const char *location;
};

/* The form of `page` (a pattern), sent to `path`; each call makes another one-time key. fields begin with "&". */
struct shot real_site_form(struct real_site *site, struct world *world, const char *token, const char *page, const char *path,
                           const char *fields);
/* Sends all of them but for the last byte of each, then `before` (may be NULL), then all last bytes together, and takes the
 * answers. Each answer must be a whole one. */
void real_site_volley(struct real_site *site, struct world *world, struct shot *shots, size_t n, void (*before)(void));
size_t shots_with(const struct shot *shots, size_t n, int status);

/* Runs every file of db/invariants; prints what breaks one and answers how many are broken. */
int real_site_broken_invariants(struct world *world);

#endif
