/* mypartner - the web program: config, templates, database, then the accept loop in each worker.
 *
 *   mypartner -c FILE    serve
 *   mypartner -o         print the config manual
 *   mypartner -r         print the site map: method, path and roles of each route
 *   mypartner -t -c FILE check the config and the templates, then end
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/memory.h"
#include "call.h"
#include "routes.h"
#include "known.h"
#include "serve.h"
#include "web/fcgi.h"

struct program {
    void *mem;
    struct config *config;
    struct site site;
};

static struct buf *serve(void *ctx, const struct http_source *source, void *arg)
{
    struct program *program = arg;
    return serve_one(ctx, source, &program->site);
}

/* Each worker has a connection of its own; a database that is away is no reason not to start: pages say 503. */
static bool start_worker(void *arg)
{
    struct program *program = arg;
    const struct err *err = db_of_config(program->mem, program->config, &program->site.db);
    if (err != NULL) {
        log_line("start", "%s", err->what);
        return false;
    }
    program->site.known = known_new(program->mem);
    return true;
}

static void stop_worker(void *arg)
{
    struct program *program = arg;
    db_close(program->site.db);
}

static const struct err *prepare(struct program *program)
{
    const struct config *config = program->config;
    struct secret_key key;
    TRY(secret_key_load(config->secret.key_file, &key));
    secret_derive(&key, "csrf", &program->site.csrf_key);
    secret_derive(&key, "once", &program->site.once_key);
    act_keys(&key, &program->site.act_keys);
    secret_wipe(&key, sizeof key);
    program->site.config = config;
    program->site.cookies.secure = config->web.secure_cookies;
    const char *port = strrchr(config->web.public_url, ':');
    program->site.cookies.prefix = config->web.secure_cookies
        ? "__Host-"
        : mem_text(program->mem, "p%s-", port != NULL && strspn(port + 1, "0123456789") == strlen(port + 1) ? port + 1 : "80");
    if (config->test.clock_file[0] != '\0')
        clock_use_test_file(config->test.clock_file);
    lang_init(config->web.messages);
    const char **tags = mem_array(program->mem, const char *, langs_n);
    for (size_t i = 0; i < langs_n; i++)
        tags[i] = langs[i].tag;
    return tpl_load(config->web.templates, tags, langs_n);
}

/* One line a route: "GET /my-partner owner,viewer", "-" for one that anybody may enter. */
static void print_routes(void)
{
    static const enum role roles[] = {ROLE_OWNER, ROLE_VIEWER, ROLE_ADMIN, ROLE_MANAGER, ROLE_OPS, ROLE_AUDITOR};
    for (size_t i = 0; i < routes_n; i++) {
        const char *comma = "";
        printf("%s %s ", routes[i].method == HTTP_GET ? "GET" : "POST", routes[i].pattern);
        for (size_t r = 0; (routes[i].roles & ROLE_ANONYMOUS) == 0 && r < sizeof roles / sizeof roles[0]; r++)
            if ((routes[i].roles & roles[r]) != 0) {
                printf("%s%s", comma, role_name(roles[r]));
                comma = ",";
            }
        puts((routes[i].roles & ROLE_ANONYMOUS) != 0 ? "-" : "");
    }
}

static int usage(void)
{
    fputs("usage: mypartner [-t] -c FILE | mypartner -o | mypartner -r\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct program program = {.mem = mem_context(NULL, "process")};
    const char *file = NULL;
    bool is_trial = false;
    for (int option; (option = getopt(argc, argv, "c:ort")) != -1;) {
        if (option == 'o') {
            config_manual(stdout);
            return fflush(stdout) == 0 ? 0 : 1;
        }
        if (option == 'r') {
            print_routes();
            return fflush(stdout) == 0 ? 0 : 1;
        }
        if (option == 'c')
            file = optarg;
        else if (option == 't')
            is_trial = true;
        else
            return usage();
    }
    if (file == NULL || optind != argc)
        return usage();
    const struct err *err = config_load(program.mem, file, &program.config);
    if (err == NULL)
        err = prepare(&program);
    if (err == NULL && !is_trial) {
        const struct fcgi_server server = {
            .socket_path = program.config->web.socket,
            .workers = (int)program.config->web.workers,
            .start = start_worker, .serve = serve, .stop = stop_worker, .arg = &program,
        };
        err = fcgi_run(&server);
    }
    if (err != NULL)
        fprintf(stderr, "mypartner: %s\n", err->what);
    talloc_free(program.mem);
    return err == NULL ? 0 : 1;
}
