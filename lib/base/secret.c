#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/memory.h"
#include "base/rand.h"
#include "base/secret.h"

#define NONCE_BYTES 12   /* NIST SP 800-38D, 8.2.2: a random nonce of 96 bits */
#define TAG_BYTES 16

/* What OpenSSL refuses with good arguments is a broken library or no memory; neither can be answered here. */
static void must(int is_done)
{
    if (is_done != 1)
        abort();
}

const struct err *secret_key_load(const char *path, struct secret_key *key)
{
    char text[2 * SECRET_KEY_BYTES + 2];
    const struct err *err = NULL;
    struct stat status;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return err_new(ERR_BUG, errno, "key file %s: %s", path, strerror(errno));
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        err = err_new(ERR_BUG, 0, "key file %s: not a regular file", path);
    } else if ((status.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
        err = err_new(ERR_BUG, 0, "key file %s: open to others (mode %03o, want 600 or 640)", path,
                      (unsigned)(status.st_mode & 0777));
    } else {
        n = read(fd, text, sizeof text);
        if (n == 2 * SECRET_KEY_BYTES + 1 && text[n - 1] == '\n')
            n--;
        if (n != 2 * SECRET_KEY_BYTES || !secret_unhex(text, (size_t)n, key->bytes, sizeof key->bytes))
            err = err_new(ERR_BUG, 0, "key file %s: want exactly 64 hex digits", path);
    }
    (void)close(fd);
    secret_wipe(text, sizeof text);
    return err;
}

void secret_sha256(const void *bytes, size_t n, unsigned char out[SECRET_DIGEST_BYTES])
{
    /* Kept: looking the algorithm up takes longer than hashing a row of the log. */
    static EVP_MD_CTX *digest;
    static EVP_MD *sha256;

    if (digest == NULL) {
        digest = EVP_MD_CTX_new();
        sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    }
    if (digest == NULL || sha256 == NULL)
        abort();
    must(EVP_DigestInit_ex2(digest, sha256, NULL));
    must(EVP_DigestUpdate(digest, bytes, n));
    must(EVP_DigestFinal_ex(digest, out, NULL));
}

static EVP_MAC_CTX *new_hmac(const struct secret_key *key)
{
    static EVP_MAC *hmac;      /* kept, as above */
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string("digest", (char *)"SHA256", 0), OSSL_PARAM_END };
    EVP_MAC_CTX *mac;

    if (hmac == NULL)
        hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    mac = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);
    if (mac == NULL)
        abort();
    must(EVP_MAC_init(mac, key->bytes, sizeof key->bytes, params));
    return mac;
}

static void run_hmac(EVP_MAC_CTX *mac, const void *bytes, size_t n, unsigned char out[SECRET_DIGEST_BYTES])
{
    size_t length = 0;

    must(EVP_MAC_update(mac, bytes, n));
    must(EVP_MAC_final(mac, out, &length, SECRET_DIGEST_BYTES));
    if (length != SECRET_DIGEST_BYTES)
        abort();
}

/* What is derived from goes again: the site's key is wiped once its keys are made. */
void secret_derive(const struct secret_key *key, const char *label, struct secret_key *out)
{
    EVP_MAC_CTX *mac = new_hmac(key);

    run_hmac(mac, label, strlen(label), out->bytes);
    EVP_MAC_CTX_free(mac);
}

void secret_hmac(const struct secret_key *key, const void *bytes, size_t n, unsigned char out[SECRET_DIGEST_BYTES])
{
    /* Of the keys used last the states are kept: taking a key in costs four times the rest of a short text. */
    static struct { struct secret_key key; EVP_MAC_CTX *mac; } kept[4];
    static size_t oldest;
    size_t i = 0;

    while (i < sizeof kept / sizeof *kept && (kept[i].mac == NULL || !secret_equal(&kept[i].key, key, sizeof *key)))
        i++;
    if (i == sizeof kept / sizeof *kept) {
        i = oldest;
        oldest = (oldest + 1) % (sizeof kept / sizeof *kept);
        EVP_MAC_CTX_free(kept[i].mac);
        kept[i].key = *key;
        kept[i].mac = new_hmac(key);
    } else {
        must(EVP_MAC_init(kept[i].mac, NULL, 0, NULL));   /* the same key again */
    }
    run_hmac(kept[i].mac, bytes, n, out);
}

bool secret_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void secret_wipe(void *bytes, size_t n)
{
    OPENSSL_cleanse(bytes, n);
}

static EVP_CIPHER_CTX *new_cipher(void)
{
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();

    if (cipher == NULL)
        abort();
    return cipher;
}

static int bounded(size_t n)
{
    if (n > INT_MAX / 2)
        abort();
    return (int)n;
}

unsigned char *secret_seal(const void *ctx, const struct secret_key *key, const char *aad,
                           const void *plain, size_t n, size_t *sealed_n)
{
    EVP_CIPHER_CTX *cipher = new_cipher();
    unsigned char *sealed = mem_array(ctx, unsigned char, NONCE_BYTES + (size_t)bounded(n) + TAG_BYTES);
    unsigned char *text = sealed + NONCE_BYTES;
    int length = 0;

    rand_bytes(sealed, NONCE_BYTES);
    must(EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, sealed));
    must(EVP_EncryptUpdate(cipher, NULL, &length, (const unsigned char *)aad, bounded(strlen(aad))));
    if (n > 0)
        must(EVP_EncryptUpdate(cipher, text, &length, plain, bounded(n)));
    must(EVP_EncryptFinal_ex(cipher, text + n, &length));
    must(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, text + n));
    EVP_CIPHER_CTX_free(cipher);
    *sealed_n = NONCE_BYTES + n + TAG_BYTES;
    return sealed;
}

const struct err *secret_open(const void *ctx, const struct secret_key *key, const char *aad,
                              const void *sealed, size_t sealed_n, char **plain, size_t *n)
{
    const unsigned char *nonce = sealed;
    unsigned char tag[TAG_BYTES];
    EVP_CIPHER_CTX *cipher;
    char *text;
    size_t text_n;
    int length = 0;
    bool is_right;

    if (sealed_n < NONCE_BYTES + TAG_BYTES || sealed_n > INT_MAX / 2)
        return err_new(ERR_INPUT, 0, "no sealed text");
    text_n = sealed_n - NONCE_BYTES - TAG_BYTES;
    text = mem_array(ctx, char, text_n + 1);
    memcpy(tag, nonce + NONCE_BYTES + text_n, TAG_BYTES);
    cipher = new_cipher();
    must(EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, nonce));
    must(EVP_DecryptUpdate(cipher, NULL, &length, (const unsigned char *)aad, bounded(strlen(aad))));
    if (text_n > 0)
        must(EVP_DecryptUpdate(cipher, (unsigned char *)text, &length, nonce + NONCE_BYTES, bounded(text_n)));
    must(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag));
    is_right = EVP_DecryptFinal_ex(cipher, (unsigned char *)text + text_n, &length) == 1;
    EVP_CIPHER_CTX_free(cipher);
    if (!is_right) {
        secret_wipe(text, text_n);
        talloc_free(text);
        return err_new(ERR_INPUT, 0, "sealed for another place or changed");
    }
    text[text_n] = '\0';
    *plain = text;
    *n = text_n;
    return NULL;
}
