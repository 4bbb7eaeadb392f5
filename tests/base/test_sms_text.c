#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sms_text.h"
#include "support/rows.h"

/* n times `piece`, then `last`. */
static char *repeated(const char *piece, size_t n, const char *last)
{
    char *text = mem_array(NULL, char, strlen(piece) * n + strlen(last) + 1);

    for (size_t i = 0; i < n; i++)
        strcat(text, piece);
    return strcat(text, last);
}

struct boundary { const char *claim, *piece; size_t n; const char *last; enum sms_alphabet alphabet; size_t units, segments; };
static const struct boundary boundaries[] = {
    { "nothing_is_one_segment", "", 0, "", SMS_GSM7, 0, 1 },
    { "one_hundred_and_sixty_are_one", "a", 160, "", SMS_GSM7, 160, 1 },
    { "one_more_is_two", "a", 161, "", SMS_GSM7, 161, 2 },
    { "two_times_153_are_two", "a", 306, "", SMS_GSM7, 306, 2 },
    { "one_more_is_three", "a", 307, "", SMS_GSM7, 307, 3 },
    { "a_bracket_takes_two_places", "a", 158, "[", SMS_GSM7, 160, 1 },
    { "so_it_is_too_long_by_one", "a", 159, "[", SMS_GSM7, 161, 2 },
    { "the_euro_sign_takes_two_places", "€", 80, "", SMS_GSM7, 160, 1 },
    /* 76 pairs are 152 of the first 153: the next pair is not torn, so 153 pairs need three. */
    { "a_pair_is_not_torn_between_segments", "{", 153, "", SMS_GSM7, 306, 3 },
    { "letters_of_the_alphabet_with_accents", "éüßñÅΩ", 26, "", SMS_GSM7, 156, 1 },
    { "seventy_chinese_are_one", "码", 70, "", SMS_UCS2, 70, 1 },
    { "one_more_chinese_is_two", "码", 71, "", SMS_UCS2, 71, 2 },
    { "two_times_67_are_two", "码", 134, "", SMS_UCS2, 134, 2 },
    { "one_more_chinese_is_three", "码", 135, "", SMS_UCS2, 135, 3 },
    { "one_character_outside_makes_all_of_it_ucs2", "a", 69, "’", SMS_UCS2, 70, 1 },
    { "and_shortens_the_room", "a", 70, "’", SMS_UCS2, 71, 2 },
    { "beyond_the_basic_plane_takes_two_units", "😀", 35, "", SMS_UCS2, 70, 1 },
    /* 33 pairs are 66 of 67: the next is not torn. */
    { "a_surrogate_pair_is_not_torn", "😀", 67, "", SMS_UCS2, 134, 3 },
    { "the_grave_accent_is_outside", "`", 1, "", SMS_UCS2, 1, 1 },
    { "a_tabulator_is_outside", "\t", 1, "", SMS_UCS2, 1, 1 },
    { "line_feeds_are_inside", "\n", 160, "", SMS_GSM7, 160, 1 },
};

static void length_is(void **state)
{
    const struct boundary *row = *state;
    char *text = repeated(row->piece, row->n, row->last);
    struct sms_length length = sms_length(text);

    assert_int_equal(length.alphabet, row->alphabet);
    assert_int_equal(length.units, row->units);
    assert_int_equal(length.segments, row->segments);
    talloc_free(text);
}

/* All of the basic alphabet, in its own order (TS 23.038, table 6.2.1), without the escape. */
static void the_whole_alphabet_is_inside(void **state)
{
    static const char all[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
                              "¿abcdefghijklmnopqrstuvwxyzäöñüà";
    struct sms_length length = sms_length(all);

    (void)state;
    assert_int_equal(length.alphabet, SMS_GSM7);
    assert_int_equal(length.units, 127);
    length = sms_length("\f^{}\\[~]|€");
    assert_int_equal(length.alphabet, SMS_GSM7);
    assert_int_equal(length.units, 20);
}

struct plain { const char *claim, *text, *plain; };
static const struct plain plains[] = {
    { "quotes_and_dashes_become_plain", "“It wasn’t you” – no…", "\"It wasn't you\" - no..." },
    { "accents_that_are_inside_stay", "Müller & Søn, Énergie", "Müller & Søn, Énergie" },
    { "accents_that_are_outside_go", "Škoda, Łódź a.s.", "Škoda, Łódź a.s." },   /* Ł has no decomposition: nothing changes */
    { "letters_with_marks_lose_them", "Škoda Plzeň", "Skoda Plzen" },
    { "written_in_two_they_are_joined_first", "Mu\xCC\x88ller", "Müller" },
    { "what_cannot_be_plain_stays_as_it_is", "“北风云”", "“北风云”" },
};

static void plain_is(void **state)
{
    const struct plain *row = *state;
    char *text = sms_plain(NULL, row->text);

    assert_string_equal(text, row->plain);
    talloc_free(text);
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TABLE(&rows, length_is, boundaries);
    ROWS_TEST(&rows, the_whole_alphabet_is_inside);
    ROWS_TABLE(&rows, plain_is, plains);
    return ROWS_RUN(&rows);
}
