#include <stdio.h>

#include "ctl.h"
#include "domain/request.h"

static void print(const char *line, void *arg)
{
    (void)arg;
    puts(line);
}

const struct err *ctl_states(struct ctl *ctl)
{
    (void)ctl;
    request_print_moves(print, NULL);
    return NULL;
}
