/* mypartner_receipt - takes what SMS gateways report of messages they were given.
 *
 *   mypartner_receipt -c FILE [SOCKET]
 *
 * FILE is the web program's; without SOCKET the inherited descriptor 0 is the socket. See deploy/sms_gateway.md.
 */
#include <stdio.h>
#include <string.h>

#include "action/act.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/memory.h"
#include "receipt.h"
#include "web/fcgi.h"

#define BODY_MAX_BYTES (16 * 1024)   /* read and not looked at */
#define WORKERS 2

struct program { void *mem; struct config *config; struct receipt_site site; };

static struct buf *serve(void *ctx, const struct http_source *source, void *arg)
{
    struct program *program = arg;
    struct http_response *response = http_response_new(ctx);
    struct http_request *request = NULL;

    if (http_parse(ctx, source, BODY_MAX_BYTES, &request) != NULL)
        request->query = "";
    receipt_answer(&program->site, request, clock_now(), response);
    log_begin("receipt");
    log_int("status", response->status);
    log_end();
    return http_response_bytes(ctx, response, request->method == HTTP_HEAD);
}

static bool start_worker(void *arg)
{
    struct program *program = arg;
    const struct err *err = db_of_config(program->mem, program->config, &program->site.db);

    if (err != NULL) {
        log_line("start", "%s", err->what);
        return false;
    }
    return true;
}

static const struct err *prepare(struct program *program)
{
    struct secret_key key;
    struct act_keys keys;

    TRY(secret_key_load(program->config->secret.key_file, &key));
    act_keys(&key, &keys);
    program->site.key = keys.receipt;
    secret_wipe(&key, sizeof key);
    secret_wipe(&keys, sizeof keys);
    return NULL;
}

int main(int argc, char **argv)
{
    struct program program = {.mem = mem_context(NULL, "process")};
    const struct err *err;

    if (argc < 3 || argc > 4 || strcmp(argv[1], "-c") != 0) {
        fputs("usage: mypartner_receipt -c FILE [SOCKET]\n", stderr);
        return 2;
    }
    log_program("mypartner_receipt");
    err = config_load(program.mem, argv[2], &program.config);
    if (err == NULL)
        err = prepare(&program);
    if (err == NULL) {
        const struct fcgi_server server = {
            .socket_path = argc == 4 ? argv[3] : "", .workers = WORKERS, .start = start_worker, .serve = serve, .arg = &program,
        };
        err = fcgi_run(&server);
    }
    if (err != NULL)
        fprintf(stderr, "mypartner_receipt: %s\n", err->what);
    talloc_free(program.mem);
    return err == NULL ? 0 : 1;
}
