#include <stdbool.h>

#include "base/config.h"
#include "base/config_table.h"

#define AT(section, key) #section, #key
#define IN(section, key) offsetof(struct config, section.key)

#define INT(section, key, preset, min, max, unit, paragraph) \
    { AT(section, key), CONFIG_INT, preset, min, max, unit, NULL, paragraph, IN(section, key) }
#define BOOL(section, key, preset, paragraph) \
    { AT(section, key), CONFIG_BOOL, preset, 0, 0, "", NULL, paragraph, IN(section, key) }
#define TEXT(section, key, preset, min, max, paragraph) \
    { AT(section, key), CONFIG_TEXT, preset, min, max, "", NULL, paragraph, IN(section, key) }
#define PATH(section, key, preset, min, paragraph) TEXT(section, key, preset, min, 150, paragraph)
#define WORDS(section, key, type, preset, min, choices, paragraph) \
    { AT(section, key), type, preset, min, 150, "", choices, paragraph, IN(section, key) }

#define MINUTE 60
#define HOUR 3600
#define DAY 86400

const struct config_row config_rows[] = {
    /* A path longer than 107 bytes does not fit into struct sockaddr_un. */
    TEXT(web, socket, "/run/mypartner/mypartner.sock", 0, 107,
         "Path of the FastCGI socket that the web server connects to. Empty: the socket is inherited as file descriptor 0, "
         "as systemd and spawn-fcgi pass it."),
    INT(web, workers, "6", 1, 256, "processes",
        "Worker processes. Each serves one request at a time and holds one database connection."),
    WORDS(web, public_url, CONFIG_ORIGIN, "https://partner.example.com", 1, "https http",
          "What people type to come here: scheme, host in lower case, and the port if it is not the usual one. It is put "
          "in mail, and a form sent from any other origin is refused."),
    BOOL(web, secure_cookies, "true",
         "Cookies are sent over TLS only. May be false only when public_url is plain http on this host, for a demo."),
    PATH(web, templates, SHARE "/templates", 1, "Folder of the page templates, with one folder a language."),
    PATH(web, messages, SHARE "/messages", 0,
         "Folder of the message catalogues, <lang>/LC_MESSAGES/mypartner.mo. Empty: texts in programs stay English."),
    INT(web, request_deadline_s, "15", 1, 120, "s",
        "A request that waited longer than this is dropped before it writes anything: the person has been told that it failed."),
    INT(web, body_max_bytes, "16384", 1024, 1048576, "bytes", "Largest body of a request. The web server should have the same limit."),
    INT(web, hash_slots, "2", 1, 64, "hashes",
        "Passwords hashed at once on this host. Each takes 128 * scrypt_r * 2^scrypt_log2_n bytes, so this bounds memory when "
        "many people sign in. Others wait a moment, then are asked to try again."),
    PATH(web, hash_lock, "/run/mypartner/hash.lock", 1, "File whose byte ranges are the hash slots; made when missing."),

    TEXT(database, hosts, "", 0, 150,
         "Database servers as host:port, host:port, tried in this order; all programs should have the same order. "
         "Empty: the socket below is used."),
    TEXT(database, socket, "/run/mysqld/mysqld.sock", 0, 107, "Unix socket of a database on this host; used when hosts is empty."),
    TEXT(database, name, "mypartner", 1, 64, "Name of the database."),
    TEXT(database, user, "mypartner_web", 1, 80, "Database account. The web program, the worker and mypartnerctl have one each."),
    PATH(database, password_file, "", 0,
         "File with the account's password in its first line. Empty: none, as with unix_socket accounts."),
    PATH(database, tls_ca, "",  0,
         "Certificates of the authorities that may vouch for a database server. Set: TLS with a checked certificate, or no "
         "connection. Empty: no TLS, right for a socket."),
    INT(database, connect_timeout_s, "3", 1, 60, "s", "A server that has not answered by then is passed over for the next one."),
    INT(database, statement_timeout_s, "5", 1, 300, "s", "A statement that runs longer is given up."),
    INT(database, lock_timeout_s, "3", 1, 300, "s", "A statement that waits longer for another's lock is given up and tried again."),

    PATH(secret, key_file, "/etc/mypartner/site.key", 1,
         "The site's key: 64 hex digits, not readable by others (mode 600 or 640). All hosts of one site have the same. Codes and "
         "one-time-password secrets are bound to it: whoever changes it makes them void."),
    INT(secret, scrypt_log2_n, "15", 10, 20, "", "Cost of a password hash: 2 to the power of this is scrypt's N."),
    INT(secret, scrypt_r, "8", 1, 32, "",
        "scrypt's block size; with N it sets the memory of one hash. Passwords are hashed again at the next sign-in when a "
        "cost changes. No hash may take more than a gibibyte."),
    INT(secret, scrypt_p, "3", 1, 16, "", "scrypt's parallelisation: multiplies time, not memory."),

    TEXT(site, support, "support@partner.example.com", 1, 150, "Shown wherever a page says whom to ask: an address, a number or a URL."),
    WORDS(site, zone, CONFIG_ZONE, "UTC", 1, NULL,
          "Time zone of dates on pages and in mail for people who chose none, and of the calendar that three months are counted in. "
          "A name of the tz database, such as Asia/Singapore."),
    TEXT(site, name, "the cloud", 1, 100, "What texts call the cloud platform."),
    BOOL(site, mask_names, "false",
         "A partner's pages show names of customers masked until somebody asks for full names; that is logged and lasts for "
         "the session."),

    INT(session, idle_s, "1800", 1 * MINUTE, 1 * DAY, "s", "A session ends when nothing was done in it for so long."),
    INT(session, idle_platform_s, "900", 1 * MINUTE, 1 * DAY, "s", "The same for users of the platform."),
    INT(session, absolute_s, "43200", 5 * MINUTE, 30 * DAY, "s", "A session ends this long after sign-in, whatever was done."),
    INT(session, absolute_platform_s, "28800", 5 * MINUTE, 30 * DAY, "s", "The same for users of the platform."),
    INT(session, step_up_s, "600", 1 * MINUTE, 1 * DAY, "s",
        "Changes to who may act for an account, and how it proves itself, need the password again when it was last given longer "
        "ago than this."),

    INT(code, digits, "6", 6, 10, "digits", "Length of a verification code."),
    INT(code, ttl_s, "600", 1 * MINUTE, 1 * HOUR, "s", "A code works this long."),
    INT(code, resend_s, "60", 1, 1 * HOUR, "s", "A new code can be asked for after this time."),
    INT(code, tries, "5", 1, 20, "", "A code is void after so many wrong tries."),
    INT(code, sends_per_hour, "5", 1, 1000, "", "Codes sent in an hour for one purpose of one account, at most."),
    INT(code, sends_per_day, "10", 1, 10000, "", "The same in a day."),
    INT(code, failures_lock, "20", 1, 1000, "",
        "Wrong tries add up over all codes of one purpose; at this many the purpose is locked and the other channel told."),
    INT(code, lock_s, "86400", 1 * MINUTE, 30 * DAY, "s", "Length of that lock."),
    INT(code, grant_s, "600", 1 * MINUTE, 1 * DAY, "s", "A proven code may be used to submit for so long."),

    INT(request, draft_s, "86400", 5 * MINUTE, 30 * DAY, "s", "Answers of an unfinished request are kept this long."),
    INT(request, deadline_s, "864000", 1 * MINUTE, 365 * DAY, "s", "The other side has this long to answer a request (ten days)."),
    INT(request, escalation_s, "864000", 1 * MINUTE, 365 * DAY, "s",
        "A request that went to the platform for want of an answer ends after this long without a decision."),
    INT(request, grace_days, "15", 0, 365, "days",
        "A resource that could not be charged keeps working in part this long, counted from when the charge was due, where no "
        "row for its site and tier says otherwise."),
    INT(request, retention_days, "15", 0, 365, "days", "After that its data is kept this long, then deleted for good."),

    BOOL(association, default_freeze, "true",
         "A customer that accepts an invitation starts frozen (its account, not its resources) until the partner unfreezes it."),
    INT(association, invitation_ttl_s, "604800", 5 * MINUTE, 90 * DAY, "s", "An invitation sent by mail works this long (seven days)."),
    INT(association, invitation_sends, "5", 1, 100, "", "An invitation is sent at most so often, the first time included."),
    INT(association, invitations_per_day, "200", 1, 100000, "", "Invitations a partner may make in a day."),
    INT(association, invitation_codes, "20", 1, 10000, "",
        "Codes for registering that are sent in a day on one invitation, to whatever addresses: a link that got about is no way to flood "
        "strangers with mail."),

    WORDS(mail, transport, CONFIG_CHOICE, "off", 1, "smtp file off",
          "How mail leaves: smtp; file, which writes each message into a folder, for a demo; off, which leaves them queued."),
    PATH(mail, folder, "", 0, "Folder for transport = file."),
    WORDS(mail, url, CONFIG_URL, "smtp://127.0.0.1:25", 0, "smtp smtps", "The mail server for transport = smtp."),
    TEXT(mail, user, "", 0, 100, "Account at the mail server. Empty: none."),
    PATH(mail, password_file, "", 0, "File with its password in the first line."),
    PATH(mail, ca_file, "", 0, "Certificates of the authorities that may vouch for the mail server. Empty: the system's."),
    BOOL(mail, starttls, "false",
         "Demand STARTTLS with a checked certificate on an smtp:// connection. False only for a server on this host."),
    WORDS(mail, from, CONFIG_EMAIL, "", 0, NULL, "Address that mail is sent from; needed by smtp and file."),
    INT(mail, timeout_s, "20", 1, 300, "s", "A mail server that takes longer is tried again later."),
    INT(mail, give_up_s, "172800", 1 * MINUTE, 30 * DAY, "s", "A message that could not be delivered for so long is dead and shown to ops."),

    WORDS(sms, transport, CONFIG_CHOICE, "off", 1, "http file off",
          "How text messages leave: http, to a gateway that speaks Kannel's interface; file; off. As for mail."),
    PATH(sms, folder, "", 0, "Folder for transport = file."),
    WORDS(sms, url, CONFIG_URL, "", 0, "https http", "The gateway for transport = http."),
    TEXT(sms, user, "", 0, 100, "Account at the gateway."),
    PATH(sms, password_file, "", 0, "File with its password in the first line."),
    TEXT(sms, from, "", 0, 20, "Sender that the gateway is told: a number or a short name. Empty: the gateway's own."),
    INT(sms, timeout_s, "10", 1, 300, "s", "A gateway that takes longer is tried again later."),
    INT(sms, give_up_s, "14400", 1 * MINUTE, 30 * DAY, "s", "A message that could not be delivered for so long is dead and shown to ops."),

    INT(worker, poll_ms, "250", 10, 60000, "ms", "The worker looks for new work this often."),
    PATH(worker, checkpoints, "/var/lib/mypartner/checkpoints", 0,
         "File outside the database to which the heads of the operation log's chains are written and signed; mypartnerctl verify-log "
         "compares it. Best on a disk that the database's administrators cannot change. Empty: none."),
    PATH(worker, checkpoint_key_file, "", 0,
         "Private key (Ed25519, PEM) that the checkpoints are signed with: `openssl genpkey -algorithm ed25519`. For the worker alone; "
         "the others need only the public one. Without it nothing is published."),
    PATH(worker, checkpoint_public_file, "", 0,
         "Its public key (PEM), by which mypartnerctl verify-log knows what is genuine: `openssl pkey -pubout`."),
    INT(worker, checkpoint_s, "60", 1, 1 * DAY, "s", "How often they are written."),
    PATH(worker, exports, "", 0,
         "Folder of the exports of the operation log that are asked for in the browser: the worker writes there, the web server reads "
         "and hands out by X-Accel-Redirect, nobody else may. Empty: only mypartnerctl export-log. For web program and worker alike."),
    INT(worker, export_ttl_s, "86400", 1 * MINUTE, 30 * DAY, "s", "So long such a file is kept; then the worker deletes it."),

    WORDS(payment, provider, CONFIG_CHOICE, "off", 1, "demo off",
          "Who charges customers that no partner pays for: demo, which takes no money and agrees to every charge; off, when another "
          "system charges and what came of it is imported."),

    PATH(test, clock_file, "", 0,
         "For tests: a file with a number of seconds that is added to the clock. Empty, as everywhere else: the real clock."),
};
const size_t config_rows_n = sizeof config_rows / sizeof *config_rows;
