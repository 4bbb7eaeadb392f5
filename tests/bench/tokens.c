/* tokens - the form tokens of sessions, as the page that holds the form would give them.
 *   tokens KEYFILE COOKIE PATTERN <session tokens >"cookie csrf once" lines */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"
#include "web/guard.h"

int main(int argc, char **argv)
{
    struct secret_key key, csrf_key, once_key;
    char token[128];

    if (argc != 4 || secret_key_load(argv[1], &key) != NULL)
        return 2;
    secret_derive(&key, "csrf", &csrf_key);
    secret_derive(&key, "once", &once_key);
    while (scanf("%127s", token) == 1) {
        void *mem = mem_context(NULL, "line");

        printf("%s=%s %s %s\n", argv[2], token, guard_csrf(mem, &csrf_key, token),
               guard_once_make(mem, &once_key, token, argv[3], clock_now()));
        talloc_free(mem);
    }
    return 0;
}
