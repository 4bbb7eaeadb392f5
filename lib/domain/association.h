/* association.h - who is associated with whom, and freezes. */
#ifndef DOMAIN_ASSOCIATION_H
#define DOMAIN_ASSOCIATION_H

#include <stdbool.h>
#include <stdint.h>

enum association_model { MODEL_RESELLER, MODEL_REFERRAL, MODELS };
enum association_status { ASSOCIATION_ACTIVE, ASSOCIATION_ENDED, ASSOCIATION_STATUSES };
enum freeze_type { FREEZE_ACCOUNT, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_TYPES };
enum freeze_source { FREEZE_BY_PARTNER, FREEZE_BY_BUDGET, FREEZE_BY_PLATFORM, FREEZE_BY_ASSOCIATION_DEFAULT, FREEZE_SOURCES };

const char *association_model_name(enum association_model model);       /* "RESELLER" */
bool association_model_find(const char *name, enum association_model *model);
const char *association_status_name(enum association_status status);    /* "ACTIVE" */
bool association_status_find(const char *name, enum association_status *status);
const char *freeze_type_name(enum freeze_type type);                    /* "ACCOUNT" */
bool freeze_type_find(const char *name, enum freeze_type *type);
const char *freeze_source_name(enum freeze_source source);              /* "PARTNER", "BUDGET", "PLATFORM", "ASSOCIATION_DEFAULT" */
bool freeze_source_find(const char *name, enum freeze_source *source);

struct association {
    int64_t id, customer_id, partner_id;
    enum association_model model;
    enum association_status status;
    int64_t associated_at, ended_at;       /* ended_at INSTANT_NONE while active */
    int64_t ended_by_request_id;           /* 0 while active or if the account was closed */
    int64_t version;                       /* counts its changes; compare-and-swap */
    const char *customer_name, *customer_no, *partner_name, *partner_no;
    const char *partner_email, *partner_phone;   /* what the partner shows to its customers; "" if none */
    bool partner_is_frozen;
    bool partner_code_on;                  /* the partner's verification-code function */
    int64_t customer_version;              /* account.version of the customer */
    int64_t open_request_id;               /* of the request that waits; 0 if none */
    int64_t partner_version;               /* … of the partner: what is_frozen and code_on were read with */
};

struct freeze {
    int64_t id, account_id;
    enum freeze_type type;
    enum freeze_source source;
    const char *reason;                    /* at most 256 code points */
    int64_t at, lifted_at;
};

#endif
