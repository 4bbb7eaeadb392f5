#include "view/browser_name.h"

#include <stddef.h>
#include <string.h>

#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

struct sign { const char *mark, *name; };

/* The first that is found counts: most browsers also name those that they want to be taken for. */
static const struct sign browsers[] = {
    {"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
    {"MicroMessenger/", "WeChat"}, {"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"},
    {"Safari/", "Safari"},
};
static const struct sign systems[] = {
    {"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"},
    {"CrOS", "ChromeOS"}, {"HarmonyOS", "HarmonyOS"}, {"Linux", "Linux"},
};

static const char *find(const struct sign *signs, size_t n, const char *agent)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(agent, signs[i].mark) != NULL)
            return signs[i].name;
    return NULL;
}

char *browser_name(const void *ctx, const char *agent)
{
    const char *browser = find(browsers, sizeof browsers / sizeof *browsers, agent);
    const char *system = find(systems, sizeof systems / sizeof *systems, agent);
    if (agent[0] == '\0')
        return mem_copy(ctx, _("Unknown browser"));
    if (browser == NULL)
        return mem_copy(ctx, agent);
    if (system == NULL)
        return mem_copy(ctx, browser);
    return text_fill(ctx, _("{browser} on {system}"), "browser", browser, "system", system, NULL);
}
