/* faulty_proxy.h - stands in front of a server on loopback, in a process of its own: each connection fares another way, and with
 * some the server is killed at a chosen point of the message. The point is reached by construction, not by waiting. */
#ifndef TESTS_SUPPORT_FAULTY_PROXY_H
#define TESTS_SUPPORT_FAULTY_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum fate {
    FATE_WELL,
    FATE_REFUSE,            /* hangs up at once */
    FATE_BUSY,              /* says that it is too busy, and hangs up */
    FATE_SILENT,            /* never says a word */
    FATE_DROP,              /* hangs up when the server has taken the message, before we hear of it */
    FATE_KILL_IN_TEXT,      /* the server has half of the text and is killed */
    FATE_KILL_UNANSWERED,   /* it has all of the text and is killed before it has said anything to it */
    FATE_KILL_AFTER,        /* it has taken the message and is killed before we hear of it */
    FATES
};

/* What is known of a protocol and of the server that speaks it. */
struct proxied {
    int port;
    const char *busy;                                  /* what a busy one says */
    const char *asks_for_text, *takes;                 /* how its answers begin that ask for the text ("": it need not ask), and take it */
    bool (*is_whole)(const char *text, size_t n);      /* all of the message's text is there */
    void (*hold)(void);                                /* from its return on the server dies, or stands, rather than answer a text */
    void (*kill_and_start)(enum fate fate);            /* -9, then anew; one at a time; returns when it listens */
    const enum fate *fates;                            /* of the first connections in turn that the server takes; the rest fare well */
    size_t fates_n;
};

struct faulty_proxy { int port; pid_t pid; int *seen; };   /* seen: how often, by fate, and how many connections */

/* Ends with this program at the latest. */
struct faulty_proxy faulty_proxy_start(const struct proxied *server);
/* How many connections have met this fate to its end so far: a server that refused to take a message was not killed after it. */
int faulty_proxy_met(const struct faulty_proxy *proxy, enum fate fate);
void faulty_proxy_end(struct faulty_proxy *proxy);

#endif
