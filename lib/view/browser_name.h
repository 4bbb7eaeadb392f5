/* browser_name.h - what a browser calls itself, told as people call it: "Firefox on Windows". */
#ifndef VIEW_BROWSER_NAME_H
#define VIEW_BROWSER_NAME_H

/* agent: the User-Agent header as it was sent, "" if none was. One that is not known comes back as it is. In ctx, in the
 * language in use. */
char *browser_name(const void *ctx, const char *agent);

#endif
