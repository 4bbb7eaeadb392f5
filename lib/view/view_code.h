/* view_code.h - the code step: {{>CODE}}, part_code.html. Where the code goes, the field for it, and asking for another. */
#ifndef VIEW_VIEW_CODE_H
#define VIEW_VIEW_CODE_H

#include "domain/code.h"
#include "view/page.h"

enum view_code_mode {
    VIEW_CODE_NO_CHANNEL,    /* nowhere to send it */
    VIEW_CODE_SEND,          /* choose where, or just send */
    VIEW_CODE_ENTER,         /* one is out */
    VIEW_CODE_VERIFIED       /* proven, and good until grant_expires_at */
};

struct view_code {
    enum view_code_mode mode;
    const char *check_action, *send_action;   /* paths of the forms */
    const char *change_href;                  /* the same page, asking where to send */
    const char *back_href;
    const char *next_href;                    /* VERIFIED: the step after */
    const char *add_href;                     /* NO_CHANNEL: where to add one */
    int64_t revision;
    struct code_channels channels;
    enum channel channel;                     /* chosen before or just now; CHANNEL_NONE */
    bool is_choosing;                         /* both channels are there and the person may choose */
    bool is_again;                            /* a code was sent before: "Send a new code" */
    int64_t digits;
    int64_t expires_at;                       /* ENTER: the code; VERIFIED: the grant */
    int64_t may_send_at;                      /* INSTANT_NONE: at once */
    const char *sentence;                     /* above the form: what the code is for; "" if none */
    const char *typed;                        /* into the field, to be shown again */
};

/* Faults of the fields "code", "channel" and "send" of the page are shown beside them. */
void view_code_fill(struct page *page, const struct view_code *code);

/* "We sent a 6-digit code by text message to the mobile number ending in 0188." */
char *view_code_sent(const void *ctx, enum channel channel, const char *address, int64_t digits);

#endif
