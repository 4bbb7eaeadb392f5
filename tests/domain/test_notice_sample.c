#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "domain/notice_sample.h"
#include "domain/notice_words.h"

/* The beginning of a text up to its first place. */
static size_t plain_n(const char *text) { return strcspn(text, "{"); }

static void each_sample_shows_the_words_it_is_made_for(void **state)
{
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_int_equal(notice_samples(), notice_words_n);
    for (size_t i = 0; i < notice_samples(); i++) {
        const struct notice_words *words = &notice_words[i];
        const struct notice_sample sample = notice_sample(i);
        const char *subject = notice_subject(ctx, sample.kind, &sample.values), *body = notice_body(ctx, sample.kind, &sample.values);
        int paragraphs = 1;

        for (const char *at = body; (at = strstr(at, "\n\n")) != NULL; at += 2)
            paragraphs++;
        for (int n = 0; words->body[n] != NULL; n++)
            paragraphs--;
        if (strncmp(subject, words->subject, plain_n(words->subject)) != 0 || strncmp(body, words->body[0], plain_n(words->body[0])) != 0 ||
            paragraphs != 0)
            fail_msg("%zu, %s %s to %s by %s: %s: %s", i, notice_info(sample.kind)->code, sample.detail, sample.reader, sample.actor,
                     subject, body);
        assert_int_equal(notice_sms(ctx, sample.kind, &sample.values)[0] != '\0', sample.has_sms);
    }
    talloc_free(ctx);
}

static void every_kind_has_a_sample(void **state)
{
    bool seen[NOTICE_KINDS] = { false };

    (void)state;
    for (size_t i = 0; i < notice_samples(); i++)
        seen[notice_sample(i).kind] = true;
    for (int kind = 0; kind < NOTICE_KINDS; kind++)
        if (!seen[kind])
            fail_msg("%s", notice_info((enum notice_kind)kind)->code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sample_shows_the_words_it_is_made_for),
        cmocka_unit_test(every_kind_has_a_sample),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
