/* test_sms.h - what the fake SMSC of tests/support/private_kannel.sh got: the messages as a phone would show them. */
#ifndef TEST_SMS_H
#define TEST_SMS_H

#include <stdbool.h>
#include <stddef.h>

struct test_sms { char from[32], to[32], text[2000]; int segments; bool is_ucs2; };

/* All that is in the SMSC's output `path` so far, oldest first; at most `max`. Segments are joined, so that a message counts once
 * its last one is there; aborts on what it cannot read. */
size_t test_sms_read(const char *path, struct test_sms *out, size_t max);

#endif
