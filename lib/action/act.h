/* act.h - what every action is given, and the transaction around it.
 *
 * An action is one transaction that checks, changes, logs and queues notices. Its outcome is a value: done, or refused for a
 * reason that the page shows. Errors are for faults only.
 */
#ifndef ACTION_ACT_H
#define ACTION_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"
#include "base/secret.h"
#include "domain/account.h"
#include "domain/notice.h"
#include "domain/operation.h"
#include "store/db.h"

/* Keys an action may need, derived from the site's key by act_keys(). */
struct act_keys {
    struct secret_key code;      /* HMAC of verification codes */
    struct secret_key outbox;    /* sealing of secrets in the outbox, opened by the worker */
    struct secret_key token;     /* invitation and reset links */
    struct secret_key factor;    /* sealing of second factors in the database */
    struct secret_key receipt;   /* addresses at which gateways report */
};
void act_keys(const struct secret_key *site_key, struct act_keys *keys);

struct act {
    const void *mem;                 /* results live here */
    struct db *db;
    const struct config *config;
    const struct act_keys *keys;
    int64_t now;
    const struct actor *actor;       /* never NULL; the system acts with act_system() */
    const char *ip, *http_id;        /* for the log; "" outside a web request */
    const char *lang;                /* of the page, for what is ticked */

    /* One-time key of the form that asked; NULL outside a web request (then nothing is recorded). */
    const unsigned char *once_digest;
    const char *route;               /* pattern the form was sent to */
    const char *location;            /* in: where success leads, "{no}" stands for a request's number. Out: filled */

    bool may_enrol;                  /* in: it leads somebody who has no second factor yet, and needs one, to it */
    bool is_done;                    /* out: it happened, now or when this very form came before */
    bool is_replay;                  /* out: it had happened before; outcome values are not filled then */
};

extern const struct actor *const act_system;   /* role 0, kind PLATFORM, id 0 */

/* Runs `work` as one transaction together with the form's one-time key, while the actor's session holds and its user has the
 * role that the actor has, and the second factor that who runs the platform must have; otherwise ERR_SIGNED_OUT. `work` returns NULL when it did what was asked,
 * act_refuse() when it will not (everything is rolled back; the reason is in its argument), or an error.
 * A form that was used before: is_done and is_replay, location is where the first use led. A commit whose outcome is not
 * known is looked up by the key: found → done; not found → ERR_BUSY, nothing was changed; no answer → ERR_UNCERTAIN. */
const struct err *act_run(struct act *act, const struct err *(*work)(struct db *db, void *arg), void *arg);
const struct err *act_refuse(void);
/* After a failure: `work` takes back what was done ahead of it, though the connection may be lost, or the time for the request be over.
 * Uses no one-time key. Returns `err`, whatever comes of it. */
const struct err *act_take_back(struct act *act, const struct err *(*work)(struct db *db, void *arg), void *arg, const struct err *err);
/* Looks the form's one-time key up: sets is_done, is_replay and location when it was used before. For a page that does a
 * thing in two transactions: asked before the first, and again before a refusal is shown. */
const struct err *act_seen_before(struct act *act);
/* Fills {no} of act->location; called by `work` of actions that make or move a request. */
void act_locate(struct act *act, const char *request_no);

/* Nothing happens before what it follows from, though clocks of two hosts differ or one was set back: act->now becomes `at` if that is
 * later. INSTANT_NONE changes nothing. */
void act_not_before(struct act *act, int64_t at);

/* Appends a row to the log for this actor, within the transaction: fields that are the actor's, the time, ip and http_id
 * are filled here; chain_id is the row's association_id. For an anonymous actor account_id, user_id, user_name and
 * initiated_by stay as they are given. Object and remark are cut to
 * what the row has room for. Late in the transaction: the chain is locked from here on. */
const struct err *act_log(struct act *act, struct operation_row *row);

/* Queues a notice for an account: inbox row, one delivery for its verified email, one for its SMS where the kind is sent by
 * SMS, as far as the account has chosen these channels (what concerns security goes by both). `event` is unique for what happened (e.g. "R123-COMPLETED"); with the account it makes the event key, so
 * that nobody is told twice. Language: as notice_lang() has it. link "" for none. */
const struct err *act_notify(struct act *act, int64_t account_id, enum notice_kind kind, const struct notice_values *values,
                             const char *link, int64_t request_id, const char *event);
/* The same of both sides at once, in fewer statements; each of another account. */
struct act_notice {
    int64_t account_id;
    enum notice_kind kind;
    const struct notice_values *values;
    const char *link;                /* NULL for none */
    int64_t request_id;
    const char *event;
};
#define ACT_NOTICES_MAX NOTICE_RECIPIENTS_MAX
const struct err *act_notify_all(struct act *act, const struct act_notice *notices, size_t n);

/* An instant as notices keep it, "2026-11-22T14:02:11Z": the view tells it in the reader's language and zone. In act->mem. */
const char *act_time(const struct act *act, int64_t at);

/* The side the actor stands on; SIDE_SYSTEM for act_system. */
enum side act_side(const struct act *act);
/* May this actor act for that account at all (its own)? Asked of database rows inside each action. */
bool act_is_own(const struct act *act, int64_t account_id);

#endif
