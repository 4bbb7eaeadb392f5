/* curl_code.h - what some of curl's codes mean; used by the channels only. */
#ifndef NOTIFY_CURL_CODE_H
#define NOTIFY_CURL_CODE_H

#include <stdbool.h>

#include <curl/curl.h>

/* The other end did not encrypt, or has no certificate that we trust: somebody has to change a setting. */
static inline bool curl_is_untrusted(CURLcode code)
{
    return code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR;
}

#endif
