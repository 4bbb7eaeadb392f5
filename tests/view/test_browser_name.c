#include "support/rows.h"

#include "base/memory.h"
#include "view/browser_name.h"

static const struct telling { const char *claim, *agent, *name; } tellings[] = {
    { "chrome_is_told", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome on Linux" },
    { "one_without_a_window_too", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36", "Chrome on Linux" },
    { "edge_is_not_chrome", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0", "Edge on Windows" },
    { "safari_on_a_telephone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone" },
    { "safari_on_a_desk", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on macOS" },
    { "firefox_on_android", "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android" },
    { "a_browser_without_a_system", "Firefox/140.0", "Firefox" },
    { "an_unknown_one_stays", "curl/7.88.1", "curl/7.88.1" },
    { "no_name_is_said", "", "Unknown browser" },
};

static void is_told(void **state)
{
    const struct telling *telling = *state;
    void *mem = mem_context(NULL, "test");

    assert_string_equal(browser_name(mem, telling->agent), telling->name);
    talloc_free(mem);
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, is_told, tellings);
    return ROWS_RUN(&rows);
}
