/* hello - a constant answer by FastCGI: what nothing behind this nginx can be faster than.
 *   hello SOCKET WORKERS FILE     FILE: the body
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void serve(int socket, const char *answer, int n)
{
    FCGX_Request request;

    FCGX_InitRequest(&request, socket, 0);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutStr(answer, n, request.out);
        FCGX_Finish_r(&request);
    }
}

int main(int argc, char **argv)
{
    static char body[65536], answer[70000];
    FILE *file;
    size_t body_n;
    int socket, n;

    if (argc != 4 || (file = fopen(argv[3], "rb")) == NULL)
        return 2;
    body_n = fread(body, 1, sizeof body, file);
    fclose(file);
    n = snprintf(answer, sizeof answer, "Content-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n\r\n%.*s", body_n, (int)body_n,
                 body);
    FCGX_Init();
    socket = FCGX_OpenSocket(argv[1], 511);
    for (int i = 0; i < atoi(argv[2]); i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            serve(socket, answer, n);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    return 0;
}
