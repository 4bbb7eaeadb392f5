/* notice_sample.h - values to show each text of a notice with: for previews, and for tests that send them all. */
#ifndef DOMAIN_NOTICE_SAMPLE_H
#define DOMAIN_NOTICE_SAMPLE_H

#include "domain/notice.h"

/* How many texts there are: a kind has one for each reader, actor and detail that it is worded for. */
size_t notice_samples(void);

struct notice_sample {
    enum notice_kind kind;
    const char *reader, *actor;      /* "customer", "partner", "anyone"; of the actor also "platform" */
    const char *detail;              /* "ACCOUNT", "SUBMIT", …; "" if it makes no difference */
    bool has_sms;
    struct notice_values values;     /* every place filled */
};
/* The i-th. Names and times are made up. */
struct notice_sample notice_sample(size_t i);

#endif
