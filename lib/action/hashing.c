#include "hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/secret.h"
#include "base/text.h"

#define POLLS 100
#define POLL_NS 20000000L   /* a hash takes about ten of these */

static bool lock_slot(int fd, int64_t slot)
{
    /* Bound to this opening of the file, not to the process: closing it gives the slot back, and so does a crash. */
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)slot, .l_len = 1};
    return fcntl(fd, F_OFD_SETLK, &range) == 0;
}

static const struct err *take_slot(const struct config *config, int *fd)
{
    *fd = open(config->web.hash_lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return err_new(ERR_BUG, errno, "web.hash_lock %s: %s", config->web.hash_lock, strerror(errno));
    for (int i = 0; i < POLLS; i++) {
        for (int64_t slot = 0; slot < config->web.hash_slots; slot++)
            if (lock_slot(*fd, slot))
                return NULL;
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
    close(*fd);
    return err_new(ERR_BUSY, 0, "no free slot for a password hash");
}

static struct password_cost cost_of(const struct config *config)
{
    return (struct password_cost){
        .log2_n = (int)config->secret.scrypt_log2_n, .r = (int)config->secret.scrypt_r, .p = (int)config->secret.scrypt_p};
}

static void wipe(char *password)
{
    secret_wipe(password, strlen(password));
    talloc_free(password);
}

const struct err *hashing_check(const void *ctx, const struct config *config, const char *password, const char *stored,
                                bool *is_right, char **renewed)
{
    int fd;
    bool is_stale = false;
    *is_right = false;
    *renewed = NULL;
    TRY(take_slot(config, &fd));
    char *clean = text_clean_password(ctx, password);
    const struct err *err = password_check(clean, strlen(clean), stored, cost_of(config), is_right, &is_stale);
    if (err == NULL && *is_right && is_stale)
        err = password_hash(ctx, clean, strlen(clean), cost_of(config), renewed);
    close(fd);
    wipe(clean);
    return err;
}

const struct err *hashing_make(const void *ctx, const struct config *config, const char *password, char **stored)
{
    int fd;
    TRY(take_slot(config, &fd));
    char *clean = text_clean_password(ctx, password);
    const struct err *err = password_hash(ctx, clean, strlen(clean), cost_of(config), stored);
    close(fd);
    wipe(clean);
    return err;
}
