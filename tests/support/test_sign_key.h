/* test_sign_key.h - a pair of Ed25519 keys that signs nothing but what tests make. */
#ifndef TESTS_SUPPORT_TEST_SIGN_KEY_H
#define TESTS_SUPPORT_TEST_SIGN_KEY_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define TEST_SIGN_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MC4CAQAwBQYDK2VwBCIEIMdBBSCGd9ctEaGwYCWASyI/+B3QXeI/HzUGabsGag1d\n" \
    "-----END PRIVATE KEY-----\n"
#define TEST_SIGN_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MCowBQYDK2VwAyEAc6NWkZ6dabqzWEifqbYOB04xhp4Fzj5F0kXIoiOQxsE=\n" \
    "-----END PUBLIC KEY-----\n"

/* Writes one of them into a file that nobody else reads. */
static inline void test_sign_key_write(const char *path, const char *pem)
{
    FILE *file = fopen(path, "we");

    if (file == NULL || fputs(pem, file) < 0 || fclose(file) != 0 || chmod(path, 0600) != 0)
        abort();
}

#endif
