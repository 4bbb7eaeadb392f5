#include "action/session_token.h"

#include <string.h>

#include "base/memory.h"
#include "base/rand.h"

#define TOKEN_BYTES 32

const char *session_token_new(const struct act *act, const char *old_token, int64_t user_id, const char *proof)
{
    unsigned char mac[SECRET_DIGEST_BYTES];
    if (act->once_digest == NULL)
        return rand_token(act->mem, TOKEN_BYTES);
    const char *form = secret_hex(act->mem, act->once_digest, SECRET_DIGEST_BYTES);
    const char *bound = mem_text(act->mem, "session\n%s\n%s\n%lld\n%s", old_token, form, (long long)user_id, proof);
    secret_hmac(&act->keys->token, bound, strlen(bound), mac);
    return secret_base64url(act->mem, mac, sizeof mac);
}
