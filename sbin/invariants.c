#include "invariants.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

#define FILES_MAX 500
#define FILE_MAX_BYTES 65536

static int is_query(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 4, ".sql") == 0;
}

static const struct err *read_file(const void *ctx, const char *path, struct buf **text)
{
    FILE *file = fopen(path, "re");
    char bytes[4096];
    size_t n;

    if (file == NULL)
        return err_new(ERR_INPUT, errno, "%s: %s", path, strerror(errno));
    *text = buf_new(ctx, sizeof bytes);
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0 && (*text)->n <= FILE_MAX_BYTES)
        buf_add(*text, bytes, n);
    (void)fclose(file);
    return (*text)->n <= FILE_MAX_BYTES ? NULL : err_new(ERR_INPUT, 0, "%s is too long", path);
}

static const struct err *parse(const void *ctx, const char *path, const char *name, char *text, struct invariant *invariant)
{
    char *end = strchr(text, '\n'), *query;
    size_t n;

    if (strncmp(text, "-- ", 3) != 0 || end == NULL)
        return err_new(ERR_INPUT, 0, "%s does not begin with a comment", path);
    invariant->name = mem_copy_n(ctx, name, strlen(name) - strlen(".sql"));
    invariant->sentence = mem_copy_n(ctx, text + 3, (size_t)(end - text) - 3);
    query = end + 1;
    while (strncmp(query, "--", 2) == 0 && strchr(query, '\n') != NULL)
        query = strchr(query, '\n') + 1;
    n = strlen(query);
    while (n > 0 && strchr("; \n", query[n - 1]) != NULL)
        n--;
    if (strncmp(query, "SELECT", 6) != 0 && strncmp(query, "WITH", 4) != 0)
        return err_new(ERR_INPUT, 0, "%s holds no query", path);
    invariant->statement = (struct db_statement){ invariant->name, mem_copy_n(ctx, query, n), "", "s" };
    return NULL;
}

const struct err *invariants_load(const void *ctx, const char *folder, struct invariant **invariants, size_t *n)
{
    struct dirent **entries;
    int found = scandir(folder, &entries, is_query, alphasort);
    const struct err *err = NULL;

    if (found < 0)
        return err_new(ERR_INPUT, errno, "%s: %s", folder, strerror(errno));
    if (found == 0 || found > FILES_MAX)
        err = err_new(ERR_INPUT, 0, "%s holds %d queries", folder, found);
    *invariants = mem_array(ctx, struct invariant, (size_t)found);
    for (int i = 0; i < found; i++) {
        const char *path = mem_text(*invariants, "%s/%s", folder, entries[i]->d_name);
        struct buf *text;

        if (err == NULL)
            err = read_file(*invariants, path, &text);
        if (err == NULL)
            err = parse(*invariants, path, entries[i]->d_name, text->bytes, &(*invariants)[i]);
        free(entries[i]);
    }
    free(entries);
    *n = (size_t)found;
    return err;
}

const struct err *invariant_run(struct db *db, const void *ctx, const struct invariant *invariant, struct db_rows **rows)
{
    return db_query(db, ctx, &invariant->statement, rows);
}
