#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "notify/channel.h"
#include "support/rows.h"

static const struct message mail = {
    .event_id = "evt-1", .to = "pat@acme.example", .subject = "Grüße", .text = "Hello\n", .html = "<p>Hello</p>\n",
    .lang = "en", .preferences_url = "", .at = 0,
};
static const struct message sms = {
    .event_id = "evt-2", .to = "+6591234567", .subject = "", .text = "481516 is your code.\n\n@partner.example.com #481516",
    .html = "", .lang = "en", .preferences_url = "", .is_secret = true,
};

static char folder[64];

static int folder_make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/mypartner-test-file.XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int is_no_dot(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* All names in the folder, hidden ones too, sorted; the caller frees. */
static int names_in_folder(struct dirent ***names)
{
    return scandir(folder, names, is_no_dot, alphasort);
}

static void names_free(struct dirent **names, int n)
{
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

static int folder_remove(void **state)
{
    struct dirent **names;
    int n = names_in_folder(&names);
    char path[400];

    (void)state;
    for (int i = 0; i < n; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        (void)unlink(path);
    }
    names_free(names, n);
    return rmdir(folder);
}

/* The one file there is; its name goes to `name`. */
static char *only_file(char name[256])
{
    struct dirent **names;
    int n = names_in_folder(&names), fd;
    char path[400], *text = mem_array(NULL, char, 10000);
    struct stat status;

    assert_int_equal(n, 1);
    (void)snprintf(name, 256, "%s", names[0]->d_name);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    names_free(names, n);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_true(read(fd, text, 9999) > 0);
    (void)close(fd);
    return text;
}

static struct channel_result sent(struct notify_channel *channel, const struct message *message)
{
    struct channel_result result = { .response_code = -1 };

    channel->send(channel, message, &result);
    return result;
}

static void email_is_one_whole_file_for_its_owner(void **state)
{
    struct notify_channel *channel = channel_file_email(NULL, folder, "noreply@partner.example.com", "mypartner");
    struct channel_result result = sent(channel, &mail);
    char name[256], *text = only_file(name), *expected;

    (void)state;
    assert_int_equal(result.outcome, CHANNEL_DELIVERED);
    assert_int_equal(result.response_code, 0);
    assert_null(message_build(channel, &mail, "noreply@partner.example.com", "mypartner", &expected));
    assert_string_equal(text, expected);
    assert_string_equal(name + strlen(name) - 4, ".eml");
    talloc_free(text);
    talloc_free(channel);
}

static void sms_is_number_empty_line_text(void **state)
{
    struct notify_channel *channel = channel_file_sms(NULL, folder);
    struct channel_result result = sent(channel, &sms);
    char name[256], *text = only_file(name);

    (void)state;
    assert_int_equal(result.outcome, CHANNEL_DELIVERED);
    assert_string_equal(text, "To: +6591234567\n\n481516 is your code.\n\n@partner.example.com #481516");
    assert_string_equal(name + strlen(name) - 4, ".sms");
    assert_null(strstr(result.detail, "481516"));
    talloc_free(text);
    talloc_free(channel);
}

static void name_tells_the_time(void **state)
{
    struct notify_channel *channel = channel_file_sms(NULL, folder);
    char name[256], before[64], after[64];
    struct civil now = clock_civil(clock_now(), "UTC");

    (void)state;
    (void)snprintf(before, sizeof before, "%04d%02d%02dT%02d%02d%02d", now.year, now.month, now.day, now.hour, now.minute, now.second);
    (void)sent(channel, &sms);
    now = clock_civil(clock_now(), "UTC");
    (void)snprintf(after, sizeof after, "%04d%02d%02dT%02d%02d%02d~", now.year, now.month, now.day, now.hour, now.minute, now.second);
    talloc_free(only_file(name));
    assert_true(strcmp(name, before) > 0);
    assert_true(strcmp(name, after) < 0);
    assert_int_equal(name[15], '.');
    assert_int_equal(strspn(name + 16, "0123456789"), 6);
    assert_int_equal(strncmp(name + 22, "Z-", 2), 0);
    talloc_free(channel);
}

static void names_sort_in_the_order_of_sending(void **state)
{
    struct notify_channel *channel = channel_file_sms(NULL, folder);
    struct message message = sms;
    struct dirent **names;
    int n;

    (void)state;
    for (int i = 0; i < 30; i++) {
        char text[32], path[400], found[64] = "";
        FILE *file;

        (void)snprintf(text, sizeof text, "number %d", i);
        message.text = text;
        assert_int_equal(sent(channel, &message).outcome, CHANNEL_DELIVERED);
        n = names_in_folder(&names);
        assert_int_equal(n, i + 1);
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        names_free(names, n);
        file = fopen(path, "re");
        assert_non_null(file);
        assert_true(fread(found, 1, sizeof found - 1, file) > 0);
        (void)fclose(file);
        assert_string_equal(strstr(found, "\n\n") + 2, text);
    }
    talloc_free(channel);
}

static void missing_folder_is_for_later(void **state)
{
    struct notify_channel *channel = channel_file_sms(NULL, "/tmp/mypartner-test-no-such-folder");
    struct channel_result result = sent(channel, &sms);

    (void)state;
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_non_null(strstr(result.detail, "No such file"));
    assert_null(strchr(result.detail, '\n'));
    talloc_free(channel);
}

/* What a full disk looks like to write(2), nearly: EFBIG. bytes < 0 lifts the limit. */
static void limit_file_size(long bytes)
{
    struct rlimit limit;

    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < 0 ? limit.rlim_max : (rlim_t)bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void full_disk_is_for_later_and_leaves_nothing(void **state)
{
    struct notify_channel *channel = channel_file_email(NULL, folder, "noreply@partner.example.com", "mypartner");
    struct channel_result result;
    struct dirent **names;
    struct message message = mail;
    char *big = mem_array(channel, char, 300000);
    int n;

    (void)state;
    memset(big, 'x', 299999);
    message.text = big;
    limit_file_size(100000);
    result = sent(channel, &message);
    limit_file_size(-1);
    assert_int_equal(result.outcome, CHANNEL_LATER);
    n = names_in_folder(&names);
    assert_int_equal(n, 0);
    names_free(names, n);
    talloc_free(channel);
}

static void address_with_a_second_line_is_refused_and_leaves_nothing(void **state)
{
    struct notify_channel *channel = channel_file_email(NULL, folder, "noreply@partner.example.com", "mypartner");
    struct message message = mail;
    struct dirent **names;
    int n;

    (void)state;
    message.to = "pat@acme.example\r\nBcc: eve@acme.example";
    assert_int_equal(sent(channel, &message).outcome, CHANNEL_REFUSED);
    talloc_free(channel);
    channel = channel_file_sms(NULL, folder);
    message.to = "+6591234567\nTo: +6590000000";
    assert_int_equal(sent(channel, &message).outcome, CHANNEL_REFUSED);
    n = names_in_folder(&names);
    assert_int_equal(n, 0);
    names_free(names, n);
    talloc_free(channel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(email_is_one_whole_file_for_its_owner, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(sms_is_number_empty_line_text, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(name_tells_the_time, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(names_sort_in_the_order_of_sending, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(missing_folder_is_for_later, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(full_disk_is_for_later_and_leaves_nothing, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(address_with_a_second_line_is_refused_and_leaves_nothing, folder_make, folder_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
