#include <stddef.h>
#include <string.h>

#include "domain/names.h"

const char *names_at(const char *const *names, int n, int index)
{
    return index >= 0 && index < n ? names[index] : "";
}

bool names_find(const char *const *names, int n, const char *name, int *index)
{
    if (name == NULL)
        return false;
    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *index = i;
        return true;
    }
    return false;
}
