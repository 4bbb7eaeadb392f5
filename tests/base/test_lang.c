#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"
#include "support/rows.h"

static void languages_are_found_by_exact_tag(void **state)
{
    (void)state;
    assert_string_equal(lang_find("en")->folder, "en");
    assert_string_equal(lang_find("zh-Hans")->folder, "zh_CN");
    assert_null(lang_find("zh"));
    assert_null(lang_find("EN"));
    assert_null(lang_find(""));
    assert_null(lang_find(NULL));
}

static void each_language_offers_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < langs_n; i++) {
        assert_non_null(lang_find(langs[i].other));
        assert_string_not_equal(langs[i].other, langs[i].tag);
    }
}

static const struct header { const char *claim, *header, *tag; } headers[] = {
    { "no_header_is_english", NULL, "en" },
    { "empty_header_is_english", "", "en" },
    { "chinese_is_chinese", "zh-CN", "zh-Hans" },
    { "script_is_chinese", "zh-Hans", "zh-Hans" },
    { "script_and_region_are_chinese", "zh-Hans-SG", "zh-Hans" },
    { "language_alone_is_chinese", "zh", "zh-Hans" },
    { "case_does_not_matter", "ZH-hans-cn", "zh-Hans" },
    { "chrome_in_china", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans" },
    { "chrome_in_taiwan_takes_its_second_wish", "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-Hans" },
    { "traditional_alone_is_english", "zh-TW", "en" },
    { "traditional_script_is_english", "zh-Hant-HK", "en" },
    { "english_first_is_english", "en-GB,en;q=0.9,zh-CN;q=0.8", "en" },
    { "weight_counts_not_place", "en;q=0.5, zh-CN;q=0.6", "zh-Hans" },
    { "place_decides_between_equals", "zh-CN, en", "zh-Hans" },
    { "english_before_chinese_of_equal_weight", "en, zh-CN", "en" },
    { "other_language_is_passed_over", "de-DE,de;q=0.9,zh-SG;q=0.3", "zh-Hans" },
    { "only_other_languages_are_english", "de-DE,fr;q=0.5", "en" },
    { "anything_is_english", "*", "en" },
    { "anything_but_english_is_chinese", "en;q=0, *;q=0.1", "zh-Hans" },
    { "weight_zero_is_not_wanted", "zh;q=0", "en" },
    { "blanks_around_are_fine", "  de ;q=0.9 ,\tzh-CN ; q=0.8", "zh-Hans" },
    { "weight_of_three_digits", "en;q=0.123,zh;q=0.124", "zh-Hans" },
    { "weight_above_one_is_passed_over", "zh;q=1.5", "en" },
    { "weight_of_letters_is_passed_over", "zh;q=a, en;q=0.1", "en" },
    { "parameter_of_another_name_is_passed_over", "zh;level=1", "en" },
    { "longer_word_is_another_language", "zhx", "en" },
    { "english_prefix_is_another_language", "eng", "en" },
    { "commas_alone_are_english", ",,,", "en" },
    { "invalid_bytes_are_english", "\xFF\xFE,\x01", "en" },
    { "rest_behind_rubbish_counts", "!!,zh", "zh-Hans" },
};

static void check_header(void **state)
{
    const struct header *row = *state;

    assert_string_equal(lang_accept(row->header)->tag, row->tag);
}

static void endless_header_ends(void **state)
{
    static char header[100000];

    (void)state;
    for (size_t i = 0; i + 4 < sizeof header; i += 3)
        memcpy(header + i, "de,", 4);
    memcpy(header + sizeof header - 3, "zh", 3);
    assert_string_equal(lang_accept(header)->tag, "en");
}

/* --- gettext ------------------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/test_lang.XXXXXX";

static void put_number(unsigned char *at, uint32_t number)
{
    memcpy(at, &number, sizeof number);
}

/* A message catalogue of one text, in the form that gettext's manual calls "The Format of GNU MO Files". */
static void write_catalogue(const char *path, const char *from, const char *to)
{
    static const char head[] = "Content-Type: text/plain; charset=UTF-8\n";
    unsigned char file[512] = { 0 };
    uint32_t ids = 28, texts = ids + 16, at = texts + 16;
    const char *const strings[] = { "", from, head, to };
    FILE *out = fopen(path, "wb");

    assert_non_null(out);
    put_number(file, 0x950412deU);
    put_number(file + 8, 2);
    put_number(file + 12, ids);
    put_number(file + 16, texts);
    put_number(file + 24, at);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t n = (uint32_t)strlen(strings[i]);

        put_number(file + ids + 8 * i, n);
        put_number(file + ids + 8 * i + 4, at);
        memcpy(file + at, strings[i], n + 1);
        at += n + 1;
    }
    assert_int_equal(fwrite(file, 1, at, out), at);
    assert_int_equal(fclose(out), 0);
}

static void texts_follow_the_language(void **state)
{
    char path[200];

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/zh_CN", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/zh_CN/LC_MESSAGES", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/zh_CN/LC_MESSAGES/mypartner.mo", folder);
    write_catalogue(path, "Sign out", "退出");

    lang_init("");
    lang_use(lang_find("zh-Hans"));
    assert_string_equal(_("Sign out"), "Sign out");       /* no messages: English */

    lang_init(folder);
    assert_string_equal(_("Sign out"), "Sign out");       /* begins in English */
    for (int i = 0; i < 3; i++) {
        char place[32];

        lang_use(lang_find("zh-Hans"));
        /* A text is not taken for another that lay in its place. */
        (void)snprintf(place, sizeof place, "Nothing known");
        assert_string_equal(lang_text(place), "Nothing known");
        (void)snprintf(place, sizeof place, "Sign out");
        assert_string_equal(lang_text(place), "退出");
        assert_string_equal(_("Sign out"), "退出");
        assert_string_equal(_("A text without translation"), "A text without translation");
        lang_use(lang_find("en"));
        assert_string_equal(_("Sign out"), "Sign out");
    }

    assert_int_equal(unlink(path), 0);
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0);
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, languages_are_found_by_exact_tag);
    ROWS_TEST(&rows, each_language_offers_another);
    ROWS_TABLE(&rows, check_header, headers);
    ROWS_TEST(&rows, endless_header_ends);
    ROWS_TEST(&rows, texts_follow_the_language);
    return ROWS_RUN(&rows);
}
