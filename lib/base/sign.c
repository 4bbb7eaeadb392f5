#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/memory.h"
#include "base/sign.h"

struct sign_key { EVP_PKEY *pkey; };

static int end_key(struct sign_key *key)
{
    EVP_PKEY_free(key->pkey);
    return 0;
}

/* A file that wants a password is not ours: nobody is there to type one. */
static int no_password(char *out, int size, int writing, void *arg)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

static const struct err *take(const void *ctx, const char *path, EVP_PKEY *pkey, struct sign_key **key)
{
    if (pkey == NULL)
        return err_new(ERR_BUG, 0, "key file %s: no key in PEM without a password", path);
    if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519) {
        EVP_PKEY_free(pkey);
        return err_new(ERR_BUG, 0, "key file %s: not an Ed25519 key", path);
    }
    *key = mem_new(ctx, struct sign_key);
    (*key)->pkey = pkey;
    talloc_set_destructor(*key, end_key);
    return NULL;
}

const struct err *sign_private_load(const void *ctx, const char *path, struct sign_key **key)
{
    FILE *file = fopen(path, "re");
    struct stat status;
    EVP_PKEY *pkey;

    if (file == NULL)
        return err_new(ERR_BUG, errno, "key file %s: %s", path, strerror(errno));
    if (fstat(fileno(file), &status) != 0 || (status.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
        (void)fclose(file);
        return err_new(ERR_BUG, 0, "key file %s: open to others (want mode 600 or 640)", path);
    }
    pkey = PEM_read_PrivateKey(file, NULL, no_password, NULL);
    (void)fclose(file);
    return take(ctx, path, pkey, key);
}

const struct err *sign_public_load(const void *ctx, const char *path, struct sign_key **key)
{
    FILE *file = fopen(path, "re");
    EVP_PKEY *pkey;

    if (file == NULL)
        return err_new(ERR_BUG, errno, "key file %s: %s", path, strerror(errno));
    pkey = PEM_read_PUBKEY(file, NULL, no_password, NULL);
    (void)fclose(file);
    return take(ctx, path, pkey, key);
}

void sign_make(const struct sign_key *key, const void *bytes, size_t n, unsigned char signature[SIGN_BYTES])
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    size_t length = SIGN_BYTES;

    if (digest == NULL || EVP_DigestSignInit(digest, NULL, NULL, NULL, key->pkey) != 1 ||
        EVP_DigestSign(digest, signature, &length, bytes, n) != 1 || length != SIGN_BYTES)
        abort();
    EVP_MD_CTX_free(digest);
}

bool sign_check(const struct sign_key *key, const void *bytes, size_t n, const unsigned char signature[SIGN_BYTES])
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    bool is_right;

    if (digest == NULL || EVP_DigestVerifyInit(digest, NULL, NULL, NULL, key->pkey) != 1)
        abort();
    is_right = EVP_DigestVerify(digest, signature, SIGN_BYTES, bytes, n) == 1;
    EVP_MD_CTX_free(digest);
    return is_right;
}
