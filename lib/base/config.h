/* config.h - one ini file, one table.
 *
 * The table in config_table.c gives each key its section, type, default, range, unit and a paragraph; `mypartner -o` prints it,
 * and that is the manual. Unknown keys and sections, repeated keys and values out of range are errors that name the line.
 * Secrets are paths to files, never values.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct config {
    struct {
        const char *socket;             /* path of the FastCGI socket; "" = inherited as fd 0 */
        int64_t workers;                /* processes */
        const char *public_url;         /* "https://partner.example.com", no slash at the end: in mail, and for Origin */
        bool secure_cookies;            /* false only for plain http on loopback */
        const char *templates;          /* folder with one folder a language */
        const char *messages;           /* folder with <lang>/LC_MESSAGES/mypartner.mo */
        int64_t request_deadline_s;     /* older work is dropped before any write */
        int64_t body_max_bytes;
        int64_t hash_slots;             /* password hashes at once on this host */
        const char *hash_lock;          /* file whose byte ranges are the slots */
    } web;
    struct {
        const char *hosts;              /* "host:port, host:port" in order, or "" with a socket */
        const char *socket;
        const char *name;
        const char *user;
        const char *password_file;
        const char *tls_ca;             /* "" = no TLS */
        int64_t connect_timeout_s, statement_timeout_s, lock_timeout_s;
    } database;
    struct {
        const char *key_file;           /* the site's key */
        int64_t scrypt_log2_n, scrypt_r, scrypt_p;
    } secret;
    struct {
        const char *support;            /* shown wherever a page says "contact support" */
        const char *zone;               /* display and calendar zone */
        const char *name;               /* of the cloud platform, in texts */
        bool mask_names;                /* partners see full names of customers only when they ask for them */
    } site;
    struct {
        int64_t idle_s, idle_platform_s, absolute_s, absolute_platform_s;
        int64_t step_up_s;              /* a proof of the password counts so long */
    } session;
    struct {
        int64_t digits, ttl_s, resend_s, tries, sends_per_hour, sends_per_day, failures_lock, lock_s, grant_s;
    } code;
    struct {
        int64_t draft_s;                /* wizard answers are kept */
        int64_t deadline_s;             /* a request waits this long */
        int64_t escalation_s;           /* and this long after it was escalated */
        int64_t grace_days, retention_days;
    } request;
    struct {
        bool default_freeze;            /* new customers of a reseller start frozen */
        int64_t invitation_ttl_s;       /* a mailed invitation works this long */
        int64_t invitation_sends;       /* it is sent so often at most */
        int64_t invitations_per_day;    /* a partner makes so many at most */
        int64_t invitation_codes;       /* registration codes a day, whoever holds the link */
    } association;
    struct {
        const char *transport;          /* smtp, file, off */
        const char *folder;             /* file: where */
        const char *url;                /* smtp://host:25, smtps://host:465 */
        const char *user, *password_file, *ca_file;
        bool starttls;                  /* demanded, certificate checked */
        const char *from;               /* address */
        int64_t timeout_s;
        int64_t give_up_s;
    } mail;
    struct {
        const char *transport;          /* http, file, off */
        const char *folder, *url, *user, *password_file, *from;
        int64_t timeout_s, give_up_s;
    } sms;
    struct {
        int64_t poll_ms;
        const char *checkpoints;        /* file outside the database for the log's chain heads */
        const char *checkpoint_key_file, *checkpoint_public_file;   /* "": none */
        int64_t checkpoint_s;
        const char *exports;            /* folder of the log's exports; "": none in the browser */
        int64_t export_ttl_s;
    } worker;
    struct {
        const char *provider;           /* demo, off */
    } payment;
    struct {
        const char *clock_file;         /* "" = the real clock; otherwise clock_use_test_file() */
    } test;
};

/* Reads `path`; everything lives in ctx. ERR_INPUT with file, line and what was expected. Relative paths in it are taken
 * as they are (relative to the working directory). */
const struct err *config_load(const void *ctx, const char *path, struct config **config);

/* The defaults alone; for tests and the manual. */
struct config *config_defaults(const void *ctx);

/* The manual: every key with default, range, unit and paragraph, as an ini file one could start from. */
void config_manual(FILE *out);

/* The first line of a secret file, without its newline, in ctx; an empty path gives "". Errors name the path. */
const struct err *config_secret(const void *ctx, const char *path, char **secret);

#endif
