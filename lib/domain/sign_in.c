#include <stddef.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"

#include "domain/password_common.h"
#include "domain/sign_in.h"

#define FREE_FAILURES 4
#define WAIT_MAX_S 900
#define LOGIN_PART_MIN 3      /* shorter ones turn up in ordinary words */
#define REST_MIN_POINTS 8     /* what must stand besides the login */

int64_t sign_in_wait_s(int64_t failures)
{
    int64_t wait_s = 1;

    if (failures <= FREE_FAILURES)
        return 0;
    for (int64_t i = FREE_FAILURES + 1; i < failures && wait_s < WAIT_MAX_S; i++)
        wait_s *= 2;
    return wait_s < WAIT_MAX_S ? wait_s : WAIT_MAX_S;
}

/* ASCII lower case; out has room for n + 1. */
static void lower(const char *text, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    out[n] = '\0';
}

/* Takes every occurrence of `part` out of text; true if there was one. */
static bool cut_all(char *text, const char *part)
{
    size_t part_n = strlen(part);
    bool was_there = false;
    char *at;

    while ((at = strstr(text, part)) != NULL) {
        memmove(at, at + part_n, strlen(at + part_n) + 1);
        was_there = true;
    }
    return was_there;
}

/* Changes `lowered`, which is done with afterwards. */
static bool is_mostly_login(char *lowered, const char *login)
{
    char part[PASSWORD_MAX_BYTES + 1];
    size_t login_n = login == NULL ? 0 : strlen(login);
    bool holds_login;

    if (login_n < LOGIN_PART_MIN || login_n > PASSWORD_MAX_BYTES)
        return false;
    lower(login, login_n, part);
    holds_login = cut_all(lowered, part);
    part[strcspn(part, "@")] = '\0';
    if (strlen(part) >= LOGIN_PART_MIN)
        holds_login = cut_all(lowered, part) || holds_login;
    return holds_login && text_points(lowered) < REST_MIN_POINTS;
}

enum password_fault password_judge(const char *password, const char *login)
{
    char lowered[PASSWORD_MAX_BYTES + 1];
    enum password_fault fault = PASSWORD_FINE;
    size_t n = strlen(password);

    if (n > PASSWORD_MAX_BYTES || text_points(password) > PASSWORD_MAX_POINTS)
        return PASSWORD_LONG;
    if (text_points(password) < PASSWORD_MIN_POINTS)
        return PASSWORD_SHORT;
    lower(password, n, lowered);
    if (password_is_common(lowered))
        fault = PASSWORD_COMMON;
    else if (is_mostly_login(lowered, login))
        fault = PASSWORD_IS_LOGIN;
    secret_wipe(lowered, sizeof lowered);
    return fault;
}
