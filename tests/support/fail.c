#include "support/fail.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
#define HAS_OWN_ALLOCATOR 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define HAS_OWN_ALLOCATOR 1
#endif
#endif

static bool is_set;
static enum fail_kind kind;
static int nth, counted;

bool fail_is_possible(enum fail_kind of)
{
#ifdef HAS_OWN_ALLOCATOR
    return of != FAIL_ALLOCATION;
#else
    (void)of;
    return true;
#endif
}

void fail_set(enum fail_kind of, int n)
{
    kind = of;
    nth = n;
    counted = 0;
    is_set = true;
}

int fail_end(void)
{
    is_set = false;
    return counted;
}

static bool is_due(enum fail_kind of)
{
    return is_set && of == kind && ++counted == nth;
}

/* --- reads and writes -------------------------------------------------------------------------------------------------- */

ssize_t read(int fd, void *out, size_t n)
{
    if (is_due(FAIL_READ)) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_read, fd, out, n);
}

ssize_t recv(int fd, void *out, size_t n, int flags)
{
    if (is_due(FAIL_READ)) {
        errno = ECONNRESET;
        return -1;
    }
    return syscall(SYS_recvfrom, fd, out, n, flags, NULL, NULL);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    if (is_due(FAIL_WRITE)) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_write, fd, bytes, n);
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
    if (is_due(FAIL_WRITE)) {
        errno = EPIPE;
        return -1;
    }
    return syscall(SYS_sendto, fd, bytes, n, flags, NULL, 0);
}

/* --- allocations ------------------------------------------------------------------------------------------------------- */

#ifndef HAS_OWN_ALLOCATOR

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t bytes);
extern void *__libc_realloc(void *old, size_t n);

static void *none(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t n)
{
    return is_due(FAIL_ALLOCATION) ? none() : __libc_malloc(n);
}

void *calloc(size_t n, size_t bytes)
{
    return is_due(FAIL_ALLOCATION) ? none() : __libc_calloc(n, bytes);
}

void *realloc(void *old, size_t n)
{
    return is_due(FAIL_ALLOCATION) ? none() : __libc_realloc(old, n);
}

#endif
