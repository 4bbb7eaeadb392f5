/* The code step in each of its states; what the template needs is all there, and the words are right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "support/golden.h"
#include "view/view_code.h"

static const char *const tags[] = { "en", "zh-Hans" };
static void *mem;
static struct page *page;
static struct contact email = { .id = 1, .channel = CHANNEL_EMAIL, .address = "jane@acme.example" };
static struct contact sms = { .id = 2, .channel = CHANNEL_SMS, .address = "+4915100000188" };
static struct view_code code;

static int load(void **state)
{
    (void)state;
    return tpl_load(TEST_BUILD "/templates", tags, 2) == NULL ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    mem = talloc_new(NULL);
    page = page_new(mem, "disassociate_verify");
    page->title = "Verify";
    page->now = 1781524800 * CLOCK_SECOND;   /* 2026-06-15T12:00:00Z */
    code = (struct view_code){
        .mode = VIEW_CODE_SEND, .check_action = "/v", .send_action = "/v/send", .change_href = "/v?change=1", .back_href = "/back",
        .next_href = "/next", .revision = 7, .channels = { &email, NULL }, .channel = CHANNEL_EMAIL, .digits = 6,
        .expires_at = page->now + 10 * CLOCK_MINUTE, .may_send_at = INSTANT_NONE, .sentence = "", .typed = ""
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const char *shown_in(const char *lang)
{
    struct buf *out = buf_new(mem, 8192);

    page->lang = lang;
    view_code_fill(page, &code);
    assert_null(page_render(page, out));
    assert_string_equal(tpl_missing(), "");
    return out->bytes;
}

static const char *shown(void) { return shown_in("en"); }

static void sees(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("not there: %s\n%s", part, text);
}

static void one_channel_needs_no_choice(void **state)
{
    const char *text = shown();

    (void)state;
    sees(text, "We will send a code to j***@acme.example.");
    sees(text, "name=\"channel\" value=\"EMAIL\"");
    sees(text, "name=\"rev\" value=\"7\"");
    sees(text, ">Send code</button>");
    assert_null(strstr(text, "type=\"radio\""));
    assert_null(strstr(text, "another way"));
}

static void two_channels_are_offered_and_none_is_chosen(void **state)
{
    (void)state;
    code.channels.sms = &sms;
    code.channel = CHANNEL_NONE;
    code.is_choosing = true;
    const char *text = shown();
    sees(text, "Where should we send your code?");
    sees(text, "Text message to the mobile number ending in 0188");
    sees(text, "Email to j***@acme.example");
    assert_null(strstr(text, " checked"));
}

static void missing_choice_is_told_beside_it_and_linked(void **state)
{
    (void)state;
    code.channels.sms = &sms;
    code.channel = CHANNEL_NONE;
    code.is_choosing = true;
    page_fault(page, "channel", "Select where to send the code");
    const char *text = shown();
    sees(text, "href=\"#channel\">Select where to send the code</a>");
    sees(text, "id=\"channel-error\">Select where to send the code</p>");
    sees(text, "type=\"radio\" name=\"channel\" id=\"channel\"");
}

static void typed_choice_stays(void **state)
{
    (void)state;
    code.channels.sms = &sms;
    code.channel = CHANNEL_SMS;
    code.is_choosing = true;
    sees(shown(), "value=\"SMS\" checked");
}

static void field_is_made_for_pasting_and_filling_in(void **state)
{
    (void)state;
    code.mode = VIEW_CODE_ENTER;
    code.is_again = true;
    code.channels.sms = &sms;
    const char *text = shown();
    sees(text, "autocomplete=\"one-time-code\" inputmode=\"numeric\" maxlength=\"16\" autocapitalize=\"off\" "
               "spellcheck=\"false\" dir=\"ltr\"");
    sees(text, "6 digits. The code works until 12:10. You can paste it.");
    sees(text, ">OK</button>");
    sees(text, ">Send a new code</button>");
    sees(text, "href=\"/v?change=1\">Send it another way</a>");
    assert_null(strstr(text, "autofocus"));
}

static void spam_folder_is_named_for_email_alone(void **state)
{
    (void)state;
    code.mode = VIEW_CODE_ENTER;
    code.channels.sms = &sms;
    code.channel = CHANNEL_EMAIL;
    sees(shown(), "Check your spam folder");
    page = page_new(mem, "disassociate_verify");
    code.channel = CHANNEL_SMS;
    const char *text = shown();
    sees(text, "It can take up to 2 minutes.");
    assert_null(strstr(text, "spam"));
}

static void wrong_code_stays_in_the_field_with_its_words(void **state)
{
    (void)state;
    code.mode = VIEW_CODE_ENTER;
    code.typed = "12\"<34";
    page_fault(page, "code", "The code is not correct. You have 4 attempts left");
    const char *text = shown();
    sees(text, "value=\"12&quot;&lt;34\"");
    sees(text, "id=\"code-error\">The code is not correct. You have 4 attempts left</p>");
    sees(text, "href=\"#code\">The code is not correct. You have 4 attempts left</a>");
    sees(text, "aria-describedby=\"code-hint code-error\" aria-invalid=\"true\"");
}

static void wait_is_told_by_the_clock_and_counted_down(void **state)
{
    (void)state;
    code.mode = VIEW_CODE_ENTER;
    code.may_send_at = page->now + 45 * CLOCK_SECOND - 1;
    const char *text = shown();
    sees(text, "You can ask for another code from 12:00:44.");
    sees(text, "class=\"cd cd-45\"");
}

static void long_wait_has_no_countdown(void **state)
{
    (void)state;
    code.may_send_at = page->now + 61 * CLOCK_SECOND;
    const char *text = shown();
    sees(text, "You can ask for another code from 12:01:01.");
    assert_null(strstr(text, "cd-"));
}

static void wait_that_is_over_is_not_told(void **state)
{
    (void)state;
    code.may_send_at = page->now;
    assert_null(strstr(shown(), "You can ask for another code"));
}

static void without_a_channel_the_contacts_are_offered(void **state)
{
    (void)state;
    code.mode = VIEW_CODE_NO_CHANNEL;
    code.channels.email = NULL;
    code.add_href = "/contacts?return=verify";
    const char *text = shown();
    sees(text, "Add an email address or mobile number to your account, then come back.");
    sees(text, "href=\"/contacts?return=verify\">Add contact details</a>");
    assert_null(strstr(text, "id=\"send\""));
}

static void someone_proven_goes_on(void **state)
{
    (void)state;
    code.mode = VIEW_CODE_VERIFIED;
    const char *text = shown();
    sees(text, "You are verified until 12:10.");
    sees(text, "href=\"/next\">");
}

static void sentence_stands_above_the_form(void **state)
{
    (void)state;
    code.sentence = "You are about to reject the request of Acme & Co";
    sees(shown(), "<p>You are about to reject the request of Acme &amp; Co</p>");
}

static void sent_message_names_the_place_in_words(void **state)
{
    (void)state;
    assert_string_equal(view_code_sent(mem, CHANNEL_SMS, sms.address, 6),
                        "We sent a 6-digit code by text message to the mobile number ending in 0188.");
    assert_string_equal(view_code_sent(mem, CHANNEL_EMAIL, email.address, 6),
                        "We sent a 6-digit code by email to j***@acme.example.");
}

static void every_state_is_complete_in_each_language(void **state)
{
    (void)state;
    for (int mode = VIEW_CODE_NO_CHANNEL; mode <= VIEW_CODE_VERIFIED; mode++) {
        page = page_new(mem, "disassociate_verify");
        page->title = "Verify";
        page->now = code.expires_at - CLOCK_MINUTE;
        code.mode = (enum view_code_mode)mode;
        code.may_send_at = code.expires_at;
        (void)shown_in("zh-Hans");
    }
}

static void code_step_looks_as_it_did(void **state)
{
    (void)state;
    code.mode = VIEW_CODE_ENTER;
    code.channels.sms = &sms;
    code.channel = CHANNEL_SMS;
    code.is_again = true;
    code.typed = "482 913";
    code.may_send_at = page->now + 12 * CLOCK_SECOND;
    page_fault(page, "code", "The code is not correct. You have 3 attempts left");
    const char *text = shown();
    golden_check("part_code", text, strlen(text));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_channel_needs_no_choice), TEST(two_channels_are_offered_and_none_is_chosen),
        TEST(missing_choice_is_told_beside_it_and_linked), TEST(typed_choice_stays),
        TEST(field_is_made_for_pasting_and_filling_in), TEST(wrong_code_stays_in_the_field_with_its_words),
        TEST(spam_folder_is_named_for_email_alone),
        TEST(wait_is_told_by_the_clock_and_counted_down), TEST(long_wait_has_no_countdown), TEST(wait_that_is_over_is_not_told),
        TEST(without_a_channel_the_contacts_are_offered), TEST(someone_proven_goes_on), TEST(sentence_stands_above_the_form),
        TEST(sent_message_names_the_place_in_words), TEST(every_state_is_complete_in_each_language), TEST(code_step_looks_as_it_did),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
