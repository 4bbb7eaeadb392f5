/* code_queue.h - a verification code on its way: its rules, what it is bound to, how it is budgeted, sealed and queued.
 *
 * Who may ask for a code, and what a right one is good for, is decided by those who call this.
 */
#ifndef ACTION_CODE_QUEUE_H
#define ACTION_CODE_QUEUE_H

#include "action/act.h"
#include "domain/code.h"

struct code_policy code_rules(const struct config *config);

/* Binds digits to purpose, account, target, session and destination: the same digits elsewhere prove nothing. */
void code_mac(const struct act *act, const struct code *code, const char *digits, unsigned char mac[SECRET_DIGEST_BYTES]);

enum code_queued {
    CODE_QUEUED,
    CODE_QUEUE_TOO_MANY,     /* for this account or address; *at is when there is room */
    CODE_QUEUE_PAUSED        /* nobody gets any: the number's range or the whole channel is used up; *at as before */
};
/* Makes a code: stores it and queues its message, sealed, within the running transaction. code: all but id, state, mac and the
 * times that code_prove() sets; id and mac are filled. about: whom and what it concerns; code, action, until and host are
 * filled here. The account's message is in `lang`. Unless it is CODE_QUEUED the transaction is to be rolled back. */
const struct err *code_queue(struct act *act, struct code *code, const struct notice_values *about, const char *lang,
                             enum code_queued *queued, int64_t *at);

#endif
