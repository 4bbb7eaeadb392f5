#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "action/import.h"
#include "base/memory.h"
#include "ctl.h"

#define SOURCE "billing"

struct reader {
    FILE *file;
    const char *name;
    bool is_terminal;
    char line[IMPORT_LINE_MAX_BYTES + 2];
};

/* Byte by byte into one buffer of the longest line: a file without a line's end must not fill the memory. */
static const struct err *next_line(void *arg, const char **bytes, size_t *n)
{
    struct reader *reader = arg;
    int c;
    *n = 0;
    *bytes = NULL;
    while ((c = getc_unlocked(reader->file)) != EOF && c != '\n')
        if (*n <= IMPORT_LINE_MAX_BYTES)
            reader->line[(*n)++] = (char)c;
    if (ferror(reader->file))
        return err_new(ERR_MISSING, errno, "%s: %s", reader->name, strerror(errno));
    if (c == EOF && *n == 0)
        return NULL;
    if (*n > 0 && *n <= IMPORT_LINE_MAX_BYTES && reader->line[*n - 1] == '\r')
        (*n)--;
    *bytes = reader->line;
    return NULL;
}

static void show_progress(void *arg, int64_t lines, bool is_applying)
{
    const struct reader *reader = arg;
    if (reader->is_terminal)
        fprintf(stderr, "\r%" PRId64 " lines %s", lines, is_applying ? "read, applying ... " : "read ");
}

static const struct err *open_file(const char *name, struct reader *reader)
{
    reader->name = strcmp(name, "-") == 0 ? "standard input" : name;
    reader->file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    return reader->file != NULL ? NULL : err_new(ERR_MISSING, errno, "%s: %s", name, strerror(errno));
}

static const struct err *show_faults(const struct import_result *result)
{
    for (size_t i = 0; i < result->faults_n; i++) {
        const struct import_line_fault *fault = &result->faults[i];
        printf("line %" PRId64 ": %s%s%s\n", fault->line, fault->field, fault->field[0] == '\0' ? "" : " ", fault->what);
    }
    if (result->has_more_faults)
        printf("... and more: only %d are shown\n", IMPORT_FAULTS_MAX);
    return err_new(ERR_CONFLICT, 0, "the file is not as it must be; nothing was changed");
}

static void show_changes(const struct import_result *result)
{
    bool is_any = false;
    printf("%" PRId64 " lines read.\n", result->lines);
    for (int kind = 0; kind < IMPORT_KINDS; kind++) {
        if (result->changed[kind] == 0)
            continue;
        printf("%-16s%" PRId64 " new or changed\n", import_kind_info((enum import_kind)kind)->name, result->changed[kind]);
        is_any = true;
    }
    if (result->lines == 0)
        printf("The file is empty; nothing was changed.\n");
    else if (!is_any)
        printf("Everything was here already; nothing was changed.\n");
}

static const struct err *import_from(struct ctl *ctl, struct reader *reader, const char *source)
{
    const struct import_input input = {.source = source, .next = next_line, .progress = show_progress, .arg = reader};
    struct import_result *result = mem_new(ctl->mem, struct import_result);
    struct act act = ctl_act(ctl);
    const struct err *err = import_facts(&act, &input, result);
    if (reader->is_terminal)
        fputc('\n', stderr);
    TRY(err);
    if (result->outcome == IMPORT_BUSY)
        return err_new(ERR_CONFLICT, 0, "another import is running; nothing was changed");
    if (result->outcome == IMPORT_FAULTY)
        return show_faults(result);
    show_changes(result);
    return NULL;
}

const struct err *ctl_import(struct ctl *ctl)
{
    const char *source = NULL;
    const struct ctl_option options[] = {{"--source", &source, false, false}, {NULL, NULL, false, false}};
    struct ctl rest = *ctl;
    if (ctl->args[0] == NULL)
        return err_new(ERR_INPUT, 0, "a file is needed, or - for standard input");
    rest.args = ctl->args + 1;
    TRY(ctl_options(&rest, options));
    if (source != NULL && !import_source_is_good(source))
        return err_new(ERR_INPUT, 0, "--source must be 1 to %d of the characters a-z 0-9 -", IMPORT_SOURCE_MAX_BYTES);
    struct reader *reader = mem_new(ctl->mem, struct reader);
    TRY(open_file(ctl->args[0], reader));
    reader->is_terminal = isatty(STDERR_FILENO) != 0;
    /* A million lines take longer than a page may. */
    db_limit_statements(ctl->db, false);
    const struct err *err = db_ready(ctl->db, ctl->now);
    if (err == NULL)
        err = import_from(ctl, reader, source != NULL ? source : SOURCE);
    if (reader->file != stdin)
        (void)fclose(reader->file);
    return err;
}

/* --- the manual ------------------------------------------------------------------------------------------------------ */

static void show_kind(const struct ctl *ctl, const struct import_kind_info *info)
{
    printf("\n%s - %s\n", info->name, info->about);
    for (const struct import_field *field = info->fields; field->name != NULL; field++) {
        printf("    %-20s%s%s", field->name, field->is_needed ? "" : "(optional) ", import_field_kind(ctl->mem, field));
        printf("%s%s\n", field->about == NULL ? "" : " - ", field->about == NULL ? "" : field->about);
    }
}

void ctl_import_manual(const struct ctl *ctl)
{
    printf("mypartnerctl [-c FILE] import FILE|- [--source NAME]\n\n"
           "Takes over facts from the platform's own billing system. Each line of the file is one JSON object (JSON Lines, UTF-8, at\n"
           "most %d bytes); empty lines are passed over. Its field \"kind\" says what it is; the other fields are listed below,\n"
           "and no others are allowed. The order of lines does not matter. Instants are RFC 3339, like 2026-11-22T14:02:11Z or\n"
           "2026-11-22T22:02:11.5+08:00; amounts are whole numbers of minor units of the currency.\n\n"
           "All or nothing: if one line is wrong, nothing is changed, and up to %d faults are listed with their lines. The same file\n"
           "can come again: a line changes what differs and nothing else. A row is known again by \"id\" within its --source\n"
           "(%s if not given). What has ended stays ended, even if an older file comes later, and a line that is missing\n"
           "removes nothing. Each account something changes for has a row FACTS_IMPORTED in the operation log.\n",
           IMPORT_LINE_MAX_BYTES, IMPORT_FAULTS_MAX, SOURCE);
    for (int kind = 0; kind < IMPORT_KINDS; kind++)
        show_kind(ctl, import_kind_info((enum import_kind)kind));
    printf("\nExample:\n"
           "{\"kind\":\"account\",\"id\":\"C-2001\",\"type\":\"CUSTOMER\",\"name\":\"Harbour Foods\",\"currency\":\"USD\",\"email\":\"it@harbour.example\"}\n"
           "{\"kind\":\"user\",\"login\":\"ann@harbour.example\",\"account\":\"C-2001\",\"name\":\"Ann Lee\",\"role\":\"owner\"}\n"
           "{\"kind\":\"association\",\"customer\":\"C-2001\",\"partner\":\"P-100001\",\"since\":\"2025-01-01T00:00:00Z\"}\n"
           "{\"kind\":\"commitment\",\"id\":\"ri-77\",\"account\":\"C-2001\",\"type\":\"RI\",\"name\":\"RI c6.large\",\"valid_from\":\"2026-01-01T00:00:00Z\","
           "\"valid_to\":\"2027-01-01T00:00:00Z\"}\n");
}
