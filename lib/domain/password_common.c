#include <stddef.h>
#include <string.h>

#include "base/secret.h"

#include "domain/password_common.h"
#include "domain/sign_in.h"

#define TRIMMED_MAX 10   /* more than this around a word is a password of its own */
#define PERIOD_MAX 4     /* "abcabcabcabc" has 3 */

/* Whole passwords. */
static const char *const whole[] = {
    "1q2w3e4r5t6y", "1q2w3e4r5t6y7u8i", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "1qazxsw23edc", "!qaz2wsx#edc", "zaq12wsxcde3",
    "zaq1xsw2cde3", "qazwsxedcrfv", "qazwsxedcrfvtgb", "qwertyuiopas", "qwertyuiopasdf", "qwertyuiopasdfghjkl",
    "qwertyuiop[]", "qwertyuiop{}", "q1w2e3r4t5y6", "q1w2e3r4t5y6u7i8", "asdfghjkl123", "asdfghjklzxc", "asdfghjkl;'\\",
    "asdfqwerzxcv", "zxcvbnmasdfg", "zxcvbnmasdfghjkl", "qweasdzxc123", "123qweasdzxc", "qwe123asd456", "poiuytrewqlk",
    "abc123abc123", "a1b2c3d4e5f6", "1a2b3c4d5e6f", "aa123456aa123456", "123456789abc", "123456789qwe",
    "1234qwerasdf", "1234567890-=", "!@#$%^&*()_+", "147258369147", "147258369000", "159753456852", "112233445566",
    "121212121212", "123123123123", "123321123321", "123456123456", "1234567891011",
    "123456789123", "123456789987654321", "1234567887654321", "987654321000", "0987654321qwerty", "314159265358",
    "3141592653589793", "correcthorsebatterystaple", "correct horse battery staple", "correct-horse-battery-staple",
    "thequickbrownfox", "the quick brown fox", "tobeornottobe", "to be or not to be", "letmeinplease",
    "iloveyousomuch", "iloveyouforever", "ilovemyfamily",
    "jesuslovesme", "happybirthday", "merrychristmas", "happynewyear",
    "manchesterunited", "maytheforcebewithyou", "nevergonnagiveyouup",
    "donttellanyone", "nopasswordhere", "idontknowmypassword", "forgotmypassword", "thisismypassword",
    "thisisapassword", "mypasswordis", "passwordispassword", "notmypassword", "supersecretpassword", "trustno1trustno1",
    "woaini1314520", "woaini520520", "woaini1314521", "147852369qwe", "qwerty123qwerty", "1qaz@wsx#edc",
    "admin@123456", "p@ssw0rdp@ssw0rd", "changemeplease", "defaultpassword", "temporarypassword",
    "initialpassword", "companypassword", "wifipassword"
};

/* Words, looked at after the figures and signs around them are gone and look-alikes are read as letters. */
static const char *const words[] = {
    "password", "passwort", "passphrase", "passcode", "passw", "mypassword", "newpassword", "oldpassword", "yourpassword",
    "testpassword", "adminpassword", "userpassword", "rootpassword", "pass", "pwd", "qwerty", "qwertyuiop", "qwertz",
    "qwertzuiop", "azerty", "azertyuiop", "asdf", "asdfgh", "asdfghjkl", "zxcv", "zxcvbn", "zxcvbnm", "qwer", "qwe", "asd",
    "abc", "abcd", "abcdef", "abcdefg", "aaa", "welcome", "welcometo", "letmein", "iloveyou", "ilove", "loveyou", "admin",
    "administrator", "root", "toor", "guest", "user", "username", "login", "master", "superuser", "sysadmin", "system",
    "manager", "default", "changeme", "change", "changeit", "secret", "topsecret", "test", "testing", "tester", "demo",
    "example", "sample", "temp", "temporary", "monkey", "dragon", "shadow", "sunshine", "princess", "football", "baseball",
    "basketball", "superman", "batman", "spiderman", "pokemon", "starwars", "michael", "jordan", "jessica", "ashley",
    "charlie", "daniel", "jennifer", "thomas", "computer", "internet", "samsung", "google", "facebook", "microsoft",
    "windows", "linux", "apple", "killer", "freedom", "whatever", "trustno", "hello", "helloworld", "goodbye", "family",
    "spring", "summer", "autumn", "winter", "january", "february", "march", "april", "june", "july", "august", "september",
    "october", "november", "december", "monday", "friday", "sunday", "london", "paris", "berlin", "beijing", "shanghai",
    "woaini", "mima", "mypartner", "partner", "customer", "reseller", "cloud", "cloudpartner", "huawei", "huaweicloud",
    "letmeinnow", "openthedoor", "opensesame", "ilovemywife", "ilovejesus", "jesuschrist", "godisgood",
    "realmadrid", "fcbarcelona", "harrypotter", "idontknow", "changemenow"
};

static bool is_listed(const char *text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

/* "aaaaaaaaaaaa", "abcabcabcabc", "121212121212". */
static bool is_periodic(const char *text, size_t n)
{
    for (size_t period = 1; period <= PERIOD_MAX && 3 * period <= n; period++)
        if (memcmp(text, text + period, n - period) == 0)
            return true;
    return false;
}

/* "abcdefghijkl", "210987654321": each byte next to the one before, 9 and 0 being neighbours. */
static bool is_run(const char *text, size_t n)
{
    int step = text[1] - text[0];

    if (step == 9 || step == -9)
        step = step > 0 ? -1 : 1;
    if (step != 1 && step != -1)
        return false;
    for (size_t i = 1; i < n; i++) {
        int found = text[i] - text[i - 1];

        if (found != step && found != -9 * step)
            return false;
    }
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Reads look-alikes as letters. */
static void plain(char *text)
{
    static const char signs[] = "0134578@$!|", letters[] = "oieastbasil";

    for (; *text != '\0'; text++) {
        const char *sign = strchr(signs, *text);

        if (sign != NULL)
            *text = letters[sign - signs];
    }
}

/* One of the words, or one of them again and again. */
static bool is_word(const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t word_n = strlen(words[i]), at = 0;

        while (at < n && strncmp(text + at, words[i], word_n) == 0)
            at += word_n;
        if (at == n && n > 0)
            return true;
    }
    return false;
}

/* Trims figures and signs at the end, and at the start when asked to, for "$ecret" begins with a look-alike. */
static bool is_dressed_word(const char *lowered, bool at_start)
{
    char text[PASSWORD_MAX_BYTES + 1];
    size_t n = strlen(lowered), end = n, start = 0;
    bool is_common = false;

    while (end > 0 && !is_letter(lowered[end - 1]))
        end--;
    while (at_start && start < end && !is_letter(lowered[start]))
        start++;
    if (n - (end - start) <= TRIMMED_MAX) {
        memcpy(text, lowered + start, end - start);
        text[end - start] = '\0';
        plain(text);
        is_common = is_word(text);
        secret_wipe(text, sizeof text);
    }
    return is_common;
}

bool password_is_common(const char *lowered)
{
    size_t n = strlen(lowered);

    if (n < 2 || n > PASSWORD_MAX_BYTES)
        return false;
    return is_periodic(lowered, n) || is_run(lowered, n) || is_listed(lowered, whole, sizeof whole / sizeof whole[0]) ||
        is_dressed_word(lowered, true) || is_dressed_word(lowered, false);
}
